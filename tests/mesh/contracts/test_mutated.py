"""Mutated contracts: reading never ends in an exception, and what is valid has just the labels that its text says."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from mesh.findings import Finding
from tests.mesh.contracts.contract_mutations import MUTATIONS, mutated
from tests.mesh.contracts.small_mesh import planned, small_mesh

SAMPLES: Final = Path(__file__).parents[3] / "stacks" / "contracts"
OF_ITS_MESH: Final = re.compile(
    r"^(domain|# yaml-language-server):.*\n|^customProperties:\n  - property: derivesWithout\n(    .*\n)*", re.MULTILINE
)
TEXTS: Final = [OF_ITS_MESH.sub("", file.read_text("utf-8")) for file in sorted(SAMPLES.rglob("*.odcs.yaml"))]
"""The contracts of the sample mesh, without their domain, and without what they leave of what their pipeline reads."""

NO_LABEL: Final = {"public", "internal"}
ALIASES: Final = {"confidential": "pii", "restricted": "pii", "sensitive": "pii"}

MANY, FEW, AT_ONCE = 10_000, 100, 500


def labels_of_the_text(text: str) -> set[str]:
    """Every word of a `classification` below `schema`, wherever it stands, after aliases and words for no label.

    Read from the nodes of libyaml, which know nothing of the standard; the mesh has values of another parser.
    """
    found = {word.strip() for scalar in classified(yaml.compose(text, Loader=yaml.CSafeLoader)) for word in scalar}
    return {ALIASES.get(word, word) for word in found - NO_LABEL}


def classified(node: Any, below_schema: bool = False) -> Iterator[list[str]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if below_schema and key.value == "classification":
                yield from (scalar.split(",") for scalar in scalars(value))
            yield from classified(value, below_schema or key.value == "schema")
    elif isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from classified(entry, below_schema)


def scalars(node: Any) -> Iterator[str]:
    if isinstance(node, yaml.ScalarNode):
        yield from () if node.tag.endswith(":null") else (node.value,)
    else:
        for entry in node.value:
            yield from (word for part in (entry if isinstance(entry, tuple) else (entry,)) for word in scalars(part))


def judged(folder: Path, text: str) -> bool:
    """Whether a contract is valid; then its labels are those of its text, and else it has errors, each in words."""
    found, plan = planned(folder, text)
    assert all(map(reads_well, found)), [str(finding) for finding in found]
    if plan is None:
        return False
    labels, orders = labels_of_the_text(text), plan.domains["orders"]
    assert set(orders.products["laid"].labels) == labels
    columns = [column for table in orders.catalog["laid"].tables for column in (*table.columns, *table.partitions)]
    assert {label for column in columns for label in column.labels} == labels
    return True


def reads_well(finding: Finding) -> bool:
    return finding.line >= 1 and finding.column >= 1 and bool(finding.message.strip()) and "None" not in finding.message


def judge_many(folder: Path, seed: int, number: int) -> int:
    """How many mutated contracts are valid; a failure says the mutation that brought it."""
    valid = 0
    for turn in range(number):
        draw = random.Random(f"{seed}.{turn}")
        original = draw.choice(TEXTS)
        text = mutated(original, draw)
        try:
            valid += judged(folder, text)
        except Exception as error:
            changes = unified_diff(original.splitlines(), text.splitlines(), "contract", f"mutated by {seed}.{turn}")
            error.add_note("\n".join(changes))
            raise
    return valid


def test_the_samples_are_valid_as_they_are(tmp_path: Path) -> None:
    folder = small_mesh(tmp_path)
    assert len(TEXTS) > 20
    assert [judged(folder, text) for text in TEXTS] == [True] * len(TEXTS)


@pytest.mark.long
def test_mutated_contracts_lose_no_label(tmp_path: Path) -> None:
    assert judge_many(small_mesh(tmp_path), -1, FEW) > 0


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(MANY // AT_ONCE))
def test_ten_thousand_mutated_contracts_lose_no_label(tmp_path: Path, seed: int) -> None:
    assert judge_many(small_mesh(tmp_path), seed, AT_ONCE) > AT_ONCE // 20


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_every_mutation_changes_something(mutation: Any) -> None:
    changed = 0
    for turn in range(20):
        draw = random.Random(turn)
        lines = draw.choice(TEXTS).splitlines()
        before = list(lines)
        mutation(lines, draw)
        changed += lines != before
    assert changed > 5


def test_words_are_read_from_the_text_wherever_they_stand() -> None:
    text = (
        "customProperties: [{classification: no}]\n"
        "schema:\n- classification: 'a, confidential'\n  x: {y: [{classification: [b, {c: public}]}]}\n"
        "  z: {classification: }\n"
    )
    assert labels_of_the_text(text) == {"a", "pii", "b", "c"}
