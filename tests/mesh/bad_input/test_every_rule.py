"""No rule without a sample that fails it, and quotas that no small sample can fill."""

from __future__ import annotations

import copy
import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mesh import quotas
from mesh.load import load
from mesh.plan import problems, rules
from tests.mesh.bad_input.laying import lay

Findings = Callable[[Path], list[str]]
DAY = datetime.date(2027, 1, 1)
SAMPLES = Path(__file__).parent / "samples"
BY_QUOTA = (
    "documents_fit_their_quotas",
    "roles_fit_their_account",
    "accounts_fit_the_organization",
    "events_fit_into_one_rule",
)


@pytest.mark.long
def test_every_rule_has_a_sample_that_fails_it(tiny: Path) -> None:
    original = tiny.parent / "original"
    shutil.copytree(tiny, original)
    silent = {rule.__name__ for rule in rules.RULES}
    for sample in SAMPLES.iterdir():
        shutil.rmtree(tiny)
        shutil.copytree(original, tiny)
        lay(sample, tiny)
        mesh = load(tiny).mesh
        if mesh is not None:
            context = rules.RuleContext(mesh, DAY)
            silent -= {rule.__name__ for rule in rules.RULES if rule.__name__ in silent and any(rule(context))}
    assert silent == set(BY_QUOTA)


@pytest.fixture
def lower(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, int], None]:
    """`lower(service, name, number)` makes a quota small enough for the tiny mesh to break it."""

    def set_quota(service: str, name: str, number: int) -> None:
        table = copy.deepcopy(quotas.quotas())
        assert name in table[service]
        table[service][name] = number
        monkeypatch.setattr(quotas, "quotas", lambda: table)

    return set_quota


Lower = Callable[[str, str, int], None]


@pytest.mark.parametrize(
    ("service", "name", "number", "start"),
    [
        (
            "s3",
            "bucket_policy_bytes",
            3000,
            "domains/orders.yaml:5:3: the bucket policy of 'orders.customers' would have ",
        ),
        (
            "s3",
            "bucket_policy_bytes",
            1500,
            "partners/courier.yaml:4:1: the inbox's policy of partner 'courier' would have ",
        ),
        (
            "s3",
            "bucket_policy_bytes",
            1500,
            "domains/orders.yaml:1:1: the policy of the query results of 'orders' would ",
        ),
        ("s3", "bucket_policy_bytes", 1500, "mesh.yaml:1:1: the policy of the audit bucket would have "),
        ("kms", "key_policy_bytes", 1500, "domains/shop.yaml:5:3: the key policy of 'shop.clicks' would have "),
        ("kms", "key_policy_bytes", 1500, "domains/shop.yaml:1:1: the account's key policy of 'shop' would have "),
        (
            "kms",
            "key_policy_bytes",
            1500,
            "partners/courier.yaml:4:1: the inbox's key policy of partner 'courier' would ",
        ),
        (
            "iam",
            "role_inline_total_chars",
            800,
            "domains/shop.yaml:5:3: the pipeline role's policy of 'shop.clicks' would ",
        ),
        (
            "iam",
            "role_inline_total_chars",
            800,
            "domains/orders.yaml:6:3: the delivery role's policy of 'orders.parcels' ",
        ),
        (
            "iam",
            "role_inline_total_chars",
            500,
            "domains/shop.yaml:1:1: the publisher role's policy of 'shop' would have ",
        ),
        (
            "iam",
            "role_inline_total_chars",
            800,
            "domains/shop.yaml:1:1: the check role's policy of 'shop' would have ",
        ),
        ("iam", "role_inline_total_chars", 800, "mesh.yaml:1:1: the publication role's policy would have "),
        (
            "iam",
            "role_inline_total_chars",
            300,
            "domains/shop.yaml:1:1: the location role's policy of 'shop' would have ",
        ),
        (
            "iam",
            "role_inline_total_chars",
            800,
            "domains/shop.yaml:1:1: the policy of a clearance role of 'shop' would ",
        ),
        ("iam", "managed_policy_chars", 800, "domains/shop.yaml:1:1: the boundary of 'shop' would have "),
        ("glue", "resource_policy_bytes", 800, "mesh.yaml:1:1: the policy of the catalog would have "),
        ("events", "bus_policy_chars", 800, "mesh.yaml:1:1: the policy of the event bus would have "),
        ("scp", "max_chars", 800, "mesh.yaml:1:1: control policy 'mesh-guardrails-stay-up' would have "),
        ("rcp", "max_chars", 800, "mesh.yaml:1:1: control policy 'mesh-resources-stay-inside' would have "),
        ("rcp", "max_chars", 500, "partners/courier.yaml:4:1: the resource control policy of partner 'courier' would "),
        ("scp", "max_chars", 300, "partners/courier.yaml:4:1: the service control policy of partner 'courier' would "),
    ],
)
def test_a_document_above_its_quota_is_found(
    tiny: Path, findings: Findings, lower: Lower, service: str, name: str, number: int, start: str
) -> None:
    lower(service, name, number)
    (line,) = [line for line in findings(tiny) if line.startswith(start)]
    assert f"AWS takes {number:,}: " in line


def test_a_partner_with_too_many_agreements_is_found_with_the_real_quotas(tiny: Path, findings: Findings) -> None:
    domain, contract = tiny / "domains/orders.yaml", tiny / "contracts/orders/parcels.odcs.yaml"
    names = [f"parcels-of-long-names-{number}" for number in range(64)]
    with domain.open("a") as stream:
        stream.writelines(f"  {name}: {{kind: internal, ports: [files]}}\n".replace("internal", "ml") for name in names)
    for name in names:
        text = contract.read_text().replace("id: orders.parcels", f"id: orders.{name}")
        contract.with_name(f"{name}.odcs.yaml").write_text(text)
        shutil.copy(contract.with_name("parcels.lock.yaml"), contract.with_name(f"{name}.lock.yaml"))
    with (tiny / "partners/courier.yaml").open("a") as stream:
        stream.writelines(
            f"  - {{product: orders.{name}, purpose: x, classifications: [], expires: 2028-06-30}}\n" for name in names
        )
    (line,) = findings(tiny)
    assert line.startswith("partners/courier.yaml:4:1: the resource control policy of partner 'courier' would have ")
    assert line.endswith("AWS takes 5,120: have fewer agreements, or split the partner in two")


def starting_by(products: int, event: str = "orders.product-of-a-long-name-{}") -> str:
    """Pipelines of Glue that start by an event, each of another product."""
    pipeline = "{{script: clicks.py, reads: [{0}], clearance: pii, event: {0}}}"
    lines = (
        f"  sink-{number}: {{kind: ml, ports: [files], pipeline: {pipeline.format(event.format(number))}}}\n"
        for number in range(products)
    )
    return "products:\n" + "".join(lines)


@pytest.mark.parametrize(("products", "too_many"), [(49, False), (50, True), (120, True)])
def test_a_rule_that_would_name_too_many_events_is_found_with_the_real_quota(
    tiny: Path, findings: Findings, products: int, too_many: bool
) -> None:
    shop = tiny / "domains/shop.yaml"
    shop.write_text(shop.read_text().replace("products:\n", starting_by(products)))
    found = [line for line in findings(tiny) if "EventBridge takes 2,048" in line]
    assert bool(found) == too_many
    for line in found:
        assert line.startswith("domains/shop.yaml:")
        assert f"for {products + 1:,} products that its pipelines start with" in line


def test_roles_above_the_default_are_a_warning_and_above_the_most_an_error(
    tiny: Path, findings: Findings, lower: Lower
) -> None:
    lower("iam", "roles_per_account_default", 12)
    assert findings(tiny) == [
        "domains/orders.yaml:1:1: warning: the account of domain 'orders' would have 15 roles, "
        "more than IAM's default of 12: have the quota raised first",
        "mesh.yaml:1:1: warning: the governance account would have 15 roles, more than IAM's default of 12: "
        "have the quota raised first",
    ]
    lower("iam", "roles_per_account_max", 14)
    assert "mesh.yaml:1:1: the governance account would have 15 roles, IAM takes 14: split it" in findings(tiny)


def test_more_accounts_and_policies_than_an_organization_takes_are_found(
    tiny: Path, findings: Findings, lower: Lower
) -> None:
    lower("org", "accounts_max", 4)
    assert findings(tiny) == ["mesh.yaml:1:1: 5 accounts, an organisation takes 4: split the mesh in two"]
    lower("rcp", "per_org", 3)
    (line,) = [line for line in findings(tiny) if "policies" in line]
    assert line.endswith("an organisation takes 3: split the mesh")


def test_two_files_with_findings_are_both_told_together_with_findings_across_files(tiny: Path) -> None:
    (tiny / "domains/shop.yaml").write_text("owner: x\n")
    courier = tiny / "partners/courier.yaml"
    courier.write_text(
        courier.read_text().replace("2028-06-30", "2026-12-31").replace("orders.parcels", "orders.parcel")
    )
    loaded = load(tiny)
    assert loaded.mesh is not None
    files = {finding.file for finding in (*loaded.findings, *loaded.place(problems(loaded.mesh, DAY)))}
    left = (
        tiny / "domains/shop.yaml",
        tiny / "contracts/shop/clicks.odcs.yaml",
        tiny / "contracts/shop/clicks.lock.yaml",
        tiny / "names.lock.yaml",
        tiny / "clearances/pii.yaml",
    )
    assert files == {str(courier), *map(str, left)}
