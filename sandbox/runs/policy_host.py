"""The policy pack under Pulumi's own engine, without the Python language host, which comes only with its installer.

with policy_host() as host:
    stack.preview(policy_packs=[str(host.pack)])  # with host.environment in the environment of the CLI
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from mesh.findings import NotPossibleError
from mesh.folder import PlannedMesh
from mesh.model.exceptions_file import EXCEPTIONS_FILE
from mesh.temporary_folders import temporary_folder

PACK: Final = Path(__file__).resolve().parents[2] / "policies"
NO_VARIABLES: Final[Mapping[str, str]] = MappingProxyType({})
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


def require_sdk() -> None:
    """Raises NotPossibleError where the SDK of policy packs is not installed."""
    if importlib.util.find_spec("pulumi_policy") is None:
        raise NotPossibleError(
            "the policy pack needs the package pulumi-policy; install the project's dependencies anew"
        )


def settings(mesh: PlannedMesh) -> dict[str, str]:
    """Variables that the pack reads: the file of the mesh's exceptions, the day, accounts and organisation of the plan.

    A variable is empty for what the mesh has not: then nothing is taken from the files beside the pack.
    """
    exceptions = mesh.directory.resolve() / EXCEPTIONS_FILE
    return {
        "MESH_EXCEPTIONS": str(exceptions) if mesh.mesh.exceptions is not None else "",
        "MESH_AS_OF": mesh.as_of.isoformat(),
        "MESH_ACCOUNTS": ",".join(sorted({access.account_id for access in mesh.plan.access.values()})),
        "MESH_ORGANIZATION": mesh.plan.perimeter.organization,
    }


@contextmanager
def policy_host(pack: Path = PACK, variables: Mapping[str, str] = NO_VARIABLES) -> Generator[PolicyHost]:
    """Within it the CLI finds a policy host for Python: a script in a temporary folder, first on PATH.

    `variables` are for the pack, as `settings` gives them.

    Raises NotPossibleError where the pack's SDK is not installed.
    """
    require_sdk()
    with temporary_folder("policy") as folder:
        script = Path(folder, _ANALYZER)
        script.write_text(_SCRIPT.format(python=shlex.quote(sys.executable)))
        script.chmod(0o700)
        path = os.pathsep.join(filter(None, (str(folder), os.environ.get("PATH"))))
        yield PolicyHost(pack, {**variables, "PATH": path})
