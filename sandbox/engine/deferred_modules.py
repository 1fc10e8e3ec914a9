"""Parts of Pulumi's SDK that are imported when somebody first asks for something of them, by Python's own `LazyLoader`.

`import pulumi` imports all of these, which takes as long as the rest of it, and a preview uses none.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType
from typing import Final

DEFERRED: Final = ("pulumi.automation", "pulumi.dynamic", "grpc.aio")
TRACING: Final = "pulumi.runtime._instrumentation"
"""What traces the SDK's calls, with OpenTelemetry; it does so from its import on, where the environment asks for it."""
_ASKED: Final = "TRACEPARENT"


def deferred(environment: Mapping[str, str]) -> frozenset[str]:
    """The modules that nobody needs at once."""
    return frozenset(DEFERRED if _ASKED in environment else (*DEFERRED, TRACING))


def defer() -> None:
    """Modules wait from here on, in this process; what is imported already stays."""
    sys.meta_path.insert(0, _Finder(deferred(os.environ)))


class _Finder(MetaPathFinder):
    """Python's own finder, for these modules alone."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        """The module's specification; None for what does not wait."""
        if fullname not in self._names:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and spec.loader:
            spec.loader = LazyLoader(spec.loader)
        return spec
