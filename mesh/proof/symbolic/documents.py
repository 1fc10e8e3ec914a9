"""Policies that theorems are about: one of each class of documents, which are equal but for names and ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from mesh import names
from mesh.access import from_plan
from mesh.evaluator.policies import Policy
from mesh.evaluator.world import Nodes
from mesh.plan import Plan
from mesh.plan.nodes import DataProductArgs, PartnerPlan
from mesh.proof.subject import Subject

ROOT: Final = 0
UNIT: Final = 1
ACCOUNT: Final = 2
"""Positions of the nodes at which control policies are attached, from the root down."""

Policies = tuple[Policy, ...]


def rcps(subject: Subject, node: int, unit: str | None = None) -> Iterator[Policies]:
    """Resource control policies of a node above the accounts asked, each set of policies once."""
    accounts = ((account_id, subject.world.account(account_id).resource_control) for account_id in _of(subject, unit))
    return (policies for _, policies in _once(accounts, node))


def scps(subject: Subject, node: int, unit: str | None = None) -> Iterator[tuple[str, Policies]]:
    """Service control policies of a node above the accounts asked, each set once, with the first account below it."""
    accounts = ((account_id, subject.world.account(account_id).service_control) for account_id in _of(subject, unit))
    return _once(accounts, node)


def account_scps(subject: Subject, account_id: str) -> Policies:
    """Service control policies that are attached to the account itself."""
    return _attached(subject.world.account(account_id).service_control, ACCOUNT)


def account_rcps(subject: Subject, account_id: str) -> Policies:
    """Resource control policies that are attached to the account itself."""
    return _attached(subject.world.account(account_id).resource_control, ACCOUNT)


def _attached(nodes: Nodes, node: int) -> Policies:
    return tuple(policy for policy in nodes[node] if policy.name not in from_plan.OF_AWS) if node < len(nodes) else ()


def _of(subject: Subject, unit: str | None) -> Iterator[str]:
    return (account_id for account_id, parent, _ in subject.accounts_asked if unit in (None, parent))


def _once(accounts: Iterable[tuple[str, Nodes]], node: int) -> Iterator[tuple[str, Policies]]:
    yielded: set[tuple[int, ...]] = set()
    for account_id, nodes in accounts:
        policies = _attached(nodes, node)
        if (ids := tuple(id(policy) for policy in policies)) not in yielded:
            yielded.add(ids)
            yield account_id, policies


# ---- products


def product_buckets(subject: Subject) -> Iterator[tuple[DataProductArgs, str, Policies]]:
    """Product of each class, with the ARN and the policy of its bucket."""
    for product in subject.product_classes:
        bucket = f"arn:aws:s3:::{product.bucket}"
        yield product, bucket, policy_of(subject, bucket)


def product_keys(subject: Subject) -> Iterator[tuple[DataProductArgs, Policies]]:
    """Product of each class, with the policy of its key."""
    return ((product, policy_of(subject, subject.product_key(product))) for product in subject.product_classes)


def policy_of(subject: Subject, arn: str) -> Policies:
    """The policy of the resource with that ARN; empty when it has none."""
    policy = subject.policy_of(arn)
    return (policy,) if policy else ()


# ---- accounts


def buckets_of(subject: Subject, name: Callable[[Plan, str], str]) -> Iterator[tuple[str, str, Policies]]:
    """Id of an account of each class, with ARN and policy of the bucket that `name` names."""
    for account_id, owner in subject.account_classes:
        bucket = f"arn:aws:s3:::{name(subject.plan, owner)}"
        yield account_id, bucket, policy_of(subject, bucket)


def audit_bucket(subject: Subject) -> tuple[str, str, Policies]:
    """Account, ARN and policy of the audit bucket."""
    bucket = f"arn:aws:s3:::{subject.plan.governance.audit.bucket}"
    return subject.hub, bucket, policy_of(subject, bucket)


def inbox(subject: Subject, partner: PartnerPlan) -> tuple[str, Policies]:
    """ARN and policy of a partner's inbox."""
    bucket = f"arn:aws:s3:::{partner.partner.inbox}"
    return bucket, policy_of(subject, bucket)


def written_by_services(subject: Subject) -> Iterator[tuple[str, Policies]]:
    """ARN and policy of every bucket into which services write: logs, results, the audit trail."""
    for name in (Plan.log_bucket, Plan.results_bucket):
        yield from ((bucket, policies) for _, bucket, policies in buckets_of(subject, name))
    yield audit_bucket(subject)[1:]


def buckets(subject: Subject) -> Iterator[tuple[str, Policies]]:
    """ARN and policy of a bucket of every kind."""
    yield from ((bucket, policies) for _, bucket, policies in product_buckets(subject))
    yield from written_by_services(subject)
    yield from (inbox(subject, partner) for partner in subject.partners)


# ---- keys


def account_keys(subject: Subject) -> Iterator[tuple[str, Policies]]:
    """Id of an account of each class, with the policy of its own key."""
    for account_id, _ in subject.account_classes:
        key = from_plan.key_arn(subject.region, account_id, names.ACCOUNT_KEY_ALIAS)
        yield account_id, policy_of(subject, key)


def inbox_key(subject: Subject, partner: PartnerPlan) -> Policies:
    """The policy of the key of a partner's inbox."""
    return policy_of(subject, from_plan.key_arn(subject.region, partner.access.account_id, names.INBOX_KEY_ALIAS))
