"""Changes of the sample mesh, each with the report that it gives in `recorded/<name>.txt`, word for word.

`python -m tests.mesh.changes.recorded_changes` writes the reports anew; the difference of the texts is what to review.
"""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from mesh.changes.assembled import report
from mesh.changes.report import ChangeReport
from mesh.changes.screen_text import screen_text
from mesh.folder import PlannedMesh, plan_folder
from tests.conftest import DAY, STACKS
from tests.mesh.new_locks import agree
from tests.mesh_copies import copied

RECORDED: Final = Path(__file__).parent / "recorded"


class TextEdit(NamedTuple):
    """A text of a file that is put in the place of another; of a file that is new `old` is empty."""

    file: str
    old: str
    new: str


class RecordedChange(NamedTuple):
    """Edits of the sample; `locked` are products whose lock is written anew, `removed` files that go."""

    name: str
    edits: tuple[TextEdit, ...] = ()
    locked: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def _e(file: str, old: str, new: str) -> TextEdit:
    return TextEdit(file, old, new)


IDENTITY: Final = "domains/identity.yaml"
PLAYBACK: Final = "domains/playback.yaml"
PROFILES: Final = "contracts/identity/profiles.odcs.yaml"
GENERAL: Final = "clearances/general.yaml"
PII: Final = "clearances/pii.yaml"
RESTRICTED: Final = "clearances/restricted.yaml"
ADS_PARTNER: Final = "partners/ad-measurement.yaml"
DEVICE_GRAPH: Final = "{script: device_graph.py, reads: [playback.sessions], clearance: pii, event: playback.sessions"
PLAYER: Final = (
    "  - {group: player-engineers, domain: playback, use: Effect of player releases on start-up and rebuffering, "
    "approved-by: data-access@aurora.example, review: 2027-12-03}\n"
)
NEW_CONTRACT: Final = """\
apiVersion: v3.2.0
kind: DataContract
id: {id}
name: {id}
version: 1.0.0
status: active
domain: {domain}
dataProduct: {name}
description: {{purpose: What somebody signed in with.}}
schema:
  - name: {table}
    properties:
      - {{name: day, logicalType: date, physicalType: date, description: Day.}}
      - {{name: number, logicalType: integer, physicalType: bigint, description: Number.}}
      - {{name: address, logicalType: string, physicalType: string, description: Address., classification: pii}}
"""


def _contract(domain: str, name: str) -> TextEdit:
    text = NEW_CONTRACT.format(id=f"{domain}.{name}", domain=domain, name=name, table=name.replace("-", "_"))
    return _e(f"contracts/{domain}/{name}.odcs.yaml", "", text)


CHANGES: Final[tuple[RecordedChange, ...]] = (
    RecordedChange(
        "product-added",
        (
            _e(IDENTITY, "  login-risk:", "  sign-ins: {kind: analytics, ports: [table]}\n  login-risk:"),
            _contract("identity", "sign-ins"),
        ),
        locked=("identity.sign-ins",),
    ),
    RecordedChange(
        "product-removed",
        (
            _e("domains/subscriptions.yaml", "  lifecycle: {kind: analytics, ports: [table]}\n", ""),
            _e("domains/recommendations.yaml", "  - subscriptions.lifecycle\n", ""),
        ),
        removed=("contracts/subscriptions/lifecycle.odcs.yaml", "contracts/subscriptions/lifecycle.lock.yaml"),
    ),
    RecordedChange(
        "unprotected-product-removed",
        (
            _e(
                "domains/ads.yaml",
                "  pacing-simulations: {kind: internal, ports: [files], retention: 90 days, "
                "deletion-protection: false}\n",
                "",
            ),
        ),
        removed=("contracts/ads/pacing-simulations.odcs.yaml", "contracts/ads/pacing-simulations.lock.yaml"),
    ),
    RecordedChange(
        "product-renamed",
        (
            _e(IDENTITY, "  login-risk: {", "  sign-in-risk: {contract: contracts/identity/login-risk.odcs.yaml, "),
            _e("contracts/identity/login-risk.odcs.yaml", "dataProduct: login-risk", "dataProduct: sign-in-risk"),
        ),
        locked=("identity.sign-in-risk",),
        removed=("contracts/identity/login-risk.lock.yaml",),
    ),
    RecordedChange(
        "port-added",
        (
            _e(
                IDENTITY,
                "accounts: {kind: analytics, ports: [table]}",
                "accounts: {kind: analytics, ports: [table, files]}",
            ),
        ),
    ),
    RecordedChange(
        "port-removed",
        (
            _e(
                IDENTITY,
                "profiles: {kind: analytics, ports: [table, files]}",
                "profiles: {kind: analytics, ports: [table]}",
            ),
        ),
    ),
    RecordedChange("kind-changed", (_e(IDENTITY, "login-risk: {kind: internal", "login-risk: {kind: analytics"),)),
    RecordedChange(
        "retention-shortened",
        (
            _e(
                "domains/ads.yaml",
                "ports: [table, files], retention: 400 days",
                "ports: [table, files], retention: 90 days",
            ),
        ),
    ),
    RecordedChange("default-retention-lengthened", (_e("mesh.yaml", "retention: 730 days", "retention: 800 days"),)),
    RecordedChange(
        "protection-lifted",
        (
            _e(
                PLAYBACK,
                "sessions: {kind: analytics, ports: [table], ",
                "sessions: {kind: analytics, ports: [table], deletion-protection: false, ",
            ),
        ),
    ),
    RecordedChange(
        "member-added",
        (
            _e(
                PII,
                "pipelines:\n",
                "  - {group: growth-analysts, domain: subscriptions, use: Win "
                "back, approved-by: privacy-office@aurora.example, review: 2027-10-01}\npipelines:\n",
            ),
        ),
    ),
    RecordedChange("member-removed", (_e(GENERAL, PLAYER, ""),)),
    RecordedChange(
        "member-raised",
        (
            _e(GENERAL, PLAYER, ""),
            _e(RESTRICTED, "members:\n", "members:\n" + PLAYER.replace("data-access", "privacy-office")),
        ),
    ),
    RecordedChange(
        "member-lowered",
        (
            _e(
                PII,
                "  - {group: streaming-analysts, domain: playback, use: Trace failing "
                "streams to a network or a city, approved-by: privacy-office@aurora.example, review: 2027-09-30}\n",
                "",
            ),
            _e(
                GENERAL,
                "members:\n",
                "members:\n  - {group: streaming-analysts, domain: playback, use: Counts, approved-by: "
                "data-access@aurora.example, review: 2027-09-30}\n",
            ),
        ),
    ),
    RecordedChange(
        "member-moved-home", (_e(GENERAL, "sales-planning, domain: ads", "sales-planning, domain: content"),)
    ),
    RecordedChange("member-review-extended", (_e(GENERAL, "review: 2027-11-27", "review: 2028-01-15"),)),
    RecordedChange(
        "member-without-an-id",
        (
            _e(
                GENERAL,
                "members:\n",
                "members:\n  - {group: unknown-people, domain: ads, "
                "use: Nothing yet, approved-by: data-access@aurora.example, review: 2027-09-30}\n",
            ),
        ),
    ),
    RecordedChange("clearance-widened", (_e(GENERAL, "reads: []", "reads: [financial]"),)),
    RecordedChange("clearance-narrowed", (_e(RESTRICTED, "reads: [pii, financial]", "reads: [pii]"),)),
    RecordedChange(
        "clearance-added",
        (
            _e(
                "clearances/audit.yaml",
                "",
                "description: Reads revenue.\nreads: [financial]\n"
                "approvers: [finance-control@aurora.example]\nmembers:\n  - {group: internal-audit, domain: subscriptions, use: "
                "Yearly audit, approved-by: finance-control@aurora.example, review: 2027-09-30}\n",
            ),
        ),
    ),
    RecordedChange(
        "approver-changed",
        (
            _e(
                GENERAL,
                "  - {email: data-access@aurora.example,",
                '  - {email: data-office@aurora.example, github: "@aurora/data-office"}\n  - {email: data-access@aurora.example,',
            ),
        ),
    ),
    RecordedChange(
        "label-removed", (_e(PROFILES, "        classification: pii\n", ""),), locked=("identity.profiles",)
    ),
    RecordedChange(
        "label-added",
        (_e(PROFILES, "      - name: avatar\n", "      - name: avatar\n        classification: pii\n"),),
        locked=("identity.profiles",),
    ),
    RecordedChange(
        "nested-label-added",
        (
            _e(
                PROFILES,
                "items: {logicalType: string, physicalType: string}\n      - name: subtitle",
                "items: {logicalType: string, physicalType: string, classification: pii}\n      - name: subtitle",
            ),
        ),
        locked=("identity.profiles",),
    ),
    RecordedChange(
        "classification-added",
        (
            _e("mesh.yaml", "  financial: Prices", "  health: Says how somebody is.\n  financial: Prices"),
            _e(PII, "reads: [pii]", "reads: [pii, health]"),
            _e(RESTRICTED, "reads: [pii, financial]", "reads: [pii, financial, health]"),
        ),
    ),
    RecordedChange(
        "column-added",
        (
            _e(
                PROFILES,
                "      - name: avatar\n",
                "      - name: nickname\n        logicalType: string\n"
                "        physicalType: string\n        description: Nick.\n        classification: pii\n      - name: avatar\n",
            ),
        ),
        locked=("identity.profiles",),
    ),
    RecordedChange(
        "column-removed",
        (
            _e(
                PROFILES,
                "      - name: avatar\n        logicalType: string\n        physicalType: "
                "string\n        description: Key of the chosen picture; pictures uploaded by members are not offered.\n"
                "        required: true\n",
                "",
            ),
        ),
        locked=("identity.profiles",),
    ),
    RecordedChange(
        "column-retyped",
        (
            _e(
                PROFILES,
                "        logicalType: integer\n        physicalType: int\n        description: Highest",
                "        logicalType: number\n        physicalType: double\n        description: Highest",
            ),
        ),
        locked=("identity.profiles",),
    ),
    RecordedChange(
        "columns-in-another-order",
        (
            _e(
                PROFILES,
                "      - name: created_at\n        logicalType: timestamp\n"
                "        physicalType: timestamp\n        description: When the profile was made, UTC.\n        required: true\n",
                "",
            ),
            _e(
                PROFILES,
                "    quality:\n      - type: sql\n        query: SELECT COUNT(*) FROM (SELECT",
                "      - name: created_at\n        logicalType: timestamp\n        physicalType: timestamp\n        description: When the "
                "profile was made, UTC.\n        required: true\n    quality:\n      - type: sql\n        query: SELECT COUNT(*) FROM "
                "(SELECT",
            ),
        ),
        locked=("identity.profiles",),
    ),
    RecordedChange(
        "contract-described-otherwise",
        (
            _e(
                PROFILES,
                "their maturity setting and their languages.",
                "their maturity setting, and their languages and dialects.",
            ),
            _e(PROFILES, "version: 2.4.1", "version: 2.4.2"),
        ),
    ),
    RecordedChange("quality-loosened", (_e(PROFILES, "mustBeLessThan: 70", "mustBeLessThan: 90"),)),
    RecordedChange(
        "agreement-added",
        (
            _e(
                ADS_PARTNER,
                "agreements:\n",
                "agreements:\n  - {product: content.titles, purpose: "
                "Names of what was watched, classifications: [], expires: 2028-06-30}\n",
            ),
        ),
    ),
    RecordedChange(
        "agreement-ended",
        (
            _e(
                ADS_PARTNER,
                "agreements:\n  - {product: ads.impressions, purpose: Campaign reach and "
                "frequency, classifications: [], expires: 2028-12-31}\n",
                "agreements: []\n",
            ),
        ),
    ),
    RecordedChange("agreement-expired", (_e(ADS_PARTNER, "expires: 2028-12-31", "expires: 2026-12-31"),)),
    RecordedChange(
        "agreement-for-longer-and-for-more",
        (
            _e(
                ADS_PARTNER,
                "purpose: Campaign reach and frequency, classifications: [], expires: 2028-12-31",
                "purpose: Campaign reach and price, classifications: [], expires: 2029-12-31",
            ),
        ),
    ),
    RecordedChange(
        "partner-people-added",
        (
            _e(
                ADS_PARTNER,
                "principals: [ad-measurement-analysts]",
                "principals: [ad-measurement-analysts, reach-analysts]",
            ),
        ),
    ),
    RecordedChange(
        "partner-added",
        (
            _e(
                "partners/broadcaster.yaml",
                "",
                "owner: {team: content-operations, email: "
                "content-operations@aurora.example}\ndescription: Shows titles on the air.\nprincipals: [broadcaster-planners]\nagreements:\n"
                "  - {product: content.titles, purpose: Planning, classifications: [], expires: 2028-03-31}\n",
            ),
        ),
    ),
    RecordedChange(
        "pipeline-reads-more",
        (_e(IDENTITY, "reads: [playback.sessions]", "reads: [playback.sessions, identity.accounts]"),),
    ),
    RecordedChange(
        "pipeline-reads-with-more",
        (
            _e(IDENTITY, "clearance: pii", "clearance: restricted"),
            _e(
                PII,
                "  - {product: identity.device-graph, use: Devices that watch together are one home, approved-by: "
                "privacy-office@aurora.example, review: 2027-10-12}\n",
                "",
            ),
            _e(
                RESTRICTED,
                "members:\n",
                "pipelines:\n  - {product: identity.device-graph, use: Devices, approved-by: "
                "privacy-office@aurora.example, review: 2027-10-12}\nmembers:\n",
            ),
        ),
    ),
    RecordedChange(
        "pipeline-review-lapsed",
        (
            _e(
                PII,
                "approved-by: privacy-office@aurora.example, review: 2027-10-12}\n  - {product: playback",
                "approved-by: privacy-office@aurora.example, review: 2026-10-12}\n  - {product: playback",
            ),
        ),
    ),
    RecordedChange(
        "pipeline-reads-nothing-more",
        (
            _e(
                IDENTITY,
                ", reads: [playback.sessions], clearance: pii, event: playback.sessions",
                ", schedule: cron(15 4 * * ? *)",
            ),
            _e(
                PII,
                "  - {product: identity.device-graph, use: Devices that "
                "watch together are one home, approved-by: privacy-office@aurora.example, review: 2027-10-12}\n",
                "",
            ),
        ),
    ),
    RecordedChange(
        "pipeline-added",
        (
            _e(
                "domains/content.yaml",
                "  rights: {kind: analytics, ports: [table]}",
                "  rights: {kind: analytics, ports: [table], pipeline: {script: rights.py, runtime: glue-python, schedule: cron(15 4 * * ? *)}}",
            ),
            _e("../pipelines/content/rights.py", "", "print('rights')\n"),
        ),
    ),
    RecordedChange(
        "pipeline-scheduled-otherwise", (_e(PLAYBACK, "schedule: rate(5 minutes)", "schedule: rate(10 minutes)"),)
    ),
    RecordedChange(
        "script-changed", (_e("../pipelines/identity/device_graph.py", 'f.count("*")', 'f.count("session_date")'),)
    ),
    RecordedChange(
        "owner-changed",
        (
            _e(
                IDENTITY,
                "team: identity-platform, email: identity-platform@",
                "team: identity-core, email: identity-core@",
            ),
        ),
    ),
    RecordedChange(
        "description-changed", (_e(IDENTITY, "Accounts, profiles and devices.", "Accounts, profiles, devices."),)
    ),
    RecordedChange("consumes-added", (_e("domains/content.yaml", "consumes: [", "consumes: [ads.impressions, "),)),
    RecordedChange(
        "engineers-added",
        (_e(IDENTITY, "engineers: [identity-engineers]", "engineers: [identity-engineers, playback-engineers]"),),
    ),
    RecordedChange("budget-raised", (_e(IDENTITY, "budget: 900", "budget: 1900"),)),
    RecordedChange(
        "domain-added",
        (
            _e(
                "domains/legal.yaml",
                "",
                "owner: {team: legal, email: legal@aurora.example}\ndescription: "
                "Claims.\nproducts:\n  claims: {kind: analytics, ports: [table]}\n",
            ),
            _contract("legal", "claims"),
            _e("accounts.yaml", "domains:\n", 'domains:\n  legal: "310000000099"\n'),
        ),
        locked=("legal.claims",),
    ),
    RecordedChange("people-addresses-narrowed", (_e("mesh.yaml", "[198.51.100.0/24, ", "[198.51.100.0/25, "),)),
    RecordedChange("comment-alone", (_e(IDENTITY, "description: ", "# what a team is for\ndescription: "),)),
)


def edited_folder(change: RecordedChange, to: Path) -> Path:
    """The sample with the edits of a change."""
    folder = copied(STACKS, to / "stacks")
    for file, old, new in change.edits:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text("utf-8") if old else ""
        assert old in text, f"{change.name}: {file} has no {old!r}"
        path.write_text(text.replace(old, new) if old else new, "utf-8")
    for file in change.removed:
        (folder / file).unlink()
    for reference in change.locked:
        agree(folder, reference)
    return folder


@cache
def sample() -> PlannedMesh:
    """The sample as it is."""
    return plan_folder(STACKS, DAY)


def report_of(change: RecordedChange, folder: Path) -> ChangeReport:
    """The report on a change that was made in a folder."""
    return report(sample(), plan_folder(edited_folder(change, folder), DAY), ("before", "after"))


def write() -> None:
    """Writes every report anew."""
    RECORDED.mkdir(exist_ok=True)
    for change in CHANGES:
        with tempfile.TemporaryDirectory() as folder:
            (RECORDED / f"{change.name}.txt").write_text(screen_text(report_of(change, Path(folder))), "utf-8")


if __name__ == "__main__":
    write()
