"""`mesh data sample`: files without an organisation, rows in the one that is kept, and sentences on bad input."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet
import pytest
import yaml

from cli import exit_codes, main
from sandbox.runs.fresh_organization import FreshOrganization
from tests.mesh_copies import copied
from tests.sandbox.jobs.deployed_pipelines import kept

TINY: Final = Path(__file__).parents[1] / "mesh" / "tiny"
AS_OF: Final = ("--as-of", "2027-01-01")
parquet: Any = pyarrow.parquet  # it has no types


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one sentence on bad input."""
    capsys.readouterr()
    assert main.run(["data", "sample", *words, *AS_OF]) == exit_codes.BAD_INPUT
    out, err = capsys.readouterr()
    assert out == ""
    *of_the_mesh, sentence = err.splitlines()
    assert [line for line in of_the_mesh if ": warning: " not in line] == []
    return sentence


# ---- files


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_files_have_the_columns_of_the_contract_and_so_many_rows(form: str, tmp_path: Path) -> None:
    words = ["data", "sample", "--dir", str(TINY), "--out", str(tmp_path), "--rows", "7", "--format", form]
    assert main.run([*words, *AS_OF]) == exit_codes.FINE
    files = sorted(str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file())
    assert files == [
        f"orders.customers/customers.{form}",
        f"orders.parcels/parcels.{form}",
        f"shop.clicks/clicks.{form}",
    ]
    for file in files:
        product, _, table = file.removesuffix(f".{form}").partition("/")
        contract = yaml.safe_load((TINY / "contracts" / f"{product.replace('.', '/')}.odcs.yaml").read_text("utf-8"))
        (written,) = [each for each in contract["schema"] if each["name"] == table]
        assert columns_and_rows(tmp_path / file) == ([each["name"] for each in written["properties"]], 7)


def columns_and_rows(file: Path) -> tuple[list[str], int]:
    if file.suffix == ".parquet":
        found = parquet.read_table(file)
        return found.column_names, found.num_rows
    names, *rows = csv.reader(file.read_text("utf-8").splitlines())
    return names, len(rows)


def test_the_same_seed_makes_the_same_files_and_another_does_not(tmp_path: Path) -> None:
    def made(folder: str, seed: str) -> bytes:
        words = ["data", "sample", "orders.customers", "--dir", str(TINY), "--out", str(tmp_path / folder)]
        assert main.run([*words, "--seed", seed, "--format", "csv", *AS_OF]) == exit_codes.FINE
        assert [each.name for each in (tmp_path / folder).iterdir()] == ["orders.customers"]
        return (tmp_path / folder / "orders.customers" / "customers.csv").read_bytes()

    assert made("one", "4") == made("two", "4") != made("three", "5")


# ---- bad input


def test_a_product_that_is_not_there_is_told_with_what_comes_near(capsys: pytest.CaptureFixture[str]) -> None:
    sentence = refused(capsys, "orders.customer", "--dir", str(TINY))
    assert "orders.customer'" in sentence
    assert "orders.customers" in sentence


def test_without_an_organisation_the_sentence_says_how_to_have_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "`mesh up --serve`" in refused(capsys, "--dir", str(TINY))


def test_a_folder_that_takes_no_files_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    sentence = refused(capsys, "--dir", str(TINY), "--out", str(tmp_path / "file"))
    assert sentence.startswith(f"--out {tmp_path / 'file'} cannot be written (")


def test_rules_that_contradict_each_other_are_told_with_their_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = copied(TINY, tmp_path / "stacks")
    file = folder / "contracts" / "orders" / "parcels.odcs.yaml"
    text = file.read_text("utf-8")
    limits = "logicalTypeOptions: {minimum: 9, maximum: 3}"
    file.write_text(text.replace("physicalType: double}", f"physicalType: double, {limits}}}"), "utf-8")
    sentence = refused(capsys, "--dir", str(folder), "--out", str(tmp_path / "out"))
    assert "parcels.odcs.yaml:" in sentence
    assert not (tmp_path / "out").exists()


def test_the_lack_of_the_extra_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.filling.data_extra.importlib.util.find_spec", lambda _: None)
    sentence = refused(capsys, "--dir", str(TINY), "--out", str(tmp_path))
    assert sentence.startswith("rows take the extra `data`, of which duckdb, pyarrow and pyiceberg is not installed")


# ---- the organisation that is kept


@pytest.fixture(scope="module")
def organization(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FreshOrganization]:
    with kept(tmp_path_factory.mktemp("data")) as (fresh, _):
        yield fresh


@pytest.mark.long
def test_the_pipelines_of_the_organisation_that_is_kept_write_and_its_people_read(
    organization: FreshOrganization, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["data", "sample", "--rows", "5", "--json", *AS_OF]) == exit_codes.FINDINGS
    told = json.loads(capsys.readouterr().out)
    assert {each["product"] for each in told["tables"]} == {"orders.customers", "orders.parcels", "shop.clicks"}
    assert {each["rows"] for each in told["tables"]} == {5}
    assert sorted(told["published"]) == ["orders.customers", "orders.parcels"]
    # The scripts of this mesh do something else than to write the rows that came in.
    replaced = {
        each.partition(":")[0] for each in told["differences"] if "its rows are generated, for its pipeline ran" in each
    }
    assert (replaced, len(told["differences"]), told["refused"]) == ({"orders.customers", "orders.parcels"}, 2, [])
    assert told["rows_read"] == told["queries"] * 5 > 0
    assert main.run(["data", "sample", "orders.parcels", *AS_OF]) == exit_codes.FINDINGS
    out, err = capsys.readouterr()
    assert (
        "1 table written in the role of 1 pipeline, 0 by a pipeline's own script and 1 with rows generated from "
        "contracts; 200 rows; " in out
    )
    assert "not as it was written: orders.parcels: its rows are generated, for its pipeline ran" in err


def test_rows_and_no_data_are_not_asked_for_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["up", "--no-data", "--rows", "3", "--dir", str(TINY), *AS_OF]) == exit_codes.BAD_INPUT
    assert "--no-data writes no rows" in capsys.readouterr().err
