"""`mesh new` by flags: every kind is begun, or refused with all that is wrong, and then nothing is written."""

from __future__ import annotations

import hashlib
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli import exit_codes, main
from mesh.contracts.type_names import PLAIN
from mesh.findings import SERIOUS
from mesh.folder import findings_of
from tests.conftest import TINY
from tests.e2e.journal import DAY

MADE = {
    "new domain billing --description 'Bills: what is owed' --engineers billing-engineers --budget 50 "
    "--account 123456789012"
    " --product bills --purpose 'What members owe' --columns 'bill_id string primary key, email string' "
    "--label email=pii"
    " --unlabelled": (
        "domains/billing.yaml",
        "contracts/billing/bills.odcs.yaml",
        "contracts/billing/bills.lock.yaml",
        "accounts.yaml",
    ),
    "new product orders.refunds --purpose Refunds --columns 'a string, b array<int>' --unlabelled --ports files,table"
    " --retention 90": (
        "domains/orders.yaml",
        "contracts/orders/refunds.odcs.yaml",
        "contracts/orders/refunds.lock.yaml",
    ),
    "new table orders.parcels stops --columns 'a string' --unlabelled": (
        "contracts/orders/parcels.odcs.yaml",
        "contracts/orders/parcels.lock.yaml",
    ),
    "new member shop-planners --clearance general --domain shop --use Plans": ("clearances/general.yaml",),
    "new consumer shop orders.parcels --columns id": ("domains/shop.yaml",),
    "new partner press --description Writes --principals press-people": ("partners/press.yaml",),
    "new agreement courier orders.customers --purpose Names --classifications pii,financial --expires 2027-05-01": (
        "partners/courier.yaml",
    ),
    "new exception bucket-has-public-access-block domain-shop/clicks --reason Trial": ("exceptions.yaml",),
    "new pipeline orders.returns --reads orders.parcels --clearance general --use Returns": (
        "domains/orders.yaml",
        "pipelines/orders/returns.py",
        "clearances/general.yaml",
    ),
}
"""Commands, and the files that each writes."""


@pytest.fixture
def mesh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tiny mesh, in the folder from which commands are typed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MESH_AS_OF", DAY.isoformat())
    return Path(shutil.copytree(TINY, tmp_path / "stacks"))


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def typed(command: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main.run(shlex.split(command))
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def with_returns(mesh: Path) -> None:
    """A product without a pipeline, of which the tiny mesh has none."""
    contract = (mesh / "contracts/orders/parcels.odcs.yaml").read_text().replace("orders.parcels", "orders.returns")
    (mesh / "contracts/orders/returns.odcs.yaml").write_text(contract.replace("name: parcels", "name: returns"))
    domain = mesh / "domains/orders.yaml"
    domain.write_text(domain.read_text() + "  returns: {kind: analytics, ports: [table]}\n")
    assert main.run(["lock", str(mesh)]) == exit_codes.FINE


@pytest.mark.parametrize("command", MADE)
def test_a_kind_is_begun_by_flags_and_the_mesh_stays_valid(
    command: str, mesh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if "pipeline" in command:
        with_returns(mesh)
    before = digests(mesh)
    code, out, err = typed(command, capsys)
    assert code == exit_codes.FINE, err
    after = digests(mesh)
    changed = {file for file in after if after[file] != before.get(file)}
    assert changed == set(MADE[command])
    assert [*before.keys() - after.keys()] == []
    assert all(f"stacks/{file}" in out for file in changed)
    [to_commit] = [line.split()[2:] for line in out.splitlines() if line.startswith("  git add ")]
    assert sorted(to_commit) == sorted(f"stacks/{file}" for file in changed)
    read, findings = findings_of(mesh, DAY)
    assert read is not None
    assert [str(one) for one in findings if one.severity in SERIOUS] == []
    assert main.run(["lock", str(mesh)]) == exit_codes.FINE
    assert "0 locks written" in capsys.readouterr().out


def written(mesh: Path, file: str) -> Any:
    return yaml.safe_load((mesh / file).read_text())


def test_an_answer_is_one_value_whatever_is_in_it(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    use = 'a: b # c, "d" }] - e\\n {{ 7*7 }} {% raw %}'
    code, _, err = typed(f"new member g --clearance general --domain shop --use {shlex.quote(use)}", capsys)
    assert code == exit_codes.FINE, err
    assert written(mesh, "clearances/general.yaml")["members"][-1]["use"] == use


REFUSED = {
    "new domain": [
        "NAME: it is missing; Name of the domain: lower-case words joined by hyphens",
        "--description: it is missing; The domain in a sentence",
    ],
    "new domain orders --description x": [
        "NAME: the domain 'orders' is there already: stacks/domains/orders.yaml; choose another name; taken "
        "are orders and shop"
    ],
    "new domain 'Sales Data' --description x": [
        "NAME: 'Sales Data' is not a name that fits here; did you mean 'sales-data'? Expected lower-case letters, "
        "digits and single hyphens, a letter first, at most 40 characters"
    ],
    "new domain x --description x --account 12": ["--account: '12' is not an AWS account id: twelve digits"],
    "new product orders.parcels": [
        "PRODUCT: the product 'orders.parcels' is there already: stacks/domains/orders.yaml; choose another "
        "name; taken are "
        "customers and parcels",
        "--purpose: it is missing; What the product is for, in a sentence",
        "--columns: it is missing; Columns: a file that has them (Parquet, CSV, DDL, Glue's JSON, a "
        "contract), or name type, …",
    ],
    "new product orders.x --purpose x --columns 'email string, a int'": [
        "--label: it is missing; say what they carry with --label COLUMN=LABEL, or take what their names "
        "speak for with --yes "
        "(email=pii); allowed: financial and pii"
    ],
    "new product orders.x --purpose x --columns 'a int' --yes": [
        "--unlabelled: it is missing; give --label COLUMN=LABEL for each that carries one, and --unlabelled "
        "if you looked at "
        "the others (a (1 column)); allowed: financial and pii"
    ],
    "new product orders.x --purpose x --columns 'a NUMBER(9), b blob[] , c int, C string, d uint64' --unlabelled": [
        "--columns: what was typed cannot be taken:",
        "  column 'a': 'number(9)' is a type of Snowflake and Oracle; write decimal(9,0)",
        "  column 'C': it would be called c, as 'c' is; rename one",
        "  column 'd': 'uint64' is a type of Arrow and ClickHouse, wider than bigint; write decimal(20,0)",
    ],
    "new product orders.x --purpose x --columns missing.parquet --unlabelled": [
        "--columns: there is no file missing.parquet; give one of .parquet, .csv, .tsv, .csv.gz, .sql, .ddl, "
        ".json, .yaml, "
        ".yml, or columns with their types"
    ],
    "new product orders.x --purpose x --columns sales.orders --unlabelled": [
        "--columns: there is no file sales.orders; for a table of Glue: aws glue get-table --database-name "
        "sales --name "
        "orders > orders.json, then give orders.json"
    ],
    "new product orders.x --purpose x --columns 'a int' --label b=pii": [
        "--label: there is no column 'b'; there are a"
    ],
    "new table orders.parcels parcels --columns 'a int' --unlabelled": [
        "TABLE: the table 'parcels' is there already: stacks/contracts/orders/parcels.odcs.yaml; choose another name"
    ],
    "new member g --clearance pi --domain shop --use x": [
        "--clearance: there is no clearance 'pi'; did you mean 'pii'? Allowed: general and pii"
    ],
    "new member shop-analysts --clearance pii --domain shop --use x": [
        "--domain: group 'shop-analysts' holds 'pii' in 'shop' already: stacks/clearances/pii.yaml"
    ],
    "new member g --clearance pii --domain shop --use x --review 2026-11-30": [
        "--review: 2026-11-30 is past: give 2026-12-01 or a later day"
    ],
    "new consumer shop orders.customers": ["PRODUCT: 'shop' uses 'orders.customers' already: stacks/domains/shop.yaml"],
    "new consumer shop shop.clicks": [
        "PRODUCT: 'shop.clicks' is a product of 'shop' itself, which reads it anyway; name one of another"
    ],
    "new partner courier --description x --principals y": [
        "NAME: the partner 'courier' is there already: stacks/partners/courier.yaml; choose another name"
    ],
    "new domain x --description x --engineers couriers": [
        "--engineers: 'couriers' are people of partner 'courier', who enter no account of a domain; name another group"
    ],
    "new partner press --description x --principals couriers": [
        "--principals: 'couriers' are people of partner 'courier' already; give each a group of its own"
    ],
    "new agreement courier orders.parcels --purpose x": [
        "PRODUCT: 'orders.parcels' has an agreement with 'courier' already; there are orders.customers and shop.clicks"
    ],
    "new agreement courier orders.customers --purpose x --yes": [
        "--classifications: it is missing; Classifications that the partner may receive; - for plain data only "
        "('orders.customers' holds pii); allowed: financial and pii"
    ],
    "new agreement courier orders.customers --purpose x --classifications financial": [
        "--classifications: 'orders.customers' holds pii, which has to be agreed: write pii, or deliver a product "
        "without it"
    ],
    "new product orders.x --purpose x --columns 'email_id string, email string' --yes": [
        "--unlabelled: it is missing; give --label COLUMN=LABEL for each that carries one, and --unlabelled "
        "if you looked at the others (email_id (1 column)); allowed: financial and pii"
    ],
    "new exception Bucket_has domain-shop/x --reason x --owner shops": [
        "RULE: there is no rule 'Bucket_has'; did you mean 'bucket-has-a-name-of-its-own' or "
        "'bucket-has-public-access-block'?",
        "--owner: there is no team 'shops'; did you mean 'shop'? Allowed: orders, platform and shop",
    ],
    "new exception no-website domain-shop/x --reason x": [
        "RULE: 'no-website' accepts no exception, as no rule of the theme 'perimeter' does; change the resource so "
        "that it keeps the rule",
    ],
    "new exception bucket-is-protected shop --reason x --owner shop --expires 2027-06-01": [
        "RESOURCE: 'shop' is not <stack>/<name of a resource>, such as domain-shop/logs; '*' in the name stands for "
        "some characters",
        "--expires: 2027-06-01 is more than 180 days ahead; give 2027-05-30 or an earlier day",
    ],
    "new exception bucket-is-protected domain-shops/x --reason x --owner shop": [
        "RESOURCE: there is no stack 'domain-shops'; did you mean 'domain-shop'? Stacks: access-orders, access-shop, "
        "domain-orders, domain-shop, governance, organization and partner-courier",
    ],
    "new exception bucket-is-protectd domain-shop/x --reason x --owner shop": [
        "RULE: there is no rule 'bucket-is-protectd'; did you mean 'bucket-is-protected', 'key-is-protected' or "
        "'iceberg-table-is-protected'?",
    ],
    "new exception no-website domain-shop/x --reason x --owner shop": [
        "RULE: 'no-website' accepts no exception, as no rule of the theme 'perimeter' does; change the resource so "
        "that it keeps the rule",
    ],
    "new product orders.x --purpose x --kind ml --ports table --columns 'a int' --unlabelled": [
        "--ports: a product of kind 'ml' needs the port 'files': training reads files",
    ],
    "new product orders.x --purpose x --kind analytics --ports files --columns 'a int' --unlabelled": [
        "--ports: a product of kind 'analytics' needs the port 'table': reporting reads it with SQL",
    ],
    "new member couriers --clearance pii --domain shop --use x": [
        "GROUP: 'couriers' are people of partner 'courier', who hold no clearance: what a partner gets is copied to it "
        "by an agreement; name another group"
    ],
    "new partner press --description x --principals shop-engineers": [
        "--principals: 'shop-engineers' are people of the mesh already (domains/shop.yaml), and who is of a partner "
        "enters no account of a domain; give the partner a group of its own"
    ],
    "new consumer shop orders.parcels --columns 'id, nam'": [
        "--columns: 'orders.parcels' has no column 'nam'; it has id and weight"
    ],
    "new product orders.x --purpose x --columns 'a int, b int' --label 'c=pii, a=piii' --unlabelled": [
        "--label: there is no column 'c'; there are a and b",
        "  there is no classification 'piii'; did you mean 'pii'? allowed: financial and pii, and - for none",
    ],
    "new product orders.x --purpose x --columns 'a, b uint64' --unlabelled": [
        "--columns: what was typed cannot be taken:",
        "  'a' is no column: write its name and its type, such as order_id string; types are string, bigint, "
        "decimal(18,2), date, timestamp, … (docs/types.md)",
        "  column 'b': 'uint64' is a type of Arrow and ClickHouse, wider than bigint; write decimal(20,0)",
    ],
    "new pipeline orders.parcels": [
        "PRODUCT: 'orders.parcels' has a pipeline already: stacks/domains/orders.yaml; without one are none"
    ],
}
"""Commands that are refused, and every line of the reason."""


@pytest.mark.parametrize("command", REFUSED)
def test_what_is_wrong_or_missing_is_said_at_once_and_nothing_is_written(
    command: str, mesh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = digests(mesh)
    code, out, err = typed(command, capsys)
    assert (code, out, err.splitlines()) == (exit_codes.BAD_INPUT, "", REFUSED[command])
    assert digests(mesh) == before


def test_a_column_of_each_type_makes_a_contract_that_is_valid(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = [
        *PLAIN,
        "decimal(9,2)",
        "array<map<string,int>>",
        "map<string,array<date>>",
        "struct<a:int,b:map<int,date>>",
    ]
    kinds.append("map<string,struct<a:int,b:map<string,decimal(9,2)>>>")
    columns = ", ".join(f"c{number} {kind}" for number, kind in enumerate(kinds))
    for command in (
        "new product orders.all --purpose x --table one --ports files,table",
        "new table orders.all two",
    ):
        code, _, err = typed(f"{command} --columns '{columns}' --unlabelled", capsys)
        assert code == exit_codes.FINE, err
    tables = written(mesh, "contracts/orders/all.odcs.yaml")["schema"]
    assert [[one["physicalType"] for one in table["properties"]] for table in tables] == [kinds, kinds]


def test_a_mesh_with_an_error_is_refused_first(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    domain = mesh / "domains/shop.yaml"
    domain.write_text(domain.read_text().replace("kind: ml", "kind: reports"))
    before = digests(mesh)
    code, _, err = typed("new consumer shop orders.parcels", capsys)
    assert (code, digests(mesh)) == (exit_codes.BAD_INPUT, before)
    assert err.startswith("stacks/domains/shop.yaml:5:18: ")


def test_a_folder_without_a_mesh_is_refused(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = typed("new domain x -C nowhere", capsys)
    assert (code, err) == (
        exit_codes.BAD_INPUT,
        "nowhere:1:1: there is no such folder; give the folder that holds mesh.yaml\n",
    )


TEMPLATES = {
    "product/contract.odcs.yaml.jinja": {
        "purpose: {{ purpos }}": ":1 cannot be filled: 'purpos' is undefined (values: ",
        "purpose: {% if %}": (
            ":1 cannot be filled: Expected an expression, got 'end of statement block'; mend the template"
        ),
        "apiVersion: v3.2.0\nkind: DataContract\n": ": mend the template, or answer otherwise",
        "a: [": ": mend the template, or answer otherwise",
        "{{ ''.__class__.__mro__ }}": ":1 cannot be filled: access to attribute '__class__' of 'str' object is unsafe.",
    },
    "product/entry.yaml.jinja": {
        "kind: [": (
            " writes what is not valid: line 2 of its text: not YAML: a value is missing, or a bracket "
            "is not closed: write it; mend"
        ),
        "{kind: {{ kind }}}": ": mend the template, or answer otherwise",
        "": " writes what is not valid: it writes nothing; mend the template\n",
    },
}
"""Faulty templates, and what is said of each."""


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in TEMPLATES.items() for text in texts])
def test_a_template_that_writes_what_is_not_valid_is_named_and_nothing_is_written(
    name: str, text: str, mesh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = mesh.parent / "blueprints" / name
    template.parent.mkdir(parents=True)
    template.write_text(text)
    before = digests(mesh)
    code, out, err = typed("new product orders.x --purpose x --columns 'a int' --unlabelled", capsys)
    assert (code, out, digests(mesh)) == (exit_codes.BAD_INPUT, "", before)
    assert f"blueprints/{name}" in err
    assert TEMPLATES[name][text] in err


def test_a_template_beside_the_mesh_takes_the_place_of_ours(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template = mesh.parent / "blueprints/consumer/entry.yaml.jinja"
    template.parent.mkdir(parents=True)
    template.write_text("# of the platform team\n{product: {{ product }}, columns: [id]}\n")
    assert typed("new consumer shop orders.parcels", capsys)[0] == exit_codes.FINE
    assert written(mesh, "domains/shop.yaml")["consumes"][-1] == {"product": "orders.parcels", "columns": ["id"]}


def test_a_mesh_without_a_domain_and_without_locks_begins(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("domains", "contracts", "partners", "pipelines"):
        shutil.rmtree(mesh / folder)
    (mesh / "names.lock.yaml").unlink()
    (mesh / "accounts.yaml").unlink()
    (mesh / "clearances/pii.yaml").unlink()
    code, _, err = typed(
        "new domain sales --description x --product orders --purpose y --columns 'a int' --unlabelled", capsys
    )
    assert code == exit_codes.FINE, err
    assert (mesh / "names.lock.yaml").exists()
    assert [one for one in findings_of(mesh, DAY)[1] if one.severity in SERIOUS] == []
