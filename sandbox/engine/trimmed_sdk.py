"""An importer of pulumi_aws for previews, under which a program imports what it uses and little more.

What a module is made of, `sandbox.engine.trimmed_source` says. It stands beside the package's own byte code, under a
tag of its own, and is made anew when a file that it was made of has another time or size, as Python does it. Where
nothing can be written there, Python's own loader is better: to compile takes longer than all that is saved.
"""

from __future__ import annotations

import importlib
import marshal
import os
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import MAGIC_NUMBER, cache_from_source, decode_source
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final, cast

from sandbox.engine.trimmed_source import LaterClass, TrimmedModule, trimmed

SDK: Final = "pulumi_aws"
TAG: Final = "preview1"
"""The optimization in the name of a byte code file; another number whenever its content has another form."""


@contextmanager
def trimmed_sdk(package: str = SDK) -> Generator[None]:
    """Inside, modules of the SDK that are not imported yet are trimmed; what is imported stays as it is."""
    finder = _Finder(package)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class TrimmedPackage(ModuleType):
    """A module of which some names are made when they are asked for; it says that it has them all."""

    def __getattr__(self, name: str) -> Any:
        """The class, or what another module of the package has.

        Raises:
            AttributeError: There is none of this name.
        """
        loader = _loader(self)
        if name in loader.contents.classes:
            return loader.made(self, name)
        if name in loader.contents.exports:
            found = getattr(importlib.import_module(f"{self.__name__}.{loader.contents.exports[name]}"), name)
            self.__dict__[name] = found
            return found
        if name in loader.contents.modules:
            return importlib.import_module(f"{self.__name__}.{name}")
        if name == "__all__" and loader.contents.modules:  # what `import *` asks for before it looks at what is there
            return [each for each in dir(self) if not each.startswith("_")]
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set it, unless it is a module that hides what the package has of the same name, as `get_key.get_key`."""
        exports = _loader(self).contents.exports
        if name not in exports or not isinstance(value, ModuleType):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        """Its names, with those that are not made yet."""
        later = _loader(self).contents
        return sorted({*self.__dict__, *later.classes, *later.exports, *later.modules})


def _loader(module: ModuleType) -> _Loader:
    return cast("_Loader", module.__dict__["__loader__"])


class _Loader(SourceFileLoader):
    """Loads a module of the SDK; what it makes later, the loader knows, so that the module has no name of ours."""

    contents: TrimmedModule

    def exec_module(self, module: ModuleType) -> None:
        """Run what a module needs at once."""
        kept = _kept(self.path) or self._stored()
        if kept is None:
            super().exec_module(module)
            return
        self.contents, self._lock = kept, threading.RLock()
        if kept.classes or kept.modules:
            module.__class__ = TrimmedPackage
        code: CodeType = marshal.loads(kept.code)  # noqa: S302 (what Python's loader does)
        exec(code, module.__dict__)  # noqa: S102 (as above)

    def made(self, module: ModuleType, name: str) -> Any:
        """The class of this name, after those that its annotations name, which Pulumi looks up in the module."""
        names = module.__dict__
        with self._lock:
            missing = [name]
            while missing:
                later = self.contents.classes[wanted := missing.pop()]
                if wanted not in names:
                    code: CodeType = marshal.loads(later.code)  # noqa: S302 (as above)
                    exec(code, names)  # noqa: S102 (as above)
                    missing += later.needs
        return names[name]

    def _stored(self) -> TrimmedModule | None:
        """The module compiled now, and stored; None where that is not possible, or it is not Python."""
        kept = _byte_code(self.path)
        folder = next(each for each in Path(kept).parents if each.is_dir())
        if sys.dont_write_bytecode or not os.access(folder, os.W_OK):
            return None
        file = Path(self.path)
        state = _state(file.parent, [file.name])
        try:
            contents = trimmed(_text(file) or "", self.path, file.name, lambda name: _text(file.parent / name))
        except SyntaxError:
            return None  # Python's own loader says it
        states = {**state, **_state(file.parent, contents.read)}
        classes = {name: tuple(later) for name, later in contents.classes.items()}
        self.set_data(
            kept, MAGIC_NUMBER + marshal.dumps((states, tuple(contents._replace(classes=cast("Any", classes)))))
        )
        return contents


def _kept(path: str) -> TrimmedModule | None:
    """The module as it is stored, if all files that it was made of are as they were."""
    try:
        data = Path(_byte_code(path)).read_bytes()
        if data[:4] != MAGIC_NUMBER:
            return None
        states, contents = marshal.loads(memoryview(data)[4:])  # noqa: S302 (as trusted as Python's own byte code)
        if _state(Path(path).parent, list(states)) != states:
            return None
    except (OSError, EOFError, ValueError, TypeError):
        return None
    kept = TrimmedModule(*contents)
    return kept._replace(classes={name: LaterClass(*later) for name, later in kept.classes.items()})


def _byte_code(path: str) -> str:
    return cache_from_source(path, optimization=TAG)


def _state(folder: Path, names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Time and size of each file."""
    found = {name: os.stat(f"{folder}/{name}") for name in names}
    return {name: (state.st_mtime_ns, state.st_size) for name, state in found.items()}


def _text(path: Path) -> str | None:
    try:
        return decode_source(path.read_bytes())
    except FileNotFoundError:
        return None


@dataclass(frozen=True, slots=True)
class _Finder(MetaPathFinder):
    """Python's own finder, with the loader of a trimmed SDK."""

    package: str

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        """The module's specification; None for what is not of the SDK."""
        if fullname.partition(".")[0] != self.package:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec
