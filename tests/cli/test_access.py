"""`mesh access`, with `explain`, `who` and `blast`, as a security engineer meets them."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli import exit_codes, main
from mesh.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
DAY = ["--as-of", "2026-12-01"]
IDENTITY, HUB = "330000000039", "200000000002"
CLEARANCES = "financial, general, pii and restricted"
DOMAINS = "ads, content, identity, playback, recommendations and subscriptions"

Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """`told(*words)`: exit code, stdout and stderr of `mesh access …` on the sample mesh."""

    def run(*words: str) -> tuple[int, str, str]:
        code = main.run(["access", *words, "--dir", str(ROOT / "stacks"), *DAY])
        captured = capsys.readouterr()
        warned = [line for line in captured.err.splitlines() if "warning:" not in line]
        return code, captured.out, "\n".join(warned)

    return run


def line(text: str, *words: str) -> list[str]:
    """The cells of the one line that starts with these words."""
    found = [each.split() for each in text.splitlines() if each.split()[: len(words)] == list(words)]
    assert len(found) == 1, (words, found)
    return found[0][len(words) :]


# ---- the matrix


def test_a_row_a_product_and_port_and_a_column_a_clearance(told: Told) -> None:
    code, out, _ = told()
    assert code == exit_codes.FINE
    assert line(out, "identity.profiles", "table") == ["pii", "◐", "10", "of", "12", "◐", "10", "of", "12", "●", "●"]
    assert line(out, "identity.profiles", "files") == ["pii", "–", "–", "●", "●"]
    assert line(out, "content.titles", "files") == ["●", "●", "●", "●"]


def test_homes_that_agree_are_one_row_and_the_count_is_told(told: Told) -> None:
    _, out, _ = told()
    matrix, _, machines = out.partition("pipeline of")
    assert len(re.findall(r"^[a-z]+\.[a-z-]+ ", matrix, re.MULTILINE)) == 36
    assert len(re.findall(r"^[a-z]+\.[a-z-]+ ", machines, re.MULTILINE)) == 4
    assert "864 reads decided: 4 clearances in 6 homes, 27 products; every home gives the same answer" in out


def test_filters_leave_a_part(told: Told) -> None:
    _, out, _ = told("--product", "identity.profiles", "--clearance", "pii", "--home", "ads", "--port", "files")
    assert line(out, "identity.profiles", "files") == ["pii", "●"]
    assert "1 read decided: 1 clearance in 1 home, 1 product" in out


def test_json_has_every_row_one_a_line(told: Told) -> None:
    code, out, err = told("--json")
    rows = json.loads(out)
    assert (code, err, len(rows), len(out.splitlines())) == (exit_codes.FINE, "", 868, 870)
    assert [row["pipeline"] for row in rows if "pipeline" in row][:2] == [
        "identity.device-graph",
        "playback.viewing-hours",
    ]
    (row,) = (
        r
        for r in rows
        if (r["clearance"], r["home"], r["product"], r["port"]) == ("general", "ads", "profiles", "files")
    )
    assert row == {
        "clearance": "general",
        "home": "ads",
        "domain": "identity",
        "product": "profiles",
        "port": "files",
        "labels": ["pii"],
        "allowed": False,
        "columns": [],
        "because": [{"document": "policy of bucket aurora-identity--profiles", "sid": "RefuseOtherListers"}],
        "stopped_at": "finds the object",
    }


def test_json_of_a_part_that_is_one_row_is_still_a_list(told: Told) -> None:
    part = ("--product", "identity.profiles", "--clearance", "pii", "--home", "ads", "--port", "files")
    assert [row["allowed"] for row in json.loads(told(*part, "--json")[1])] == [True]


@pytest.mark.parametrize(("name", "more"), [("access.svg", ()), ("access-dark.svg", ("--dark",))])
def test_the_committed_picture_is_what_the_mesh_says_today(
    told: Told, tmp_path: Path, name: str, more: tuple[str, ...]
) -> None:
    drawn = tmp_path / name
    assert told("--svg", str(drawn), *more)[0] == exit_codes.FINE
    assert drawn.read_text() == (ROOT / "docs" / name).read_text(), f"docs/{name} is stale: make pictures"


def test_dark_colours_without_a_picture_are_refused(told: Told) -> None:
    message = "--dark is for a picture; give --svg FILE as well"
    assert told("--dark") == (exit_codes.BAD_INPUT, "", message)


# ---- explain


def explained(told: Told, asker: str, thing: str, *more: str) -> dict[str, Any]:
    code, out, _ = told("explain", "--as", asker, "--read", thing, *more, "--json")
    assert code == exit_codes.FINE
    found: dict[str, Any] = json.loads(out)
    return found


def test_a_refused_column_is_explained_by_its_label_its_tags_and_who_would_be_let(told: Told) -> None:
    found = explained(told, "general@ads", "identity.profiles.birth_year", "--port", "table")
    (port,) = found["ports"]
    assert found["allowed"] is port["allowed"] is False
    assert port["why"] == [
        "column birth_year is labelled pii",
        "clearance general covers no label",
        "its LF-tags are financial=false, pii=true",
        "the grant general-table takes financial=false, pii=false",
        "stopped: no grant of Lake Formation lets it through",
    ]
    assert port["change"][0] == "clearances that cover it: pii and restricted"
    assert "clearances/pii.yaml" in port["change"][1]
    assert port["links"][-1]["purpose"] == "Lake Formation lets the column birth_year through"


def test_refused_files_are_explained_by_the_labels_of_the_whole_product(told: Told) -> None:
    (port,) = explained(told, "general@ads", "identity.profiles.avatar", "--port", "files")["ports"]
    assert port["why"] == [
        "port files is read whole, so that it needs all labels of the product: pii",
        "clearance general covers no label",
        "stopped: statement RefuseOtherListers of policy of bucket aurora-identity--profiles denies",
    ]
    assert [link["because"][0]["sid"] for link in port["links"]] == [
        "RefuseOtherListers", "RefuseOtherReaders", "RefuseOtherUsers",
    ]  # fmt: skip


def test_a_column_without_a_label_is_read_and_nothing_has_to_change(told: Told) -> None:
    (port,) = explained(told, "general@ads", "identity.profiles.avatar", "--port", "table")["ports"]
    assert (port["allowed"], port["columns"], port["change"]) == (True, ["profiles.avatar"], [])
    lake = next(link for link in port["links"] if link["request"] is None)
    assert [cause["sid"] for cause in lake["because"]] == ["general-table", "general-table"]


def test_a_read_in_part_says_which_columns_are_missing(told: Told) -> None:
    (port,) = explained(told, "general@ads", "identity.profiles", "--port", "table")["ports"]
    assert port["allowed"] is True
    assert "10 of 12 columns; not profiles.birth_year and profiles.profile_name" in port["why"]
    assert port["change"][0] == "clearances that cover it: pii and restricted"


def test_every_link_of_an_allowed_read_names_a_statement_of_each_layer(told: Told) -> None:
    (port,) = explained(told, "pii@ads", "identity.profiles", "--port", "files")["ports"]
    assert port["allowed"] is True
    assert [
        [(layer["layer"], layer["because"][0]["sid"]) for layer in link["layers"]] for link in port["links"][:1]
    ] == [
        [
            ("scp", "FullAWSAccess"),
            ("rcp", "FullAWSAccess"),
            ("resource", "ClearedPeopleRead"),
            ("identity", "ReadFilesOfProducts"),
            ("boundary", "DataWork"),
        ]
    ]


@pytest.mark.parametrize(
    ("asker", "change"),
    [
        (
            f"arn:aws:iam::{IDENTITY}:role/an-administrator",
            [
                "people read as a clearance role; clearances that cover it: pii and restricted",
                f"RefuseOtherListers spares only role/mesh/check of {IDENTITY}, role/mesh/clearance/pii of every "
                f"domain, role/mesh/clearance/restricted of every domain, role/mesh/deploy of {IDENTITY}, "
                f"role/mesh/location/identity of {HUB}, "
                f"role/mesh/pipeline/none/profiles of {IDENTITY}, role/mesh/pipeline/pii/* of every domain, "
                f"role/mesh/pipeline/restricted/* of every domain, role/mesh/preview of {IDENTITY} "
                f"and role/mesh/retention of {IDENTITY}",
            ],
        ),
        (
            "arn:aws:iam::410000000072:role/mesh/access",
            ["a partner reads from no domain; an agreement in partners/ad-measurement.yaml brings a copy to its inbox"],
        ),
        (
            f"arn:aws:iam::{IDENTITY}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_pii_0000000000000000",
            ["a permission set reads nothing, it steps into the role of its clearance: ask as pii@…"],
        ),
    ],
)
def test_what_would_have_to_change_for_a_role_without_a_clearance(asker: str, change: list[str], told: Told) -> None:
    (port,) = explained(told, asker, "identity.profiles", "--port", "files")["ports"]
    assert port["allowed"] is False
    assert port["change"][: len(change)] == change


def test_a_role_that_the_plan_does_not_list_is_taken_for_an_administrator_and_said_so(told: Told) -> None:
    arn = f"arn:aws:iam::{IDENTITY}:role/somebody"
    (port,) = explained(told, arn, "identity.profiles", "--port", "files")["ports"]
    assert f"{arn} is not in the plan: taken for an administrator of its account" in port["why"]


@pytest.mark.parametrize("asker", ["anonymous", "athena.amazonaws.com", f"arn:aws:iam::{IDENTITY}:root"])
def test_a_caller_that_is_no_role_is_refused_at_every_port(asker: str, told: Told) -> None:
    found = explained(told, asker, "identity.profiles.birth_year")
    assert [port["allowed"] for port in found["ports"]] == [False, False]
    assert all(port["change"] for port in found["ports"])


def test_a_column_of_a_product_without_a_table_is_read_with_its_files(told: Told) -> None:
    (port,) = explained(told, "pii@ads", "identity.device-graph.advertising_id")["ports"]
    assert (port["port"], port["allowed"]) == ("files", True)
    assert [each["clearance"] for each in everyone(told, "identity.device-graph.advertising_id")["clearances"]] == [
        "pii", "restricted",
    ]  # fmt: skip


def test_an_arn_of_a_clearance_role_is_that_clearance(told: Told) -> None:
    found = explained(told, "arn:aws:iam::310000000013:role/mesh/clearance/pii", "identity.profiles")
    assert (found["as"], found["allowed"]) == ("pii@ads", True)
    assert [port["port"] for port in found["ports"]] == ["table", "files"]


def test_the_explanation_for_people_marks_each_link(told: Told) -> None:
    code, out, _ = told("explain", "--as", "general@ads", "--read", "identity.profiles", "--port", "files")
    assert code == exit_codes.FINE
    assert "general@ads does not read identity.profiles by port files" in out
    assert "✗ finds the object  s3:ListBucket on arn:aws:s3:::aurora-identity--profiles" in out
    assert "resource: RefuseOtherListers of policy of bucket aurora-identity--profiles denies" in out
    assert "to change it: clearances that cover it: pii and restricted" in out


# ---- who


def everyone(told: Told, thing: str) -> dict[str, Any]:
    code, out, _ = told("who", thing, "--json")
    assert code == exit_codes.FINE
    found: dict[str, Any] = json.loads(out)
    return found


def test_who_reads_the_pii_by_which_route(told: Told) -> None:
    found = everyone(told, "identity.profiles.birth_year")
    assert [(each["clearance"], len(each["homes"]), each["ports"]) for each in found["clearances"]] == [
        ("pii", 6, ["table", "files"]),
        ("restricted", 6, ["table", "files"]),
    ]
    assert {cause["sid"] for cause in found["clearances"][0]["because"]} == {
        "pii-table", "ClearedPeopleRead", "ClearedPeopleDecrypt",
    }  # fmt: skip
    roles = {each["role"].partition("role/mesh/")[2]: each["reads"] for each in found["roles"]}
    assert roles == {
        "location/identity": ["tables", "metadata of tables"],
        "check": ["tables", "metadata of tables"],
        "retention": ["tables", "metadata of tables"],
        "pipeline/none/profiles": ["files", "tables", "metadata of tables", "outbound"],
    }


def test_who_holds_the_clearances_with_use_approver_and_review(told: Told) -> None:
    people = everyone(told, "identity.profiles.birth_year")["people"]
    assert {
        "group": "identity-analysts",
        "clearance": "pii",
        "home": "identity",
        "use": "Support of members whose account was taken over",
        "approved_by": "privacy-office@aurora.example",
        "review": "2027-10-18",
        "holds": True,
        "unless": "",
    } in people
    assert {each["clearance"] for each in people} == {"pii", "restricted"}


def test_a_group_whose_review_has_passed_is_shown_as_holding_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    late = ["--as-of", "2027-10-19", "--dir", str(ROOT / "stacks"), "--json"]
    assert main.run(["access", "who", "identity.profiles", *late]) == exit_codes.FINE
    people = json.loads(capsys.readouterr().out)["people"]
    unless = {each["group"]: (each["holds"], each["unless"]) for each in people}
    assert unless["identity-analysts"] == (False, "its review has passed")
    assert unless["retention-science"] == (True, "")


def test_who_is_stopped_by_which_statement(told: Told) -> None:
    refused = {each["who"]: each["stopped"] for each in everyone(told, "identity.profiles.birth_year")["refused"]}
    assert refused["clearance general in every home"]["bucket"] == "RefuseOtherReaders"
    assert refused["any administrator in the account of identity"] == {
        "table": "no grant",
        "bucket": "RefuseOtherReaders",
        "key": "RefuseOtherUsers",
    }
    assert refused["any administrator of the management account"]["bucket"] == "RefuseOtherUnits"
    assert refused["any administrator of a partner's account"]["key"] == "RefuseResourcesOfOtherAccounts"
    assert refused["anonymous callers"]["bucket"] == "RefuseCallersOutsideTheOrganisation"
    assert not [name for name, stopped in refused.items() if "allowed" in stopped.values()]


def test_every_role_of_the_plan_is_accounted_for(told: Told, plan: Plan) -> None:
    found = everyone(told, "identity.profiles")
    readers = sum(len(each["homes"]) for each in found["clearances"])
    assert readers + len(found["roles"]) + sum(found["others"].values()) + 9 == found["decided"]


def test_copies_to_partners_are_named_with_their_agreement(told: Told) -> None:
    (copy,) = everyone(told, "content.dialogue-lists")["copies"]
    assert (copy["partner"], copy["open"], copy["classifications"]) == ("subtitling", True, [])
    assert everyone(told, "identity.profiles")["copies"] == []


def test_the_answer_for_people_has_every_part(told: Told) -> None:
    code, out, _ = told("who", "content.dialogue-lists")
    assert code == exit_codes.FINE
    for part in ("Clearances that read", "People who hold them", "Roles that no clearance is behind",
                 "Copies to partners, by agreement", "Who does not, and what stops them"):  # fmt: skip
        assert part in out
    assert line(out, "any", "administrator", "of", "another", "domain") == [
        "no", "grant", "RefuseOtherReaders,", "RefuseOtherUsers",
    ]  # fmt: skip


# ---- bad input

EXPLAIN = ("explain", "--as", "pii@ads", "--read")
BAD = [
    (("--product", "identity.profile"), "unknown product of identity 'profile'; did you mean 'profiles'? "
     "Known: accounts, device-graph, login-risk and profiles"),
    (("--product", "profiles"),
     "'profiles' is no product: DOMAIN.PRODUCT or DOMAIN.PRODUCT.COLUMN, as identity.profiles"),
    (("--product", "identity.profiles.avatar"),
     "'identity.profiles.avatar' is a column; --product takes DOMAIN.PRODUCT"),
    (("--product", "identity.accounts", "--port", "files"), "identity.accounts has no port files; it has table"),
    (("--clearance", "pi"), f"unknown clearance 'pi'; did you mean 'pii'? Known: {CLEARANCES}"),
    (("--home", "add"), f"unknown domain 'add'; did you mean 'ads'? Known: {DOMAINS}"),
    (("--port", "stream"), "unknown port 'stream'; known: files and table; choose one"),
    (("--svg", "/nowhere/a.svg"), "/nowhere/a.svg cannot be written: No such file or directory"),
    (("--json", "who", "identity.profiles"), "--json stands before 'who'; options come after it"),
    (("explain", "--as", "pi@ads", "--read", "identity.profiles"),
     f"unknown clearance 'pi'; did you mean 'pii'? Known: {CLEARANCES}"),
    (("explain", "--as", "pii@adz", "--read", "identity.profiles"),
     f"unknown domain 'adz'; did you mean 'ads'? Known: {DOMAINS}"),
    (("explain", "--as", "pii", "--read", "identity.profiles"),
     "the clearance 'pii' is held in a home: pii@ads, pii@content, pii@identity, pii@playback, pii@recommendations "
     "and pii@subscriptions"),
    (("explain", "--as", "somebody", "--read", "identity.profiles"),
     "'somebody' is no role: a clearance in a home as pii@ads, the ARN of a role, a service, or anonymous"),
    (("explain", "--as", f"arn:aws:iam::{IDENTITY}:role/mesh/pipeline/none/profile", "--read", "identity.profiles"),
     f"the plan has no role 'arn:aws:iam::{IDENTITY}:role/mesh/pipeline/none/profile'; "
     f"did you mean 'arn:aws:iam::{IDENTITY}:role/mesh/pipeline/none/profiles'?"),
    ((*EXPLAIN, "identty.profiles"), f"unknown domain 'identty'; did you mean 'identity'? Known: {DOMAINS}"),
    ((*EXPLAIN, "identity.profiles.birthyear"), "unknown column of identity.profiles 'birthyear'; did you mean "
     "'birth_year'? Known: accessibility, account_id, audio_languages, avatar, birth_year, created_at, is_kids, "
     "maturity_level, profile_id, profile_name, subtitle_languages and updated_at"),
    ((*EXPLAIN, "identity.accounts", "--port", "files"), "identity.accounts has no port files; it has table"),
    ((*EXPLAIN, "identity.accounts", "--port", "tables"),
     "unknown port 'tables'; did you mean 'table'? Known: files and table"),
    (("who", "identity."), "'identity.' is no product: DOMAIN.PRODUCT or DOMAIN.PRODUCT.COLUMN, as identity.profiles"),
    (("who", "identity.profiles.nothing"), "unknown column of identity.profiles 'nothing'; known: accessibility, "
     "account_id, audio_languages, avatar, birth_year, created_at, is_kids, maturity_level, profile_id, profile_name, "
     "subtitle_languages and updated_at; choose one"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "message"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_bad_input_is_one_sentence_and_exit_code_2(words: tuple[str, ...], message: str, told: Told) -> None:
    assert told(*words) == (exit_codes.BAD_INPUT, "", message)


def test_a_column_that_several_tables_have_is_asked_for_with_its_table(told: Told) -> None:
    message = (
        "identity.accounts has 'account_id' in several tables; say which: "
        "account_consents.account_id and accounts.account_id"
    )
    assert told("who", "identity.accounts.account_id") == (exit_codes.BAD_INPUT, "", message)
    assert everyone(told, "identity.accounts.accounts.account_id")["read"] == "identity.accounts.accounts.account_id"


# ---- the picture


def test_the_picture_says_in_words_what_it_shows() -> None:
    root = ET.fromstring((ROOT / "docs" / "access.svg").read_text())
    space = "{http://www.w3.org/2000/svg}"
    title, desc = root.find(f"{space}title"), root.find(f"{space}desc")
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title desc")
    assert title is not None
    assert title.text == "Who reads what in the mesh aurora"
    assert desc is not None
    assert "identity.profiles as files: general nothing, financial nothing, pii all files, restricted all files." in (
        desc.text or ""
    )
    shapes = [rect for rect in root.iter(f"{space}rect") if rect.find(f"{space}title") is not None]
    assert len(shapes) == 36 * 4


# ---- blast


def test_one_of_each_class_is_a_row_with_what_its_thief_comes_to(told: Told) -> None:
    code, out, _ = told("blast")
    assert code == exit_codes.FINE
    assert line(out, "deploy@ads") == ["6", "9", "1", "5", "financial,", "pii", "5", "9", "within"]
    assert line(out, "administrator@ads") == ["6", "–", "1", "–", "–", "–", "–", "within"]
    assert line(out, "clearance/pii@ads")[-5:] == ["27", "pii", "–", "–", "within"]


def test_a_stolen_deployment_is_told_with_its_paths(told: Told) -> None:
    code, out, _ = told("blast", "deploy@content")
    assert code == exit_codes.FINE
    assert "bound     within: What a domain owns" in out
    assert line(out, "enters") == ["content"]
    assert "publisher" not in out


def test_a_blast_radius_as_json_has_every_path(told: Told) -> None:
    _, out, _ = told("blast", f"arn:aws:iam::{HUB}:role/mesh/publisher/publish-identity", "--json")
    radius = json.loads(out)
    assert (radius["name"], radius["alike"], radius["becomes"]) == ("publisher/publish-identity@governance", 6, [])
    # It moves their tables, and labels them; it reads none.
    tables = [f"identity.{product}" for product in ("accounts", "login-risk", "profiles")]
    assert (radius["reads"], radius["writes"]) == ({}, tables)
    assert radius["bound"].startswith("within: A publisher moves")


def test_a_principal_that_is_none_is_refused_with_the_nearest(told: Told) -> None:
    code, out, err = told("blast", "deploy@add")
    assert (code, out) == (exit_codes.BAD_INPUT, "")
    assert "'deploy@add' is no principal of the mesh; did you mean 'deploy@ads'?" in err
