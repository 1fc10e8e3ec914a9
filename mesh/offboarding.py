"""Off-boarding of a partner: its file ends what it is given, and a record says what that was.

What is left of it besides: the account, let go below its two control policies as long as it has a line in
`accounts.yaml`, and the audit trail, which nobody deletes before its day.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, cast

import yaml

from mesh import names
from mesh.findings import NotPossibleError
from mesh.folder import PlannedMesh
from mesh.plan.build import Builder

_ENDED: Final = {"agreements": "[]", "deletion-protection": "false"}
"""Keys of a partner's file that goes, and their values."""


def is_ended(planned: PlannedMesh, partner: str) -> bool:
    """Whether a partner's file says already that it goes."""
    terms = planned.mesh.partners[partner]
    return not terms.agreements and terms.deletion_protection is False


def domains_of(products: Iterable[str]) -> tuple[str, ...]:
    """Domains of products, each once, in their order."""
    return tuple(dict.fromkeys(product.split(".")[0] for product in products))


def stacks(planned: PlannedMesh, partner: str, domains: Iterable[str], is_destroyed: bool = False) -> tuple[str, ...]:
    """Stacks that end deliveries, in their order: control policies, inbox, roles and replications of domains.

    A domain that is gone has none any more; where the partner's own stack is destroyed, it would make the inbox anew.
    """
    there, of_domains = planned.plan.stacks, tuple(domains)
    own = () if is_destroyed else (f"partner-{partner}",)
    every = ("organization", *own, *(f"{kind}-{domain}" for kind in ("access", "domain") for domain in of_domains))
    return tuple(stack for stack in every if stack in there)


def recorded(file: Path, partner: str) -> Mapping[str, Any] | None:
    """The record of a partner in a file; None where there is none, or one of something else."""
    try:
        told = cast("Mapping[str, Any]", json.loads(file.read_text("utf-8")))
        is_its = told["partner"] == partner and all(isinstance(each["product"], str) for each in told["agreements"])
    except (OSError, ValueError, RecursionError, LookupError, TypeError):  # what is there is no record, or not whole
        return None
    return told if is_its else None


def products_of(told: Mapping[str, Any]) -> tuple[str, ...]:
    """Products of which a record says that the partner was given them."""
    return tuple(each["product"] for each in told["agreements"])


def record(planned: PlannedMesh, partner: str) -> Mapping[str, Any]:
    """The record of what a partner was given until the plan's day, by which agreements, and of where evidence lies."""
    plan, terms = planned.plan, planned.mesh.partners[partner]
    node, audit = plan.partners[partner], plan.governance.audit
    return {
        "partner": partner,
        "offboarded": planned.as_of.isoformat(),
        "account": node.access.account_id,
        "description": terms.description,
        "owner": terms.owner.model_dump(exclude_none=True),
        "people": list(terms.principals),
        "inbox": node.partner.inbox,
        "agreements": [
            {
                "product": each.product,
                "purpose": each.purpose,
                "classifications": list(each.classifications),
                "expires": each.expires.isoformat(),
                "contract": planned.mesh.contracts[each.product].version,
                "folder": names.outbound(partner, *each.product.split(".")),
                "tables": {
                    table.name: {column.name: list(column.labels) for column in table.columns}
                    for table in node.tables[each.product].tables
                },
            }
            for each in terms.agreements
        ],
        "evidence": {
            "trail": {"bucket": audit.bucket, "days": audit.retention},
            "control_policies": [
                {"name": policy.name, "document": policy.document.as_json()}
                for policy in Builder(planned.mesh, planned.as_of).partner_policies(partner)
            ],
        },
    }


def ended(text: str) -> str:
    """The text of a partner's file with its agreements ended and its protection lifted; the rest stays as it is.

    Raises NotPossibleError for a file that is one flow mapping.
    """
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise NotPossibleError("it is one mapping in braces: write 'agreements: []' and 'deletion-protection: false'")
    lines: list[str] = text.splitlines()
    keys: list[tuple[yaml.Node, yaml.Node]] = root.value
    places = {str(key.value): (key.start_mark.line, value.end_mark) for key, value in keys}
    missing = [f"{key}: {value}" for key, value in _ENDED.items() if key not in places]
    # From the bottom to the top, so that no place moves before it is used.
    for key in sorted(_ENDED.keys() & places.keys(), key=lambda each: -places[each][0]):
        first, end = places[key]
        last = max(end.line + bool(end.column), first + 1)
        # The end of a block is where the next key begins: what people wrote above that key is the next one's.
        while last > first + 1 and lines[last - 1 : last] and _aside(lines[last - 1]):
            last -= 1
        lines[first:last] = [f"{key}: {_ENDED[key]}"]
    return "\n".join((*lines, *missing)) + "\n"


def _aside(line: str) -> bool:
    return not line.strip() or line.startswith("#")
