"""Modules of a function of Lambda, loaded from its archive into this process, apart from those of others and ours.

What an archive brings is found by its own imports alone, so that two functions may each have a module `handler`; its
`boto3` is one whose clients are the function's role, and what it prints is kept for its log. All else is the process's,
as Lambda's runtime brings its own.
"""

from __future__ import annotations

import builtins
import importlib.machinery
import io
import sys
import threading
import zipfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

_IMPORT: Final = builtins.__import__
_TURN: Final = threading.RLock()
"""One function's modules at a time stand among those of the process."""


class FunctionModules:
    """The modules of one archive, unpacked in a folder; `given` are modules that its imports find first."""

    def __init__(self, archive: bytes, folder: Path, given: Mapping[str, ModuleType]) -> None:
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            packed.extractall(folder)
        self._folder = folder
        self._given = given
        self._loaded: dict[str, ModuleType] = {}
        self._printed = io.StringIO()
        self._names = {path.stem if path.suffix == ".py" else path.name for path in folder.iterdir()}
        own: dict[str, Any] = {**vars(builtins), "__import__": self._import, "print": self._print}
        self._finder = _Finder(folder, self._names, own)

    def run(self, handler: str, event: Any, context: Any) -> Any:
        """The answer of a handler, `module.function`. Raises what it raises, or the import of its module."""
        module, _, function = handler.rpartition(".")
        with self._standing():
            loaded = _IMPORT(module.replace("/", "."), fromlist=[function])
            return getattr(loaded, function)(event, context)

    def printed(self) -> list[str]:
        """The lines that were printed since this was last asked."""
        text, self._printed = self._printed.getvalue(), io.StringIO()
        return text.splitlines()

    def _print(self, *values: object, **named: Any) -> None:
        """`print` of the archive's modules."""
        to: Any = named.pop("file", None) or self._printed
        print(*values, file=to, **named)

    def _import(
        self,
        name: str,
        globals_: Mapping[str, object] | None = None,
        locals_: Mapping[str, object] | None = None,
        names: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """`__import__` of the archive's modules."""
        first = name.partition(".")[0]
        if level == 0 and name in self._given:
            return self._given[name if names else first]
        if level == 0 and first not in self._names:
            return _IMPORT(name, globals_, locals_, names or (), level)
        with self._standing():
            return _IMPORT(name, globals_, locals_, names or (), level)

    @contextmanager
    def _standing(self) -> Generator[None]:
        """Inside, the archive's modules stand among those of the process, in the place of others of their names."""
        with _TURN:
            if self._finder in sys.meta_path:
                yield
                return
            others = {name: module for name, module in sys.modules.items() if self._ours(name)}
            for name in others:
                del sys.modules[name]
            sys.modules.update(self._loaded)
            sys.meta_path.insert(0, self._finder)
            try:
                yield
            finally:
                sys.meta_path.remove(self._finder)
                self._loaded = {name: module for name, module in sys.modules.items() if self._ours(name)}
                for name in self._loaded:
                    del sys.modules[name]
                sys.modules.update(others)

    def _ours(self, name: str) -> bool:
        return name.partition(".")[0] in self._names


class _Finder:
    """A finder of one folder's modules and packages, which get builtins of their own."""

    def __init__(self, folder: Path, names: set[str], own: Mapping[str, Any]) -> None:
        self._folder, self._names, self._own = folder, names, own

    def find_spec(self, name: str, path: Sequence[str] | None = None, _target: Any = None) -> Any:
        """The specification of a module of the folder; None for any other."""
        if name.partition(".")[0] not in self._names:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path or [str(self._folder)])
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path, self._own)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    """A loader that gives a module builtins of its own."""

    def __init__(self, name: str, path: str, own: Mapping[str, Any]) -> None:
        super().__init__(name, path)
        self._own = own

    def exec_module(self, module: ModuleType) -> None:
        """Run the module."""
        module.__dict__["__builtins__"] = dict(self._own)
        super().exec_module(module)

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Keep no byte code: the folder is gone with the organisation."""
