"""Every finding at once: a mistake of form hides no mistake of another kind, in its file or in others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Findings = Callable[[Path], list[str]]
PIPELINE = "pipeline: {script: clicks.py, reads: [orders.customers], clearance: pii, event: orders.customers, "
JOB = "arguments: {day: yesterday}, windows: {january: {day: 2026-01-31}}}"
CLICKS = f"{{kind: ml, ports: [files], retention: 30 days, {PIPELINE}{JOB}}}"
ORDERS, SHOP, COURIER = "domains/orders.yaml", "domains/shop.yaml", "partners/courier.yaml"
PII = "clearances/pii.yaml"
CUSTOMERS, PARCELS = "contracts/orders/customers.odcs.yaml", "contracts/orders/parcels.odcs.yaml"


def change(root: Path, file: str, *changes: tuple[str, str]) -> None:
    """Texts of a file replaced, each of which has to be there."""
    text = (root / file).read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    (root / file).write_text(text, "utf-8")


def told(lines: list[str]) -> list[str]:
    """File and what is told, without the place, and up to what is known."""
    return [f"{line.split(':')[0]}: {line.split(': ', 1)[1].split('; ')[0]}" for line in lines]


def test_two_mistakes_of_form_in_two_files_are_both_told(tiny: Path, findings: Findings) -> None:
    change(tiny, ORDERS, ("customers: {kind: analytics", "customers: {kind: analytic"))
    change(tiny, SHOP, ("retention: 30 days", "retention: 30"))
    assert told(findings(tiny)) == [
        f"{ORDERS}: 'kind' is the text 'analytic'",
        f"{SHOP}: 'retention' is the number 30",
    ]


@pytest.mark.parametrize(
    ("old", "new", "form"),
    [
        ("retention: 30 days", "retention: 30", "'retention' is the number 30"),
        ("kind: ml", "kind: sql", "'kind' is the text 'sql'"),
        (CLICKS, "sql", "'clicks' is the text 'sql'"),
        ("description: The shop's pages.", "description: ''", "'description' is empty"),
        ("description: The shop's pages.\n", "", "missing key 'description': what the domain is about, in a sentence"),
        ("owner: {team: shop,", "owner: {team: 'No Team',", "'team' is the text 'No Team'"),
        ("consumes:", "budget: 5\nconsumes:", "unknown key 'budget'"),
    ],
)
def test_a_mistake_of_form_hides_no_unknown_name_in_the_same_file(
    tiny: Path, findings: Findings, old: str, new: str, form: str
) -> None:
    change(tiny, SHOP, (old, new), ("orders.customers", "orders.customer"))
    lines = [line.removeprefix(f"{SHOP}: ") for line in told(findings(tiny))]
    assert sorted(lines) == sorted([form, "unknown product 'orders.customer'"])


@pytest.mark.parametrize(
    ("old", "new", "form"),
    [
        ("use: Repeat customers", "use: 7", "'use' is the number 7"),
        ("review: 2027-11-30", "review: 2027-11-31", "'review' is the text '2027-11-31'"),
        (
            "customers, approved-by: privacy@tiny.example, review: 2027-11",
            "customers, approved-by: privacy, review: 2027-11",
            "'approved-by' is the text 'privacy'",
        ),
        ("description: ", "description: ''\nabout: ", "'description' is empty"),
        ("approvers: [privacy@tiny.example]", "approvers: [privacy]", "'email' is the text 'privacy'"),
        ("approvers: [privacy@tiny.example]", "approvers: []", "'approvers' is empty"),
        ("approvers: [privacy@tiny.example]\n", "", "missing key 'approvers': who approves its holders"),
        ("reads: [pii]", "reads: pii", "'reads' is the text 'pii'"),
    ],
)
def test_a_mistake_of_form_hides_no_unknown_name_in_the_file_of_a_clearance(
    tiny: Path, findings: Findings, old: str, new: str, form: str
) -> None:
    change(tiny, PII, (old, new), ("domain: shop", "domain: shops"))
    lines = [line.removeprefix(f"{PII}: ") for line in told(findings(tiny))]
    assert "unknown domain 'shops'" in lines
    rest = [line for line in lines if line != "unknown domain 'shops'" and not line.startswith("unknown key 'about'")]
    assert [line[: len(form)] for line in rest] == [form]


def test_an_entry_that_is_left_out_moves_no_place(tiny: Path, findings: Findings) -> None:
    change(
        tiny,
        SHOP,
        ("consumes: [orders.customers]", "consumes:\n  - Orders\n  - orders.customers\n  - orders.clients"),
    )
    change(tiny, PII, ("members:\n", "members:\n  - 7\n  - {group: x}\n"), ("domain: shop", "domain: shops"))
    places = [(line.split(":")[1], told([line])[0]) for line in findings(tiny)]
    assert ("9", f"{SHOP}: unknown product 'orders.clients'") in places
    assert ("7", f"{PII}: unknown domain 'shops'") in places
    assert ("5", f"{PII}: this entry is the number 7") in places


def test_what_is_left_out_of_a_domain_is_not_told_as_missing(tiny: Path, findings: Findings) -> None:
    change(tiny, ORDERS, ("customers:", "Customers:"))
    assert [line for line in findings(tiny) if "unknown product" in line or "no product has" in line] == []
    change(tiny, ORDERS, ("products:", "product:"))
    assert told(findings(tiny)) == [f"{ORDERS}: unknown key 'product'"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: tiny", "name: Tiny Mesh"),
        ("region: eu-west-1", "region: Ireland"),
        ("pii: Identifies a person.", "pii: 3"),
        ("classifications:", "classification:"),
        ("pii: Identifies a person.", "Pii: Identifies a person."),
        ("classifications:\n", "clearances: 3\nclassifications:\n"),
        ("classifications:\n", "review-horizon: 3\nclassifications:\n"),
        ("name: tiny", "name: [tiny"),
        ("security-contact", "security_contact"),
    ],
)
def test_a_broken_mesh_file_hides_no_reference_of_others_and_makes_none_unknown(
    tiny: Path, findings: Findings, old: str, new: str
) -> None:
    before = findings(tiny)
    change(tiny, "mesh.yaml", (old, new))
    alone = findings(tiny)
    assert before == []
    assert alone
    assert all(line.startswith("mesh.yaml:") for line in alone), alone
    change(tiny, SHOP, ("orders.customers", "orders.customer"))
    change(tiny, COURIER, ("orders.parcels", "orders.parcel"))
    change(
        tiny, CUSTOMERS, ("{name: id, logicalType: string, physicalType: string}", "{name: id, physicalType: strin}")
    )
    rest = [line.split(": ")[0].split(":")[0] for line in findings(tiny) if line not in alone]
    assert rest == [CUSTOMERS, SHOP, COURIER]


def test_a_broken_list_of_accounts_makes_no_account_missing(tiny: Path, findings: Findings) -> None:
    text = (tiny / "accounts.yaml").read_text("utf-8")
    change(
        tiny,
        "accounts.yaml",
        ("shop:", "Shop:"),
        (
            "governance:",
            "goverance:",
        ),
    )
    assert all(line.startswith("accounts.yaml:") and "warning" not in line for line in findings(tiny)), findings(tiny)
    (tiny / "accounts.yaml").write_text(text.replace("shop:", "shops:").replace("root: r-", "root: "), "utf-8")
    assert [line for line in findings(tiny) if "there is no domain 'shops'" in line]


@pytest.mark.parametrize(
    ("old", "new", "form"),
    [
        ("version: 1.0.0", "version: 1.0", "'version' is the number 1.0"),
        ("id: orders.customers\n", "", "missing key 'id'"),
        ("schema:\n", "slaProperties: [{property: latency}]\nschema:\n", "missing key 'value' in 'slaProperties'"),
        ("      - {name: id,", "      - {name: 7,", "'name' is the number 7"),
        ("      - {name: id,", "      - 7\n      - {name: id,", "this entry is the number 7"),
        ("{name: id,", "{name: id, description: [],", "'description' is a list"),
        ("{name: id,", "{name: id, tags: pii,", "'tags' is the text 'pii'"),
        (
            "{name: id,",
            "{name: id, quality: [{metric: nullValues, mustBe: 0, mustBeLessThan: 1}],",
            "one operator only",
        ),
        ("{name: id,", "{name: id, physicaltype: string,", "unknown key 'physicaltype'"),
    ],
)
def test_a_contract_with_a_mistake_of_form_still_tells_its_labels_and_types(
    tiny: Path, findings: Findings, old: str, new: str, form: str
) -> None:
    change(tiny, CUSTOMERS, (old, new), ("classification: pii", "classification: pi"))
    change(tiny, CUSTOMERS, ("classification: pi}", "classification: pi}\n      - {name: seen, physicalType: tim}"))
    lines = [line.removeprefix(f"{CUSTOMERS}: ") for line in told(findings(tiny))]
    assert sum(line.startswith(form) for line in lines) == 1
    assert "column 'email' is labelled with an unknown classification 'pi'" in lines
    assert [line for line in lines if "'tim'" in line]
    assert len(lines) == 3


def test_a_label_of_a_contract_with_a_mistake_of_form_is_a_label_of_its_product(tiny: Path, findings: Findings) -> None:
    change(tiny, PARCELS, ("physicalType: double}", "physicalType: double, classification: pii, unique: 3}"))
    lines = told(findings(tiny))
    assert f"{COURIER}: 'orders.parcels' holds pii, which this agreement does not allow" in lines
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("written", "wrong", "told"),
    [
        ("name: customers\n", "name: Bad-Table\n", "table 'Bad-Table' needs a 'physicalName'"),
        ("{name: email,", "{name: Bad-Column,", "column 'Bad-Column' needs a 'physicalName'"),
    ],
)
def test_a_description_of_another_kind_hides_no_name(
    written: str, wrong: str, told: str, tiny: Path, findings: Callable[[Path], list[str]]
) -> None:
    file = tiny / "contracts/orders/customers.odcs.yaml"
    text = file.read_text("utf-8")
    assert written in text
    text = text.replace(written, wrong, 1)
    start = text.index("properties:")
    file.write_text(text[:start] + text[start:].replace("{name:", "{description: 5, name:", 1), "utf-8")
    found = findings(tiny)
    assert any("'description' is the number 5" in finding for finding in found), found
    assert any(told in finding for finding in found), found


def test_a_contract_that_was_left_out_without_a_word_is_told(
    tiny: Path, findings: Callable[[Path], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr("mesh.contracts.standard.problems", refuse)
    assert f"{CUSTOMERS}:1:1: this file is not as its schema in schemas/ has it" in findings(tiny)
