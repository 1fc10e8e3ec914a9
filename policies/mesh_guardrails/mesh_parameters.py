"""Parameters of rules that ask which accounts, and which organisation, are the mesh's (`mesh_ids` fills them)."""

from __future__ import annotations

from typing import Final

from mesh_guardrails.rule import Parameter

ACCOUNTS: Final = Parameter(
    "accounts",
    "Ids of the accounts that are the mesh's; any, where the list is empty.",
    {"type": "array", "items": {"type": "string"}},
    [],
)
ORGANIZATION: Final = Parameter(
    "organization",
    "Id of the organisation that conditions may name; any, where it is empty.",
    {"type": "string", "pattern": "^(o-[a-z0-9]+)?$"},
    "",
)
