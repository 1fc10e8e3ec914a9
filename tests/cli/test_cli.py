"""The `mesh` command as a user meets it: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli import exit_codes, main, validate
from tests.mesh_copies import copied

ROOT = Path(__file__).resolve().parents[2]
STACKS = ROOT / "stacks"
DAY = ["--as-of", "2026-12-01"]
MESH = str(Path(sys.executable).parent / "mesh")


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of the sample mesh that a test may change."""
    copied(STACKS, tmp_path / "stacks")
    return tmp_path / "stacks"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_the_sample_mesh_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["validate", str(STACKS), *DAY]) == exit_codes.FINE
    assert "aurora is valid: 6 domains, 27 products, 2 partners, 0 warnings\n" in capsys.readouterr().out


def test_without_arguments_the_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    main.run([])
    shown = "".join(capsys.readouterr())
    assert all(
        name in shown for name in ("validate", "plan", "up", "accounts", "bootstrap", "example", "access", "decide")
    )


def test_a_finding_has_place_and_remedy_and_exit_code_2(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(sample / "domains" / "identity.yaml", "kind: analytics, ports: [table]", "kind: analytics, prots: [table]")
    assert main.run(["validate", str(sample), *DAY]) == exit_codes.BAD_INPUT
    out = capsys.readouterr().out
    assert re.search(
        r"domains/identity\.yaml:8:\d+: unknown key 'prots' in 'products.accounts'; did you mean 'ports'\?", out
    )


def test_findings_of_two_files_are_reported_together(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(sample / "domains" / "ads.yaml", "description:", "descriptoin:")
    change(sample / "mesh.yaml", "region: eu-west-1", "region: Ireland")
    assert main.run(["validate", str(sample), *DAY]) == exit_codes.BAD_INPUT
    out = capsys.readouterr().out
    assert "domains/ads.yaml" in out
    assert "mesh.yaml" in out


@pytest.mark.parametrize("command", ["plan", "up", "accounts", "bootstrap", "access", "decide"])
def test_bad_input_stops_every_command_with_exit_code_2(
    command: str, sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(sample / "domains" / "ads.yaml", "description:", "descriptoin:")
    assert main.run([command, "--dir", str(sample), *DAY]) == exit_codes.BAD_INPUT
    captured = capsys.readouterr()
    assert "descriptoin" in captured.err
    assert captured.out == ""


def test_a_review_that_is_past_fails_validation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["validate", str(STACKS), "--as-of", "2031-01-01"]) == exit_codes.BAD_INPUT
    assert "lapse: the review of" in capsys.readouterr().out


def test_a_lapse_does_not_stop_a_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["accounts", "--dir", str(STACKS), "--as-of", "2031-01-01"]) == exit_codes.FINE
    assert "lapse: the review of" in capsys.readouterr().err


def test_json_of_validate_is_one_document_on_stdout(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(sample / "domains" / "ads.yaml", "description:", "descriptoin:")
    assert main.run(["validate", str(sample), "--json", *DAY]) == exit_codes.BAD_INPUT
    found = json.loads(capsys.readouterr().out)
    assert found["valid"] is False
    assert {"file", "line", "column", "severity", "message", "counts"} == set(found["findings"][0])


def test_notes_are_told_in_one_line_in_full_on_request_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["validate", str(STACKS), *DAY]) == exit_codes.FINE
    plain = capsys.readouterr()
    assert "note: " not in plain.out
    assert "27 contracts declare what nothing watches yet: `mesh validate --notes`" in plain.out
    assert "2 partners, 0 warnings" in plain.out
    assert main.run(["validate", str(STACKS), "--notes", *DAY]) == exit_codes.FINE
    full = capsys.readouterr()
    assert full.out.count(" are declared and not watched yet") == full.out.count(": note: ") == 27
    assert "2 partners, 0 warnings" in full.out
    assert main.run(["validate", str(STACKS), "--json", *DAY]) == exit_codes.FINE
    found = json.loads(capsys.readouterr().out)
    assert found["valid"] is True
    assert sum(finding["severity"] == "note" for finding in found["findings"]) == 27


def test_what_is_not_checked_further_is_said(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(sample / "domains" / "ads.yaml", "campaigns: {kind: analytics", "campaigns: {kind: analytic")
    (sample / "domains" / "content.yaml").write_text("a: [")
    assert main.run(["validate", str(sample), *DAY]) == exit_codes.BAD_INPUT
    what = "domains/content.yaml and products.campaigns.kind in domains/ads.yaml"
    assert f"not checked until that is mended: what depends on {what}\n" in capsys.readouterr().err
    assert main.run(["validate", str(sample), "--json", *DAY]) == exit_codes.BAD_INPUT
    assert json.loads(capsys.readouterr().out)["unchecked"] == what.split(" and ")


def test_notes_are_left_to_validate(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["accounts", "--dir", str(STACKS), *DAY]) == exit_codes.FINE
    assert "watched" not in "".join(capsys.readouterr())


def test_a_folder_that_is_no_mesh_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["validate", str(tmp_path / "nowhere"), *DAY]) == exit_codes.BAD_INPUT
    assert "mesh.yaml" in capsys.readouterr().out


def test_a_day_that_is_no_day_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["validate", str(STACKS), "--as-of", "tomorrow"]) == exit_codes.BAD_INPUT
    assert "tomorrow" in capsys.readouterr().err


def test_an_unknown_stack_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["plan", "--dir", str(STACKS), "--stack", "domain-playbak", *DAY]) == exit_codes.BAD_INPUT
    assert "did you mean 'domain-playback'?" in capsys.readouterr().err


def test_the_plan_of_a_stack_names_every_resource(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["plan", "--dir", str(STACKS), "--stack", "partner-subtitling", *DAY]) == exit_codes.FINE
    out = capsys.readouterr().out
    assert re.search(r"\+ Bucket +subtitling  \[protected\]", out)


def test_the_json_of_a_plan_has_the_documented_form(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["plan", "--dir", str(STACKS), "--stack", "partner-subtitling", "--json", *DAY]) == exit_codes.FINE
    plan = json.loads(capsys.readouterr().out)
    assert plan["mesh"] == "aurora"
    (stack,) = plan["stacks"]
    assert stack["stack"] == "partner-subtitling"
    keys = {
        "urn",
        "type",
        "name",
        "parent",
        "provider",
        "account",
        "inputs",
        "dependencies",
        "protect",
        "retainOnDelete",
    }
    assert all(set(resource) == keys for resource in stack["resources"])
    buckets = [r for r in stack["resources"] if r["type"] == "aws:s3/bucket:Bucket"]
    assert {b["account"] for b in buckets} == {"420000000080"}


def test_a_bucket_policy_is_shown_whole_but_for_the_key_that_aws_makes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["plan", "--dir", str(STACKS), "--stack", "domain-content", "--json", *DAY]) == exit_codes.FINE
    plan = json.loads(capsys.readouterr().out)
    policies = [
        json.loads(r["inputs"]["policy"])
        for r in plan["stacks"][0]["resources"]
        if r["type"] == "aws:s3/bucketPolicy:BucketPolicy" and r["inputs"]["bucket"] == "aurora-content--titles"
    ]
    (policy,) = policies
    (statement,) = [s for s in policy["Statement"] if s["Sid"] == "RefuseOtherKeys"]
    assert "<unknown>" in statement["Condition"]["StringNotEquals"].values()


def test_accounts_shows_whose_account_is_which(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["accounts", "--dir", str(STACKS), "--json", *DAY]) == exit_codes.FINE
    rows = json.loads(capsys.readouterr().out)
    assert {"stack": "domain-playback", "account": "340000000047", "assumed": False} in rows


def test_bootstrap_prints_a_cloudformation_template(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["bootstrap", "--dir", str(STACKS), *DAY]) == exit_codes.FINE
    resources = json.loads(capsys.readouterr().out)["Resources"]
    assert {name: (r.get("Condition"), r["Properties"].get("RoleName")) for name, r in resources.items()} == {
        "Deploy": (None, "deploy"),
        "Preview": (None, "preview"),
        "BreakGlass": ("InGovernance", "emergencies"),
        "CiProvider": ("InGovernance", None),
        "CiOrganization": ("InGovernance", "organization"),
        "CiGovernance": ("InGovernance", "governance"),
        "CiAccess": ("InGovernance", "access"),
        "CiPartners": ("InGovernance", "partners"),
        "CiPreviews": ("InGovernance", "previews"),
    }


@pytest.mark.parametrize(("domains", "products", "partners"), [(1, 1, 0), (3, 2, 1), (25, 12, 4)])
def test_a_generated_mesh_is_valid(
    domains: int, products: int, partners: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    size = ["--domains", str(domains), "--products", str(products), "--partners", str(partners)]
    assert main.run(["example", str(tmp_path / "mesh"), *size, *DAY]) == exit_codes.FINE
    assert main.run(["validate", str(tmp_path / "mesh"), *DAY]) == exit_codes.FINE
    assert "0 warnings" in capsys.readouterr().out


@pytest.mark.long
def test_a_generated_mesh_can_be_planned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["example", str(tmp_path), "--domains", "2", "--products", "4", *DAY]) == exit_codes.FINE
    assert main.run(["plan", "--dir", str(tmp_path), *DAY]) == exit_codes.FINE
    assert "domain-payments" in capsys.readouterr().out


def test_the_generator_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "note.txt").write_text("mine")
    assert main.run(["example", str(tmp_path)]) == exit_codes.BAD_INPUT
    assert "nothing was written" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_a_fault_of_ours_is_exit_code_3_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(validate, "read_folder", broken)
    assert main.run(["validate", str(STACKS)]) == exit_codes.FAULT
    err = capsys.readouterr().err
    assert "broken on purpose" in err
    assert "fault of ours" in err


def test_validation_loads_neither_pulumi_nor_an_aws_sdk() -> None:
    code = (
        "import sys; from cli.main import run; run(['validate', 'stacks', '--as-of', '2026-12-01']);"
        "sys.exit(sorted({'pulumi', 'pulumi_aws', 'boto3', 'botocore', 'moto'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "")


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    """A folder with a small mesh in `stacks`; the README's `make up` deploys the sample."""
    assert main.run(["example", str(tmp_path / "stacks"), "--domains", "2", "--products", "2", *DAY]) == exit_codes.FINE
    return tmp_path


@pytest.mark.long
def test_up_prints_what_it_made_as_json_with_every_value_known(generated: Path) -> None:
    done = subprocess.run([MESH, "up", "--json", *DAY], cwd=generated, capture_output=True, text=True, check=False)
    assert done.returncode == exit_codes.FINE, done.stderr
    stacks = {stack["stack"]: stack for stack in json.loads(done.stdout)["stacks"]}
    assert (
        stacks["organization"]["outputs"]["accounts"]["domain-payments"]
        in (generated / "stacks" / "accounts.yaml").read_text()
    )
    resources = [resource for stack in stacks.values() for resource in stack["resources"]]
    assert [r["urn"] for r in resources if r["type"].startswith("aws:") and not r["id"]] == []
    assert {r["operation"] for r in resources} == {"create"}
    assert "<unknown>" not in done.stdout
    assert f"deploying {len(stacks)}/{len(stacks)}" in done.stderr
    data = json.loads(done.stdout)["data"]
    assert data["differences"] == []
    assert min(data["queries"], data["rows_read"], len(data["published"])) > 0


@pytest.mark.long
def test_a_served_organisation_answers_and_ends_on_request(generated: Path) -> None:
    command = [MESH, "up", "--serve", "--no-data", *DAY]
    with subprocess.Popen(command, cwd=generated, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as served:
        assert served.stderr
        keys: dict[str, str] = {}
        for line in served.stderr:
            keys.update(re.findall(r"(AWS_\w+)=(\S+)", line))
            if "Ctrl-C" in line:
                break
        import boto3

        try:  # the operator's own keys may step into roles, and nothing else
            handed = subprocess.run(
                [MESH, "as", "deploy@management"],
                cwd=generated,
                capture_output=True,
                text=True,
                check=True,
                timeout=60,
            )
            given = dict(re.findall(r"export (AWS_\w+)=(\S+)", handed.stdout))
            client = boto3.client(
                "organizations",
                endpoint_url=keys["AWS_ENDPOINT_URL"],
                region_name=keys["AWS_REGION"],
                aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
                aws_session_token=given["AWS_SESSION_TOKEN"],
            )
            accounts = {account["Name"] for account in client.list_accounts()["Accounts"]}
        finally:
            os.kill(served.pid, signal.SIGTERM)
        assert served.wait(timeout=30) == exit_codes.FINE
    assert {"governance", "domain-payments"} <= accounts


def test_the_help_has_every_command_on_a_whole_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main.run(["--help"]) == exit_codes.FINE
    commands = capsys.readouterr().out.partition("Commands:")[2].partition("\n\n")[0].strip().splitlines()
    assert len(commands) == len(main.COMMANDS)
    assert [line for line in commands if not line.endswith(".") or line.endswith("...")] == []


def test_schemas_are_written_compared_and_not_made_of_a_broken_mesh(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "of-editors")]
    assert main.run(["schemas", str(sample), *out]) == exit_codes.FINE
    assert main.run(["schemas", str(sample), *out, "--check"]) == exit_codes.FINE
    change(sample / "contracts/ads/campaigns.odcs.yaml", "version:", "versoin:")
    assert main.run(["schemas", str(sample), *out, "--check"]) == exit_codes.FINE
    change(sample / "mesh.yaml", "  pii: Identifies", "  health: What ails a person.\n  pii: Identifies")
    capsys.readouterr()
    assert main.run(["schemas", str(sample), *out, "--check"]) == exit_codes.BAD_INPUT
    assert "odcs-v3.2.0.schema.json is not that of the mesh; write it with `mesh schemas`" in capsys.readouterr().out
    change(sample / "mesh.yaml", "region:", "regoin:")
    assert main.run(["schemas", str(sample), *out]) == exit_codes.BAD_INPUT
    assert "unknown key 'regoin'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["validate"],
        ["validate", str(STACKS)],
        ["plan"],
        ["lock"],
        ["schemas"],
        ["example", "new"],
        ["offboard", "x"],
        ["decide"],
        ["as", "x"],
        ["access", "who", "x.y"],
        ["publish", "x.y"],
        [],
    ],
)
def test_a_working_folder_that_is_gone_is_said_by_every_command(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main.run(words) == exit_codes.BAD_INPUT
    said = capsys.readouterr().err
    assert said.startswith("the folder that you are in cannot be used (No such file or directory)")
    assert "Traceback" not in said
    assert main.run(["validate", "--help"]) == exit_codes.FINE
