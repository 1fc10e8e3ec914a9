"""Opened columns: who gains by a label, a clearance or a port is what the whole matrix says, before and after."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections import defaultdict
from typing import Any, Final

import pytest

from mesh.access.chains import DecidedReads
from mesh.access.matrix import matrix
from mesh.approvals.opened_columns import ColumnPlace, lost_labels_of, opened_columns, opening_needs
from mesh.load import load
from mesh.model import Mesh
from mesh.plan import build
from tests.conftest import DAY, TINY
from tests.mesh.approvals.changed_meshes import (
    column,
    request,
    whys,
    with_clearance,
    with_contract,
    with_product,
)

PROFILES: Final = "identity.profiles"


def without_label(data: dict[str, Any]) -> None:
    for name in ("profile_name", "birth_year"):
        del column(data, name)["classification"]


def test_a_label_that_is_removed_asks_who_guards_it_and_every_clearance_that_gains(sample: Mesh) -> None:
    after = with_contract(sample, PROFILES, without_label)
    assert whys(opening_needs(request(sample, after))) == [
        "@aurora/privacy-office: identity.profiles (birth_year and profile_name) loses the label 'pii': "
        "the approvers of pii guard 'pii'",
        "@aurora/data-access: who holds the clearance 'general' comes to read identity.profiles (birth_year and "
        "profile_name)",
        "@aurora/finance-control: who holds the clearance 'financial' comes to read identity.profiles (birth_year and "
        "profile_name)",
    ]


def test_a_label_that_is_added_asks_nobody(sample: Mesh) -> None:
    before = with_contract(sample, PROFILES, without_label)
    assert list(opening_needs(request(before, sample))) == []


def test_a_column_that_loses_its_label_with_its_name_loses_it_nevertheless(sample: Mesh) -> None:
    def renamed(data: dict[str, Any]) -> None:
        written = column(data, "birth_year")
        del written["classification"]
        written |= {"name": "year", "customProperties": [{"property": "renamedFrom", "value": "birth_year"}]}

    after = with_contract(sample, PROFILES, renamed)
    assert lost_labels_of(sample, after)["pii"][0].column == "year"
    assert [place.column for place in opened_columns(sample, after)["general"]] == ["year"]


def test_a_label_of_a_whole_table_counts_for_each_of_its_columns(sample: Mesh) -> None:
    def of_the_table(data: dict[str, Any]) -> None:
        data["schema"][0]["classification"] = "financial"

    before = with_contract(sample, PROFILES, of_the_table)
    lost = lost_labels_of(before, sample)
    assert [f"{place.table}.{place.column}" for place in lost["financial"]] == sorted(written(sample, PROFILES))
    assert "profile_id" in [place.column for place in opened_columns(before, sample)["general"]]


def test_a_product_that_loses_a_label_with_its_last_column_loses_it_as_a_whole(sample: Mesh) -> None:
    def fewer(data: dict[str, Any]) -> None:
        for table in data["schema"]:
            table["properties"] = [each for each in table["properties"] if "classification" not in each]

    after = with_contract(sample, PROFILES, fewer)
    assert lost_labels_of(sample, after) == {"pii": ((PROFILES, "", ""),)}
    assert whys(opening_needs(request(sample, after)))[0] == (
        "@aurora/privacy-office: identity.profiles loses the label 'pii': the approvers of pii guard 'pii'"
    )


def test_a_clearance_that_is_widened_asks_its_approvers_and_who_guards_the_label(sample: Mesh) -> None:
    found = whys(opening_needs(request(sample, with_clearance(sample, "financial", reads=("financial", "pii")))))
    assert found[0] == (
        "@aurora/privacy-office: the clearance 'financial' comes to read 'pii': the approvers of pii guard 'pii'"
    )
    assert found[1].startswith("@aurora/finance-control: who holds the clearance 'financial' comes to read ")
    assert len(found) == 2
    assert list(opening_needs(request(sample, with_clearance(sample, "restricted", reads=("pii",))))) == []


def test_a_clearance_that_is_new_asks_the_platform_and_who_guards_its_labels(sample: Mesh) -> None:
    mine = sample.clearances["general"].model_copy(update={"reads": ("pii",)})
    after = dataclasses.replace(sample, clearances={**sample.clearances, "mine": mine})
    assert whys(opening_needs(request(sample, after))) == [
        "@aurora/privacy-office: the clearance 'mine' comes to read 'pii': the approvers of pii guard 'pii'",
        "@aurora/data-platform: the clearance 'mine' is new, and has no approvers yet whom this could be asked of",
    ]


def test_a_table_port_opens_the_columns_without_labels(sample: Mesh) -> None:
    before = with_product(sample, PROFILES, ports=("files",))
    assert "profile_id" in [place.column for place in opened_columns(before, sample)["general"]]
    assert opened_columns(sample, before) == {}


def test_a_files_port_opens_all_files_to_who_covers_every_label(sample: Mesh) -> None:
    """Whoever read each column of the table reads files, too, which may hold what is in no table; as `mesh diff`."""
    after = with_product(sample, "identity.accounts", ports=("table", "files"))
    assert whys(opening_needs(request(sample, after))) == [
        "@aurora/privacy-office: who holds the clearance 'pii' comes to read identity.accounts (all files)",
        "@aurora/finance-control or @aurora/privacy-office: who holds the clearance 'restricted' comes to read "
        "identity.accounts (all files)",
    ]
    assert list(opening_needs(request(after, sample))) == []


@pytest.mark.slow
@pytest.mark.parametrize("reference", ["orders.customers", "orders.parcels", "shop.clicks"])
@pytest.mark.parametrize("ports", list(itertools.permutations([("table",), ("files",), ("table", "files")], 2)))
def test_a_port_asks_the_clearances_that_the_matrix_says_gain(
    reference: str, ports: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    tiny = load(TINY).usable()
    before, after = (_with_ports(tiny, reference, each) for each in ports)
    had, has = (_reads_by_port(mesh, reference) for mesh in (before, after))
    gaining = {clearance for clearance, reads in has.items() if not reads <= had[clearance]}
    # All files hold at least what the table does.
    gaining -= {name for name in gaining if ("files", "") in had[name]}
    assert opened_columns(before, after).keys() == gaining


def _with_ports(mesh: Mesh, reference: str, ports: tuple[str, ...]) -> Mesh:
    return with_product(mesh, reference, ports=ports, pipeline=None)


def _reads_by_port(mesh: Mesh, reference: str) -> defaultdict[str, set[tuple[str, str]]]:
    """What each clearance reads of a product, by the whole matrix: columns of the table, files as a whole."""
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in matrix(DecidedReads(build(mesh, DAY))):
        if row.allowed and f"{row.domain}.{row.product}" == reference:
            columns = [""] if row.port == "files" else list(row.columns)
            found[row.clearance].update((row.port, name) for name in columns)
    return found


def written(mesh: Mesh, reference: str) -> list[str]:
    """Every column of a contract."""
    return [f"{table.name}.{each.name}" for table in mesh.contracts[reference].tables for each in table.columns]


def readable(mesh: Mesh) -> dict[str, set[tuple[str, str]]]:
    """Columns that each clearance reads, by the whole matrix; of files all."""
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in matrix(DecidedReads(build(mesh, DAY))):
        if row.allowed:
            reference = f"{row.domain}.{row.product}"
            columns = written(mesh, reference) if row.port == "files" else row.columns
            found[row.clearance].update((reference, name) for name in columns)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("number", range(12))
def test_what_opens_is_what_the_matrix_says(number: int) -> None:
    before = load(TINY).usable()
    chance = random.Random(number)

    def relabelled(data: dict[str, Any]) -> None:
        for table in data["schema"]:
            for each in table["properties"]:
                each.pop("classification", None)
                if label := chance.choice(["", "pii", "financial", "pii, financial"]):
                    each["classification"] = label

    first, second = before, before
    for reference in before.contracts:
        first, second = (with_contract(mesh, reference, relabelled) for mesh in (first, second))
    second = with_clearance(second, "general", reads=tuple(chance.sample(["pii", "financial"], chance.randrange(3))))
    opened = {
        clearance: {(place.product, _column(place)) for place in places}
        for clearance, places in opened_columns(first, second).items()
    }
    had, has = readable(first), readable(second)
    gained = {clearance: columns - had[clearance] for clearance, columns in has.items()}
    assert opened == {clearance: columns for clearance, columns in gained.items() if columns}


def _column(place: ColumnPlace) -> str:
    return f"{place.table}.{place.column}"
