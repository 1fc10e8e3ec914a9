"""The picture of the mesh shows what its files say: accounts, who reads, who consumes what, who is delivered."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
import yaml

from tests.house.tree import ROOT

SPACE = "{http://www.w3.org/2000/svg}"
NAMES = ("overview.svg", "overview-dark.svg")


def written(folder: str) -> dict[str, Any]:
    files = sorted((ROOT / "stacks" / folder).glob("*.yaml"))
    return {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in files}


def shown(name: str) -> tuple[list[str], list[str]]:
    """The texts of a committed picture, and the titles of its shapes."""
    root = ET.fromstring((ROOT / "docs" / name).read_text("utf-8"))
    titles = [each.text or "" for shape in root.iter() for each in shape.findall(f"{SPACE}title") if shape is not root]
    return [text.text or "" for text in root.iter(f"{SPACE}text")], titles


@pytest.mark.parametrize("name", NAMES)
def test_every_account_stands_in_it_with_its_id(name: str) -> None:
    texts, _ = shown(name)
    accounts = (ROOT / "stacks" / "accounts.yaml").read_text("utf-8")
    ids = re.findall(r"\b\d{12}\b", accounts)
    assert len(set(ids)) == 10
    assert sorted(text for text in texts if re.fullmatch(r"\d{12}", text)) == sorted(set(ids))
    assert {*written("domains"), *written("partners"), "governance", "management"} <= set(texts)


@pytest.mark.parametrize("name", NAMES)
def test_every_product_stands_in_it(name: str) -> None:
    texts, _ = shown(name)
    products = [product for domain in written("domains").values() for product in domain["products"]]
    assert [product for product in products if product not in texts] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_arrow_is_what_a_domain_consumes(name: str) -> None:
    _, titles = shown(name)
    drawn = {
        (consumer, product)
        for title in titles
        for consumer, _, products in [title.partition(" consumes ")]
        for product in products.split(", ")
    }
    consumed = {
        (name, product if isinstance(product, str) else product["product"])
        for name, domain in written("domains").items()
        for product in domain.get("consumes", ())
    }
    assert drawn == consumed


@pytest.mark.parametrize("name", NAMES)
def test_who_reads_stands_in_it(name: str) -> None:
    texts, _ = shown(name)
    for clearance, file in written("clearances").items():
        at = texts.index(f"clearance {clearance}")
        number = len(file.get("members", ()))
        reads = ", ".join(("unlabelled", *sorted(file["reads"])))
        assert texts[at + 1 : at + 3] == [
            f"{number} group{'' if number == 1 else 's'}, in every domain",
            f"reads {reads} data",
        ]


@pytest.mark.parametrize("name", NAMES)
def test_every_agreement_stands_in_it_with_its_end(name: str) -> None:
    texts, _ = shown(name)
    for partner, file in written("partners").items():
        for agreement in file["agreements"]:
            at = texts.index(partner)
            assert texts[at + 2] == agreement["product"].partition(".")[2]
            assert texts[at + 3] == f"until {agreement['expires']}"
