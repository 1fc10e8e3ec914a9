"""Held resources: keys, logs, queues, topics and histories of queries of a mesh, by place, and whose each is.

Buckets are in `held_buckets`. A log's days, a queue's, and those before a key is gone stand in the program, whose
change asks for itself (`touched_files`).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from mesh import names
from mesh.approvals.needs import owner_of, platform_of
from mesh.iam.wake_ups import TOPIC
from mesh.model import Domain, Mesh, Partner
from mesh.plan import pipeline_nodes
from mesh.plan.inputs import PlanInputs

KEY: Final = "aws:kms/key:Key"
LOG: Final = "aws:cloudwatch/logGroup:LogGroup"
QUEUE: Final = "aws:sqs/queue:Queue"
TOPIC_TYPE: Final = "aws:sns/topic:Topic"
WORKGROUP: Final = "aws:athena/workgroup:Workgroup"

GOES: Final[Mapping[str, str]] = {
    KEY: "whatever it encrypted, once its 30 days of waiting are over: nothing else decrypts that",
    LOG: "its log events",
    QUEUE: "messages that nobody has received",
    TOPIC_TYPE: "the confirmed subscriptions of addresses, which have to be confirmed again",
    WORKGROUP: "the history of its queries",
}
"""What goes with a resource of each type, as `mesh/changes/lost_data.py` says it of one that is deleted."""

ResourceKeys = tuple[str, ...]


class HeldResource(NamedTuple):
    """A resource of a type: its name, account and region, what it is, and who answers for it.

    `file` declares it, in the mesh folder; `clearance` is that of a workgroup, and `product` that whose resource it is.
    `protected` of a key alone: no other type is.
    """

    type: str
    name: str
    place: tuple[str, str]
    what: str
    by: tuple[str, ...]
    file: str
    protected: bool = False
    clearance: str = ""
    product: str = ""


class _Account(NamedTuple):
    """An account of the mesh that has an id, with who answers for what is in it."""

    name: str
    place: tuple[str, str]
    by: tuple[str, ...]
    file: str
    protected: bool

    def holds(self, kind: str, name: str, what: str, **more: str) -> HeldResource:
        """A resource in the account; a key is protected as the account is."""
        of = f"{what} {self.name}"
        return HeldResource(kind, name, self.place, of, self.by, self.file, self.protected and kind == KEY, **more)


def held_resources(mesh: Mesh) -> Mapping[ResourceKeys, HeldResource]:
    """Every such resource of a mesh, by its type, its account and what it is there."""
    inputs = PlanInputs(mesh, datetime.date.min)  # none of them depends on a day
    found: dict[ResourceKeys, HeldResource] = {}
    known = mesh.accounts
    if known and known.governance:
        place = (known.governance, mesh.file.region)
        hub = _Account("governance", place, platform_of(mesh), "mesh.yaml", mesh.file.defaults.deletion_protection)
        found |= _by_keys(hub, _of_the_hub(hub))
    for name, partner in mesh.partners.items():
        if known and name in known.partners:
            account = _account(inputs, "partner", name, known.partners[name], partner)
            inbox = account.holds(KEY, names.INBOX_KEY_ALIAS, "the key of the inbox of")
            found |= _by_keys(account, [*_of_each(account, ()), inbox])
    for name, domain in mesh.domains.items():
        if known and name in known.domains:
            account = _account(inputs, "domain", name, known.domains[name], domain)
            found |= _by_keys(
                account, [*_of_each(account, tuple(mesh.clearances)), *_of_products(inputs, account, name)]
            )
    return found


def _by_keys(account: _Account, held: list[HeldResource]) -> dict[ResourceKeys, HeldResource]:
    return {(each.type, account.name, each.what): each for each in held}


def _account(inputs: PlanInputs, kind: str, name: str, account_id: str, owner: Domain | Partner) -> _Account:
    place = (account_id, inputs.file.region)
    return _Account(f"{kind}-{name}", place, owner_of(owner.owner), f"{kind}s/{name}.yaml", inputs.protected(owner))


def _of_the_hub(hub: _Account) -> list[HeldResource]:
    return [
        *_of_each(hub, ()),
        hub.holds(LOG, f"/{names.PATH}/{names.PUBLICATION}", "the log of publications in"),
        hub.holds(QUEUE, TOPIC, "the queue of wake-ups in"),
        hub.holds(QUEUE, f"{TOPIC}-unanswered", "the queue of wake-ups that were given up in"),
        hub.holds(TOPIC_TYPE, TOPIC, "the topic of publications in"),
        hub.holds(TOPIC_TYPE, names.BREAK_GLASS_ALARM, "the topic of break-glass use in"),
    ]


def _of_each(account: _Account, clearances: tuple[str, ...]) -> Iterator[HeldResource]:
    """The key of an account, and the workgroups in which people query there."""
    yield account.holds(KEY, names.ACCOUNT_KEY_ALIAS, "the key of")
    if not clearances:
        yield account.holds(WORKGROUP, names.WORKGROUP, "the workgroup of")
        return
    yield account.holds(WORKGROUP, names.workgroup(names.CHECK), "the workgroup of checks in")
    for each in clearances:
        yield account.holds(WORKGROUP, names.workgroup(each), f"the workgroup of '{each}' in", clearance=each)


def _of_products(inputs: PlanInputs, account: _Account, domain: str) -> Iterator[HeldResource]:
    """Keys of products, and what their pipelines log and query."""
    owner = inputs.mesh.domains[domain]
    for name, product in owner.products.items():
        reference = f"{domain}.{name}"
        of = account._replace(name=reference, protected=inputs.protected(owner, product))
        yield of.holds(KEY, names.key_alias(name), "the key of", product=reference)
        job = pipeline_nodes.job(inputs, domain, name)
        if job is None or job.runtime == "external":
            continue
        yield of.holds(WORKGROUP, job.workgroup, "the workgroup of the pipeline of", product=reference)
        for group in job.log_groups:
            part = group.removeprefix(job.log_group).strip("/")
            what = f"the log{f' ({part})' if part else ''} of the pipeline of"
            yield of.holds(LOG, group, what, product=reference)
