"""What the program registers equals what the Plan says: document by document, for the sample mesh, both ways."""

from __future__ import annotations

import copy
import datetime
from collections import Counter

import pytest

from sandbox.runs.run_json import SHOWN_UNKNOWN
from tests.program import sample
from tests.program.checks import CHECKS
from tests.program.facts import OF_THE_COMPONENTS, Fact, planned, reader, registered
from tests.program.sample import Planned, resources


def expected(found: Planned) -> Counter[Fact]:
    buckets = [product.bucket for domain in found.plan.domains.values() for product in domain.products.values()]
    return Counter(planned(found.plan, dict.fromkeys(buckets, SHOWN_UNKNOWN)))


def missing(found: Planned) -> list[Fact]:
    """In the Plan, and not registered."""
    return sorted((expected(found) - Counter(registered(found.document))).elements())


def unplanned(found: Planned) -> list[Fact]:
    """Registered, and not in the Plan."""
    return sorted((Counter(registered(found.document)) - expected(found)).elements())


def test_everything_that_the_plan_says_is_registered(planned: Planned) -> None:
    assert missing(planned) == []


def test_nothing_is_registered_that_the_plan_does_not_say(planned: Planned) -> None:
    assert unplanned(planned) == []


def test_no_fact_stands_twice(planned: Planned) -> None:
    abouts = Counter((where, about) for where, about, _ in registered(planned.document))
    assert [about for about, number in abouts.items() if number > 1] == []


def test_every_type_is_compared_or_belongs_to_the_components(planned: Planned) -> None:
    types = {resource["type"] for resource in resources(planned.document) if resource["type"].startswith("aws:")}
    assert {t for t in types if reader(t) is None and not t.endswith(OF_THE_COMPONENTS)} == set()
    assert {end for end in OF_THE_COMPONENTS if not any(t.endswith(end) for t in types)} == set()


def test_an_entry_names_the_roles_of_its_own_domain_alone(planned: Planned) -> None:
    """And still comes after those of every domain, which the account's settings of Lake Formation wait for."""
    every = {each["urn"]: each for each in resources(planned.document)}
    entries = {urn for urn, each in every.items() if each["type"] == "mesh:aws:CatalogEntry"}
    roles = {urn for urn in every if "mesh:aws:LocationRole$" in urn}
    roles = {urn for urn in roles if every[urn]["type"] == "aws:iam/role:Role"}
    assert entries
    for urn in entries:
        named = roles.intersection(every[urn]["dependencies"])
        domain = urn.rpartition("::")[2].partition(".")[0]
        assert named == {role for role in roles if role.rpartition("::")[2].startswith(f"{domain}-")}
        after, found = [urn], set[str]()
        while after:
            each = every[after.pop()]
            more = {*each["dependencies"], *filter(None, [each["parent"]])} - found
            found |= more
            after += more
        assert roles <= found


@pytest.mark.parametrize(
    ("kind", "key", "about"),
    [
        ("BucketPolicy", "policy", "policy of bucket"),
        ("iam/role:Role", "assumeRolePolicy", "role"),
        ("RolePolicy", "policy", "permissions of role"),
        ("organizations/policy:Policy", "content", "policy"),
        ("kms/key:Key", "policy", "key"),
        ("glue/resourcePolicy:ResourcePolicy", "policy", "policy of the catalog"),
    ],
)
def test_a_document_that_differs_is_noticed_both_ways(kind: str, key: str, about: str, planned: Planned) -> None:
    changed = Planned(planned.plan, copy.deepcopy(planned.document))
    inputs = resources(changed.document, kind)[0]["inputs"]
    inputs[key] = (
        inputs[key].replace("Deny", "Allow", 1) if "Deny" in inputs[key] else inputs[key].replace("Allow", "Deny", 1)
    )
    assert [fact[1].startswith(about) for fact in missing(changed)] == [True]
    assert [fact[1].startswith(about) for fact in unplanned(changed)] == [True]


def test_a_resource_left_out_or_added_is_noticed(planned: Planned) -> None:
    changed = Planned(planned.plan, copy.deepcopy(planned.document))
    part = next(each for each in changed.document["stacks"] if each["stack"] == "governance")
    labels = [r for r in part["resources"] if r["type"].endswith("ResourceLfTag")]
    label = next(r for r in labels if "database" in r["inputs"])
    part["resources"].remove(label)
    assert len(missing(changed)) == 1
    part["resources"] += [label, label]
    assert len(unplanned(changed)) == 1


@pytest.mark.long
def test_an_expired_agreement_is_registered_as_the_plan_closes_it() -> None:
    late = sample.previewed(sample.mesh(day=datetime.date(2029, 12, 1)))
    assert missing(late) == []
    assert unplanned(late) == []
    rules = [rule for r in resources(late.document, "BucketReplicationConfig") for rule in r["inputs"]["rules"]]
    assert {rule["status"] for rule in rules} == {"Disabled"}
    assert {check.__name__: check(late.document, late.plan) for check in CHECKS} == {c.__name__: [] for c in CHECKS}
