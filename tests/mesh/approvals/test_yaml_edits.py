"""Edits of the sample's YAML that loosen something: the owner of the file, who writes them, is never enough."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pytest

from mesh.approvals.given_approvals import Reviewers, approvals
from mesh.approvals.needs import ChangeRequest
from mesh.load import load
from mesh.model import Mesh

ROOT: Final = Path(__file__).parents[3]
DATA: Final = "@aurora/data-platform"
ADS: Final = "@aurora/ads-platform"
IDENTITY: Final = "@aurora/identity-platform"
PRIVACY: Final = "@aurora/privacy-office"
BY_MACHINE: Final = "    pipeline: {script: device_graph.py, "

LOOSER: Final = (
    ("mesh.yaml", "region: eu-west-1", "region: eu-central-1", DATA, "'region' is loosened"),
    ("mesh.yaml", "account-email: aws+", "account-email: me+", DATA, "'account-email' is loosened"),
    ("mesh.yaml", "security-contact: security@", "security-contact: me@", DATA, "'security-contact' is loosened"),
    ("mesh.yaml", "[198.51.100.0/24,", "[198.51.0.0/16,", DATA, "'people-addresses' is loosened"),
    ("mesh.yaml", "[198.51.100.0/24,", "[198.0.0.0/8,", DATA, "what it loosens not be told: people-addresses"),
    ("mesh.yaml", "auditors: [internal-audit]", "auditors: [internal-audit, growth-analysts]", DATA, "'auditors' is"),
    ("mesh.yaml", "aurora-streaming/data-mesh", "someone/data-mesh", DATA, "'ci' is loosened"),
    ("mesh.yaml", "name: aurora", "name: aurorb", ADS, "another bucket, for it gets another name"),
    ("mesh.yaml", "  retention: 730 days", "  retention: 30 days", ADS, "instead of 730"),
    ("mesh.yaml", "  budget: 600", "  budget: 60000", DATA, "'defaults.budget' is loosened"),
    ("mesh.yaml", "  budget: 600", "  budget: 600\n  deletion-protection: false", ADS, "nothing keeps it any more"),
    ("mesh.yaml", "  budget: 600", "  budget: 600\n  log-retention: 3 days", ADS, "kept 3 days instead of 400"),
    ("mesh.yaml", "  budget: 600", "  budget: 600\n  audit-retention: 3 days", DATA, "'defaults.audit-retention'"),
    (
        "mesh.yaml",
        "  budget: 600",
        "  budget: 600\n  results-retention: 300 days",
        DATA,
        "'defaults.results-retention'",
    ),
    ("mesh.yaml", "  budget: 600", "  budget: 600\n  break-notice: 1 day", DATA, "'defaults.break-notice'"),
    ("mesh.yaml", 'github: "@aurora/data-platform"', 'github: "@aurora/me"', DATA, "comes to own the mesh"),
    ("accounts.yaml", '  ads: "310000000013"', '  ads: "310000000099"', DATA, "domains.ads is not what AWS gave"),
    (
        "accounts.yaml",
        '  ads: "3',
        '  adverts: "888888888888"\n  ads: "3',
        DATA,
        "domains.adverts is set where nothing",
    ),
    ("accounts.yaml", '  subtitling: "4', '  press: "888888888888"\n  subtitling: "4', DATA, "partners.press is set"),
    ("accounts.yaml", "3a7704ec-", "3a7704ed-", ADS, "'ad-measurement-analysts' is another group"),
    (
        "accounts.yaml",
        "ads-finance: 26cbd0d6",
        "new-one: 36cbd0d6-8c5a-2775-ce64-adec0ad69b53\n    ads-finance: 26cbd0d6",
        DATA,
        "'new-one' comes to be a group",
    ),
    (
        "accounts.yaml",
        'management: "100000000001"',
        'management: "100000000001", services: [config.amazonaws.com]',
        DATA,
        "services get trusted access",
    ),
    (
        "domains/ads.yaml",
        "engineers: [ads-engineers]",
        "engineers: [ads-engineers, growth-analysts]",
        ADS,
        "comes to look after the domain 'ads', as its engineers",
    ),
    ("domains/ads.yaml", "owners: [ads-owners]", "owners: [ads-owners, growth-analysts]", ADS, "as its owners"),
    ("domains/ads.yaml", "engineers: [", "account: {email: me@aurora.example}\nengineers: [", DATA, "root e-mail"),
    ("domains/identity.yaml", "account: {budget: 900}", "account: {budget: 90000}", DATA, "costs at 90000 US dollars"),
    (
        "domains/ads.yaml",
        "ports: [table, files], retention: 400 days",
        "ports: [table, files], retention: 4 days",
        ADS,
        "kept 4 days instead of 400",
    ),
    ("domains/ads.yaml", "engineers: [", "deletion-protection: false\nengineers: [", ADS, "nothing keeps it any more"),
    ("domains/ads.yaml", "  campaigns: {kind: analytics, ports: [table]}\n", "", ADS, "the key of ads.campaigns"),
    (
        "domains/ads.yaml",
        'github: "@aurora/ads-platform"',
        'github: "@aurora/me"',
        DATA,
        "comes to own the domain 'ads'",
    ),
    ("domains/identity.yaml", BY_MACHINE, "    pipeline: {runtime: external, ", PRIVACY, "stands outside of the mesh"),
    ("domains/identity.yaml", BY_MACHINE, "    pipeline: {runtime: glue-python, script: device_graph.py, ", "", ""),
    ("clearances/pii.yaml", "reads: [pii]", "reads: [pii, financial]", PRIVACY, "comes to read"),
    ("clearances/pii.yaml", "review: 2027-10-18", "review: 2027-12-18", PRIVACY, "until 2027-12-18 instead of"),
    (
        "clearances/pii.yaml",
        "  - {email: privacy-office@",
        "  - {email: me@aurora.example}\n  - {email: privacy-office@",
        PRIVACY,
        "comes to approve",
    ),
    ("partners/ad-measurement.yaml", "expires: 2028-12-31", "expires: 2030-12-31", ADS, "until 2030-12-31 instead"),
    ("partners/ad-measurement.yaml", "principals: [", "principals: [growth-analysts, ", ADS, "comes to read"),
    ("partners/ad-measurement.yaml", "principals: [", "deletion-protection: false\nprincipals: [", ADS, "inbox"),
    (
        "partners/ad-measurement.yaml",
        "principals: [",
        "account: {email: me@a.example}\nprincipals: [",
        DATA,
        "root e-mail",
    ),
)
"""File, text, text after, whom it asks besides the owner of the file, and with which words; without words nobody."""


@pytest.fixture(scope="module")
def mesh() -> Mesh:
    found = load(ROOT / "stacks").mesh
    assert found is not None
    return found


@pytest.mark.parametrize("number", range(len(LOOSER)))
def test_an_edit_that_loosens_asks_somebody_else_than_its_author(mesh: Mesh, tmp_path: Path, number: int) -> None:
    file, old, new, asked, words = LOOSER[number]
    shutil.copytree(ROOT / "pipelines", tmp_path / "pipelines")
    folder = Path(shutil.copytree(ROOT / "stacks", tmp_path / "stacks"))
    text = (folder / file).read_text("utf-8")
    assert text.count(old) == 1, old
    (folder / file).write_text(text.replace(old, new), "utf-8")
    after = load(folder).mesh
    assert after is not None
    assert after.unread == mesh.unread
    request = ChangeRequest(mesh, after, (f"stacks/{file}",))
    author = next(each.need.by[0] for each in approvals(request, Reviewers()).needed if each.need.kind == "file")
    missing = approvals(request, Reviewers(author=author)).missing
    told = [each.need for each in missing if words and words in each.need.why]
    assert bool(told) == bool(words), [str(each) for each in missing]
    assert not words or any(asked in need.by for need in told)


def test_there_is_an_edit_of_each_kind_of_file() -> None:
    assert {each[0].partition("/")[0] for each in LOOSER} == {
        "mesh.yaml",
        "accounts.yaml",
        "domains",
        "clearances",
        "partners",
    }
    assert len(LOOSER) > 25
