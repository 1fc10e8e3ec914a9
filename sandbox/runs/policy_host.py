"""The policy pack under Pulumi's own engine, without the Python language host, which comes only with its installer.

with policy_host() as host:
    stack.preview(policy_packs=[str(host.pack)])  # with host.environment in the environment of the CLI
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mesh.findings import NotPossibleError
from mesh.temporary_folders import temporary_folder

PACK: Final = Path(__file__).resolve().parents[2] / "policies"
_ANALYZER: Final = "pulumi-analyzer-policy-python"
_SCRIPT: Final = """#!/bin/sh
# ENGINE_ADDRESS PACK_DIR, then options for a language host, which the pack's own server does not know.
exec {python} -u -m pulumi.policy "$1" "$2"
"""


@dataclass(frozen=True, slots=True)
class PolicyHost:
    """A pack, and what the CLI needs in its environment to run it."""

    pack: Path
    environment: dict[str, str]


@contextmanager
def policy_host(pack: Path = PACK) -> Generator[PolicyHost]:
    """Within it the CLI finds a policy host for Python: a script in a temporary folder, first on PATH.

    Raises NotPossibleError where the pack's SDK is not installed.
    """
    if importlib.util.find_spec("pulumi_policy") is None:
        raise NotPossibleError(
            "the policy pack needs the package pulumi-policy; install the project's dependencies anew"
        )
    with temporary_folder("policy") as folder:
        script = Path(folder, _ANALYZER)
        script.write_text(_SCRIPT.format(python=shlex.quote(sys.executable)))
        script.chmod(0o700)
        path = os.pathsep.join(filter(None, (str(folder), os.environ.get("PATH"))))
        yield PolicyHost(pack, {"PATH": path})
