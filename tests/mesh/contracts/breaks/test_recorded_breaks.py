"""Recorded changes of a contract: verdicts, version steps and the consumers hit; each rule is needed by one."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.contracts import elements
from mesh.contracts.breaks import RULES, BreakRule
from mesh.contracts.standard_keys import KEYS
from tests.mesh.contracts.breaks.break_cases import (
    BreakCase,
    ProductCase,
    base,
    cases,
    contract_of,
    hits,
    judged,
    patched,
    product_cases,
    product_verdicts,
    verdicts,
)

CASES = cases()
PRODUCT_CASES = product_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_change_has_the_verdicts_and_hits_the_consumers_that_are_recorded(case: BreakCase) -> None:
    assert (verdicts(case), hits(case)) == (case.told, case.hits)


@pytest.mark.parametrize("case", PRODUCT_CASES, ids=lambda case: case.title)
def test_a_change_of_a_product_has_the_verdicts_that_are_recorded(case: ProductCase) -> None:
    assert product_verdicts(case) == case.told


def test_more_than_seventy_changes_are_recorded_and_every_rule_among_them() -> None:
    assert len(CASES) > 150
    told = {line.split()[2] for case in (*CASES, *PRODUCT_CASES) for line in case.told}
    assert sorted(rule.id for rule in RULES if rule.id not in told) == []
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_without_a_rule_a_case_fails(rule: BreakRule) -> None:
    rest = tuple(one for one in RULES if one is not rule)
    of_it = [case for case in (*CASES, *PRODUCT_CASES) if any(line.split()[2] == rule.id for line in case.told)]

    def is_as_before(case: BreakCase | ProductCase) -> bool:
        try:
            told = verdicts(case, rest) if isinstance(case, BreakCase) else product_verdicts(case, rest)
        except LookupError:  # the last rule judges whatever no other does
            return False
        return told == case.told

    assert of_it
    assert not any(map(is_as_before, of_it))


def test_the_same_contract_has_no_change() -> None:
    assert judged(contract_of(base()), contract_of(base())) == ()


# ---- nothing that a person wrote is unseen

PLACES: dict[str, str] = {
    "contract": "",
    "description": "description/",
    "schema": "schema/profiles/",
    "properties": ".avatar/",
    "logicalTypeOptions": ".birth_year/logicalTypeOptions/",
    "quality": "schema/profiles/quality/no-crowds/",
    "slaProperties": "slaProperties/freshness/",
    "servers": "servers/lake/",
    "relationships": ".account_id/relationships/0/",
    "support": "support/#identity-data/",
    "roles": "roles/reader/",
    "price": "price/",
    "customProperties": "schema/profiles/customProperties/owningService/",
    "enum": ".plan/enum/0/",
}
"""Places of mappings in the base contract, by the name that the standard's keys have them under."""

WALKED = {("contract", "schema"), ("schema", "properties"), ("properties", "properties"), ("properties", "items")} | {
    ("properties", "map")
}
"""Keys that are walked through: what is in them is told."""


@pytest.mark.parametrize(("place", "key"), [(place, key) for place in PLACES for key in KEYS[place]])
def test_every_key_of_the_standard_is_judged_and_known(place: str, key: str) -> None:
    if (place, key) in WALKED:
        return
    before = patched(base(), {PLACES[place] + key: _value(key, "before")})
    after = patched(base(), {PLACES[place] + key: _value(key, "after")})
    changes = judged(elements.read(before), elements.read(after))
    assert changes, f"{place}.{key} is not seen"
    assert "unknown-key" not in {change.rule for change in changes}


def _value(key: str, word: str) -> Any:
    """A value of a key; a list of custom properties or of entries where the standard has one."""
    if key == "customProperties":
        return [{"property": "owningService", "value": word}]
    if key in ("relationships", "quality", "slaProperties", "servers", "support", "roles", "enum"):
        return [
            {"name": word, "to": word, "property": word, "server": word, "channel": word, "role": word, "value": word}
        ]
    if key in ("logicalTypeOptions", "description", "price", "arguments"):
        return {"pattern" if key != "description" else "purpose": word}
    return word
