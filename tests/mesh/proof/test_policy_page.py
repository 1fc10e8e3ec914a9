"""The page of statements: fresh, whole, and as a reader of it takes it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mesh.iam.ends import undated
from mesh.iam.scp import exfiltration
from mesh.iam.statement import Statement, account, service, when
from mesh.model import Mesh
from mesh.plan import Plan, build
from mesh.proof.equivalent_mutants import REASONS
from mesh.proof.policy_page import __main__ as generator
from mesh.proof.policy_page.losses import Loss, as_text, read
from mesh.proof.policy_page.page import page
from mesh.proof.policy_page.policy_kinds import KINDS, PolicyKind, instances, kind_of
from mesh.proof.policy_page.wording import KeyWording, Placeholders, Wording, wording
from mesh.proof.subject import Subject
from tests.mesh.iam.conftest import documents_of

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / generator.PAGE).read_text("utf-8")
LOSSES = read(ROOT / generator.LOSSES)
ROWS = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]


def kind(title: str) -> PolicyKind:
    return next(each for each in KINDS if each.title == title)


# ---- fresh


def test_the_page_is_as_the_policies_have_it(plan: Plan) -> None:
    assert page(plan, LOSSES) == PAGE, "run `make statements`"


def test_the_check_is_content_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert generator.main(["--check"]) == 0


def test_a_statement_that_changes_makes_the_page_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    anywhere = Statement(sid="RefuseOtherRegions", what="Nothing.", why="None.", actions=("s3:*",), resources=("*",))
    monkeypatch.setattr(exfiltration, "one_region", lambda region: anywhere)
    assert generator.main(["--check"]) == "docs/statements.md is not as the policies have it; run `make statements`"


def test_a_reason_that_changes_makes_the_page_stale(sample: Mesh, monkeypatch: pytest.MonkeyPatch) -> None:
    day = datetime.date(2027, 1, 1)
    because = Statement(sid="RefuseWaysOutOfANetwork", what="Nothing.", why="Another.", actions=("s3:*",))
    monkeypatch.setattr(exfiltration, "networks_without_a_way_out", lambda perimeter, governs: (because,))
    assert page(build(sample, day), LOSSES) != PAGE


def test_reasons_of_what_nothing_notices_are_those_that_are_written() -> None:
    written = {why for _, _, _, why in REASONS}
    told = {why for by_sid in LOSSES.values() for loss in by_sid.values() for why in loss.unnoticed.values()}
    assert told
    assert told <= written


# ---- whole


def test_every_document_of_the_plan_is_of_a_kind(plan: Plan) -> None:
    shown = {each.document for found in instances(Subject(plan)).values() for each in found}
    assert {document for _, document in documents_of(plan)} <= shown


def test_every_kind_has_documents_and_every_sid_of_them_has_a_row(plan: Plan) -> None:
    found = instances(Subject(plan))
    assert all(found.values())
    sids = [
        sid for each in found.values() for sid in {undated(s.sid) for document, _ in each for s in document.statements}
    ]
    assert sorted(sids) == sorted(re.findall(r"^\| `([\w<>]+)`", PAGE, re.MULTILINE))


def test_no_row_lacks_an_invariant_that_fails() -> None:
    assert len(ROWS) > 150
    assert [row[0] for row in ROWS if not re.fullmatch(r"([IMU]\d+ ?)+", row[-1].removesuffix(" |"))] == []


def test_a_policy_of_no_kind_is_refused() -> None:
    assert kind_of("policy of bucket aurora-partner-subtitling--inbox").title == "Bucket policy of an inbox"
    assert kind_of("policy of bucket aurora-ads--impressions").title == "Bucket policy of a data product"
    with pytest.raises(KeyError, match="policy of something new"):
        kind_of("policy of something new")


# ---- to be read


def test_a_table_can_be_read_on_a_screen() -> None:
    assert {len(row) for row in ROWS} == {5}
    assert max(len(cell) for row in ROWS for cell in row) < 420


def test_no_name_or_id_of_the_sample_is_left(plan: Plan) -> None:
    names = [product.replace("-", "[-_]") for domain in plan.domains.values() for product in domain.products]
    ids = [domain.access.account_id for domain in plan.domains.values()]
    told = re.sub(r"\]\([^)]*\)", "]", PAGE)
    assert re.findall(rf"[/:-](?:{'|'.join(names)})\b|{'|'.join(ids)}|{plan.mesh}-", told) == []


# ---- words


def put(plan: Plan, account_id: str | None = None) -> Callable[[str], str]:
    placeholders = Placeholders(plan)
    return lambda text: placeholders.put(text, account_id)


def test_a_deny_excepts_whom_its_negated_conditions_name(plan: Plan) -> None:
    home = plan.domains["ads"].access.account_id
    deny = Statement(
        sid="A",
        but="It is for it.",
        principal="*",
        actions=("s3:*",),
        conditions=(
            when("ArnNotLike", "aws:PrincipalArn", f"arn:aws:iam::{home}:role/mesh/pipeline/none/impressions"),
            when("BoolIfExists", "aws:PrincipalIsAWSService", "false"),
            when("StringNotEquals", "aws:RequestedRegion", plan.perimeter.region),
        ),
    )
    told = wording(deny, "", put(plan, home))
    assert told == Wording(
        ("everybody",),
        ("`pipeline/<clearance>/<product>` of the account", "AWS services"),
        (KeyWording("aws:RequestedRegion", "is not", ("<region>",)),),
    )


def test_an_allow_is_about_the_roles_that_it_names(plan: Plan) -> None:
    hub = plan.perimeter.governance_id
    allow = Statement(
        sid="A",
        effect="Allow",
        principal=account(hub),
        actions=("s3:*",),
        conditions=(when("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{hub}:role/mesh/location/ads"),),
    )
    assert wording(allow, "", put(plan)) == Wording(("`location/<domain>` of governance",), (), ())


def test_a_service_an_account_and_the_bearer_are_named(plan: Plan) -> None:
    given = {"sid": "A", "actions": ("s3:*",)}
    assert wording(Statement(**given, principal=service("s3.amazonaws.com")), "", put(plan)).subjects == (
        "`s3.amazonaws.com`",
    )
    hub = account(plan.perimeter.governance_id)
    assert wording(Statement(**given, principal=hub), "", put(plan)).subjects == ("everybody of governance",)
    assert wording(Statement(**given), "the role", put(plan)).subjects == ("the role",)


def test_an_operator_without_words_is_refused(plan: Plan) -> None:
    unknown = Statement(sid="A", actions=("s3:*",), conditions=(when("IpAddress", "aws:SourceIp", "192.0.2.0/24"),))
    with pytest.raises(KeyError, match="IpAddress"):
        wording(unknown, "", put(plan))


# ---- losses


def test_losses_are_read_as_they_were_written(tmp_path: Path) -> None:
    losses = {kind("RCP at the root").title: {"RefusePlainHttp": Loss(("I10",), {"Bool x": 'a "reason"'})}}
    (tmp_path / "losses.json").write_text(as_text(losses))
    assert read(tmp_path / "losses.json") == losses
    assert read(tmp_path / "none.json") == {}
