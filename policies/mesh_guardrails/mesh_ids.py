"""Ids of the mesh that a program cannot be asked for: its accounts and its organisation, defaults of the parameters.

They stand in the variables MESH_ACCOUNTS (with commas between them) and MESH_ORGANIZATION, empty for none, or else in
`accounts.yaml` of the folder `stacks/` beside the pack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import yaml

from mesh_guardrails.rule import AnyRule

ACCOUNTS_VARIABLE: Final = "MESH_ACCOUNTS"
ORGANIZATION_VARIABLE: Final = "MESH_ORGANIZATION"
BESIDE_THE_PACK: Final = Path(__file__).resolve().parents[2] / "stacks" / "accounts.yaml"

MeshIds = Mapping[str, Any]
"""Values by the names of the parameters that they are for: `accounts`, `organization`."""

_R = TypeVar("_R", bound=AnyRule)


class UnusableIdsError(Exception):
    """The file of ids cannot be read; the sentence says why."""


def read(environment: Mapping[str, str], file: Path = BESIDE_THE_PACK) -> MeshIds:
    """The ids that the environment has, or the file; raises UnusableIdsError."""
    if ACCOUNTS_VARIABLE in environment or ORGANIZATION_VARIABLE in environment:
        accounts = sorted(filter(None, environment.get(ACCOUNTS_VARIABLE, "").split(",")))
        return {"accounts": accounts, "organization": environment.get(ORGANIZATION_VARIABLE, "")}
    if not file.exists():
        return {}
    try:
        written: Any = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UnusableIdsError(f"{file} cannot be used: {error}") from error
    if not isinstance(written, dict):
        raise UnusableIdsError(f"{file} cannot be used: accounts of the mesh are expected in it")
    ids = cast("dict[str, Any]", written)
    return {"accounts": sorted(_accounts(ids)), "organization": str(_within(ids, "organization").get("id") or "")}


def with_ids(rule: _R, ids: MeshIds) -> _R:
    """The rule with the mesh's ids for what its parameters are unless they are configured."""
    return replace(
        rule, parameters=tuple(replace(one, default=ids.get(one.name, one.default)) for one in rule.parameters)
    )


def _accounts(written: Mapping[str, Any]) -> Iterator[str]:
    given = [_within(written, "organization").get("management"), written.get("governance")]
    given += [account for group in ("domains", "partners") for account in _within(written, group).values()]
    yield from (str(account) for account in given if account)


def _within(written: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = written.get(name)
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
