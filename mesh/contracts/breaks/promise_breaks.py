"""Breaks of everything around the data: labels, life cycle, identity, servers, terms; and words for people alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from mesh.contracts.breaks.break_rule import BreakRule, in_words, values
from mesh.contracts.breaks.contract_versions import ContractVersion
from mesh.contracts.breaks.paired_documents import ContractDifference
from mesh.findings import listed

# ---- labels

LABEL_ADDED: Final = "label-added"
"""The rule that alone depends on what a reader is cleared for."""


def _label_gone(one: ContractDifference) -> str:
    if one.place != "properties" or one.key != "label" or not one.is_gone:
        return ""
    return f"{one.subject} is not {listed(one.before)} any more: more people may read it"


def _label_new(one: ContractDifference) -> str:
    if one.place != "properties" or one.key != "label" or not one.is_new:
        return ""
    return f"{one.subject} is {listed(one.after)} now: who has no clearance for that reads it no more"


def _label_said(one: ContractDifference) -> str:
    said = one.place == "properties" and one.key == "said classification"
    return f"the classification of {one.subject} says the same labels in other words" if said else ""


# ---- life cycle

_RETIRED: Final = frozenset({"retired", "archived", "deleted", "discontinued", "sunset"})
NOT_YET: Final = frozenset({"proposed", "draft", "development", "in development"})
"""Statuses of a contract that promises nothing yet: it breaks without an end, and one in force becomes none of them."""
_LIVE: Final = frozenset({"active", "live", "production", "published", "stable"})


def _status(one: ContractDifference, wanted: frozenset[str]) -> bool:
    return one.place == "contract" and one.key == "status" and str(one.after).casefold() in wanted


def _retired(one: ContractDifference) -> str:
    return f"the contract is {one.after}: nobody promises anything any more" if _status(one, _RETIRED) else ""


def _deprecated(one: ContractDifference) -> str:
    said = _status(one, frozenset({"deprecated"}))
    return "the contract is deprecated: consumers have to move until its end" if said else ""


def _withdrawn(one: ContractDifference) -> str:
    if not _status(one, NOT_YET) or str(one.before).casefold() in NOT_YET:
        return ""
    return f"the contract is {one.after} again, and was {one.before or 'in force'}"


def _live(one: ContractDifference) -> str:
    return f"the contract is {one.after}, and was {one.before or 'without a status'}" if _status(one, _LIVE) else ""


def _other_status(one: ContractDifference) -> str:
    said = one.place == "contract" and one.key == "status"
    return f"the status of the contract {values(one)}" if said else ""


def _element_deprecated(one: ContractDifference) -> str:
    if not _is_deprecation(one) or one.after is not True:
        return ""
    return f"{one.subject} is deprecated: it goes with a later version"


def _element_kept(one: ContractDifference) -> str:
    return f"{one.subject} is not deprecated" if _is_deprecation(one) else ""


def _is_deprecation(one: ContractDifference) -> bool:
    return one.place in ("schema", "properties", "customProperties") and one.key == "deprecated"


# ---- identity


def _other_id(one: ContractDifference) -> str:
    if one.place != "contract" or one.key != "id":
        return ""
    return f"the contract has the id of another: it {values(one)}"


def _other_product(one: ContractDifference) -> str:
    if one.place != "contract" or one.key not in _OF_PRODUCT or one.is_new:
        return ""
    return f"'{one.key}' of the contract {values(one)}: it is the contract of something else"


def _product_named(one: ContractDifference) -> str:
    return f"'{one.key}' of the contract {values(one)}" if one.place == "contract" and one.key in _OF_PRODUCT else ""


_OF_PRODUCT: Final = ("dataProduct", "domain", "tenant")


def _version(one: ContractDifference) -> tuple[ContractVersion | None, ContractVersion | None] | None:
    if one.place != "contract" or one.key != "version":
        return None
    return ContractVersion.read(one.before), ContractVersion.read(one.after)


def _version_back(one: ContractDifference) -> str:
    before, after = _version(one) or (None, None)
    return f"the version goes back: it {values(one)}" if before and after and after < before else ""


def _version_unread(one: ContractDifference) -> str:
    pair = _version(one)
    return f"the version is no 1.4.0, and no step can be told: it {values(one)}" if pair and None in pair else ""


def _version_raised(one: ContractDifference) -> str:
    return f"the version {values(one)}" if _version(one) else ""


def _standard(one: ContractDifference) -> str:
    if one.place != "contract" or one.key not in ("apiVersion", "kind"):
        return ""
    return f"the contract is written in another version of the standard: '{one.key}' {values(one)}"


def _element_id(one: ContractDifference) -> str:
    if one.place not in ("schema", "properties") or one.key != "id":
        return ""
    return f"the id of {one.subject} {values(one)}, and relationships may name it"


# ---- servers


def _server_gone(one: ContractDifference) -> str:
    return f"{one.subject} is gone" if one.place == "servers" and not one.key and one.is_gone else ""


def _server_new(one: ContractDifference) -> str:
    return f"{one.subject} is new" if one.place == "servers" and not one.key and one.is_new else ""


def _server_other(one: ContractDifference) -> str:
    if one.place != "servers" or one.key in _SERVER_WORDS or _names_environment(one):
        return ""
    return f"{one.subject} is read otherwise: '{one.key}' {values(one)}"


def _names_environment(one: ContractDifference) -> bool:
    return one.place == "servers" and one.key == "environment" and one.is_new


def _environment_named(one: ContractDifference) -> str:
    return f"the environment of {one.subject} {values(one)}" if _names_environment(one) else ""


_SERVER_WORDS: Final = ("id", "description", "roles")


# ---- terms


def _sentences(text: object) -> set[str]:
    plain = {" ".join(re.findall(r"\w+", part.casefold())) for part in re.split(r"[.;\n]\s", f"{text or ''} ")}
    return plain - {"", "none", "no limitations"}


def _limits_gone(one: ContractDifference) -> str:
    if one.place != "description" or one.key != "limitations" or _sentences(one.before) <= _sentences(one.after):
        return ""
    return f"limitations of the product are gone or have other words: {values(one)}"


def _limits_new(one: ContractDifference) -> str:
    if one.place != "description" or one.key != "limitations" or _sentences(one.after) <= _sentences(one.before):
        return ""
    return f"the product has more limitations: {values(one)}; a use of it may not be allowed any more"


def _usage(one: ContractDifference) -> str:
    if one.place != "description" or one.key not in ("purpose", "usage", "limitations"):
        return ""
    return f"the words on '{one.key}' changed: {in_words(one.after)}"


def _price(one: ContractDifference) -> str:
    return f"the price changed: '{one.key}' {values(one)}" if one.place == "price" else ""


def _support_gone(one: ContractDifference) -> str:
    return f"{one.subject} is gone" if one.place == "support" and not one.key and one.is_gone else ""


def _role_gone(one: ContractDifference) -> str:
    return f"{one.subject} is gone" if one.place == "roles" and not one.key and one.is_gone else ""


def _meaning(one: ContractDifference) -> str:
    if one.place != "properties" or one.key not in _MEANINGS:
        return ""
    return f"{one.subject} is made in another way: '{one.key}' {values(one)}"


_MEANINGS: Final = ("transformLogic", "transformSourceObjects", "encryptedName", "semanticType")


def _derivation(one: ContractDifference) -> str:
    if one.place != "customProperties" or one.key != "deriveswithout":
        return ""
    return f"the labels that the product leaves behind changed: 'derivesWithout' {values(one)}"


# ---- words for people, and what nobody knows

_NAMING: Final = ("description", "businessName", "synonyms", "tags", "authoritativeDefinitions")
DOCUMENTATION: Final[Mapping[str, tuple[str, ...]]] = {
    "contract": (
        "name",
        "team",
        "tags",
        "authoritativeDefinitions",
        "contractCreatedTs",
        "context",
        "support",
        "roles",
    ),
    "description": ("authoritativeDefinitions",),
    "schema": (*_NAMING, "context"),
    "properties": (*_NAMING, "examples", "transformDescription", "criticalDataElement"),
    "quality": (*_NAMING, "id", "name", "dimension", "method", "businessImpact"),
    "relationships": ("id", "description"),
    "slaProperties": ("id", "description", "driver", "authoritativeDefinitions"),
    "servers": _SERVER_WORDS,
    "support": ("", "id", "channel", "tool", "scope", "url", "invitationUrl", "description"),
    "roles": ("", "id", "role", "access", "firstLevelApprovers", "secondLevelApprovers", "description"),
    "customProperties": ("description", "renamedfrom"),
}
"""Keys that are words for people, by place; the empty key is an entry that came."""


def _documentation(one: ContractDifference) -> str:
    if one.key not in DOCUMENTATION.get(one.place, ()):
        return ""
    return f"'{one.key or one.path[-1]}' of {one.subject} has other words"


def _custom(one: ContractDifference) -> str:
    if one.place != "customProperties":
        return ""
    return f"the custom property '{one.path[-1]}' of {one.subject} {values(one)}, which only its readers understand"


def _unknown(one: ContractDifference) -> str:
    return f"'{'.'.join(one.path)}' {values(one)}, a key that no rule knows"


RULES: Final = (
    BreakRule(
        "label-removed",
        "labels",
        "risky",
        "minor",
        "A column lost a label, also one of a field in it: nobody's read fails, and more people read. It is a widening "
        "of access, and needs an entry in a file of the approvers.",
        _label_gone,
    ),
    BreakRule(
        LABEL_ADDED,
        "labels",
        "breaking",
        "major",
        "A column got a label: who holds no clearance that covers it reads it no more.",
        _label_new,
    ),
    BreakRule("label-reworded", "labels", "safe", "patch", "The same labels in other words.", _label_said),
    BreakRule("status-retired", "life cycle", "breaking", "major", "`status: retired`, or a word like it.", _retired),
    BreakRule("status-deprecated", "life cycle", "risky", "minor", "`status: deprecated`.", _deprecated),
    BreakRule(
        "status-withdrawn",
        "life cycle",
        "breaking",
        "major",
        "A contract that held is a proposal or draft again.",
        _withdrawn,
    ),
    BreakRule("status-active", "life cycle", "safe", "minor", "A contract holds: `status: active`.", _live),
    BreakRule("status-changed", "life cycle", "risky", "minor", "Any other change of the status.", _other_status),
    BreakRule(
        "element-deprecated", "life cycle", "risky", "minor", "A table or column is `deprecated`.", _element_deprecated
    ),
    BreakRule("element-kept", "life cycle", "safe", "minor", "A table or column is not `deprecated`.", _element_kept),
    BreakRule("id-changed", "identity", "breaking", "major", "`id` is another, such as another product's.", _other_id),
    BreakRule(
        "product-changed",
        "identity",
        "breaking",
        "major",
        "`dataProduct`, `domain` or `tenant` is another, or gone.",
        _other_product,
    ),
    BreakRule(
        "product-named", "identity", "safe", "patch", "`dataProduct`, `domain` or `tenant` is said.", _product_named
    ),
    BreakRule("version-back", "identity", "breaking", "major", "The version goes back.", _version_back),
    BreakRule("version-not-semantic", "identity", "risky", "minor", "A version is not as 1.4.0.", _version_unread),
    BreakRule("version-raised", "identity", "safe", "patch", "The version goes forward.", _version_raised),
    BreakRule("standard-changed", "identity", "safe", "patch", "`apiVersion` or `kind` is another.", _standard),
    BreakRule(
        "element-id-changed", "identity", "risky", "minor", "The `id` of a table or column is another.", _element_id
    ),
    BreakRule("server-removed", "servers", "breaking", "major", "A server is gone.", _server_gone),
    BreakRule("server-added", "servers", "safe", "minor", "A server is new.", _server_new),
    BreakRule(
        "server-changed",
        "servers",
        "breaking",
        "major",
        "Where or how a server is read changed, or its `environment` is another.",
        _server_other,
    ),
    BreakRule(
        "server-environment-named",
        "servers",
        "safe",
        "patch",
        "The `environment` of a server is said.",
        _environment_named,
    ),
    BreakRule("limitations-removed", "terms", "risky", "minor", "A sentence of `limitations` is gone.", _limits_gone),
    BreakRule("limitations-added", "terms", "risky", "minor", "A sentence of `limitations` is new.", _limits_new),
    BreakRule("usage-changed", "terms", "risky", "patch", "`purpose` or `usage` has other words.", _usage),
    BreakRule("price-changed", "terms", "risky", "minor", "The price changed.", _price),
    BreakRule("support-removed", "terms", "risky", "patch", "A channel of support is gone.", _support_gone),
    BreakRule("role-removed", "terms", "risky", "minor", "A role is gone.", _role_gone),
    BreakRule("meaning-changed", "terms", "risky", "minor", "A column is computed in another way.", _meaning),
    BreakRule("derivation-changed", "terms", "risky", "minor", "`derivesWithout` changed.", _derivation),
    BreakRule(
        "documentation",
        "documentation",
        "safe",
        "patch",
        "Words for people, in the keys that are listed below.",
        _documentation,
    ),
    BreakRule(
        "custom-property-changed",
        "documentation",
        "risky",
        "minor",
        "A custom property that is not ours changed.",
        _custom,
    ),
    BreakRule("unknown-key", "documentation", "risky", "minor", "A key that no rule knows changed.", _unknown),
)
