"""Entitled roles (U3): the policy of each resource refuses every harm to all but those whom the design entitles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from mesh import names
from mesh.access import from_plan
from mesh.plan.nodes import PartnerPlan
from mesh.proof.claims import AnyClaim
from mesh.proof.entitlements import CRYPTOGRAPHIC, Entitled, Harm, Keeping, claims, like_named, namesakes, strangers
from mesh.proof.invariants.entitled_work import the_entitled_can_work
from mesh.proof.invariants.products import FILES, METADATA, TABLES, EntitledRoles, callers
from mesh.proof.subject import Actor, Subject


def harm_is_for_the_entitled(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of U3, on one resource of each class."""
    for keeping in (*_products(subject), *_of_accounts(subject), *_inboxes(subject), *_of_governance(subject)):
        yield from claims(keeping)
    yield from the_entitled_can_work(subject)


# ---- products


def _products(subject: Subject) -> Iterator[Keeping]:
    for product in subject.product_classes:
        roles, bucket = EntitledRoles(subject, product), f"arn:aws:s3:::{product.bucket}"
        own = (
            roles.pipeline,
            roles.delivery,
            roles.location,
            roles.check,
            roles.retention,
            roles.deploy,
            roles.preview,
        )
        asked = (
            *callers(subject, product),
            *strangers(subject, product.account_id),
            *namesakes(subject, *own),
        )
        keeping = _keeping(subject, product.account_id, asked)
        yield keeping((f"{bucket}/{TABLES}", f"{bucket}/{METADATA}"), _on_tables(roles))
        yield keeping((f"{bucket}/{FILES}",), _on_files(roles))
        yield keeping((bucket,), _on_bucket(roles))
        yield keeping((subject.product_key(product),), _on_key(roles))


def _on_tables(roles: EntitledRoles) -> Entitled:
    return lambda harm, caller: roles.reads_tables(caller) if harm.reads else roles.writes(caller)


def _on_files(roles: EntitledRoles) -> Entitled:
    return lambda harm, caller: roles.reads(caller) if harm.reads else roles.writes(caller)


def _on_bucket(roles: EntitledRoles) -> Entitled:
    return lambda harm, caller: roles.lists(caller) if harm.reads else caller.name == roles.deploy


def _on_key(roles: EntitledRoles) -> Entitled:
    def entitled(harm: Harm, caller: Actor) -> bool:
        return roles.uses_the_key(caller) if _uses(harm) else _administers(harm, caller, roles.product.account_id)

    return entitled


# ---- what an account keeps for itself


def _of_accounts(subject: Subject) -> Iterator[Keeping]:
    for account_id, owner in subject.account_classes:
        keeping = _keeping(subject, account_id, _strangers(subject, account_id))
        logs, results = subject.plan.log_bucket(owner), subject.plan.results_bucket(owner)
        yield keeping((f"arn:aws:s3:::{logs}/x",), _readers_alone(account_id))
        yield keeping((f"arn:aws:s3:::{results}/x",), _people(subject, account_id))
        for bucket in (logs, results):
            yield keeping((f"arn:aws:s3:::{bucket}",), _set_up_by_the_deployment(account_id))
        key = from_plan.key_arn(subject.region, account_id, names.ACCOUNT_KEY_ALIAS)
        yield keeping((key,), _own_key(account_id))
    audit = f"arn:aws:s3:::{subject.plan.governance.audit.bucket}"
    keeping = _keeping(subject, subject.hub, _strangers(subject, subject.hub))
    yield keeping((f"{audit}/AWSLogs/x",), _readers_alone(subject.hub))
    yield keeping((audit,), _set_up_by_the_deployment(subject.hub))


def _readers_alone(account_id: str) -> Entitled:
    """Everybody of the account reads a log, and nobody writes, changes or deletes one."""
    return lambda harm, caller: harm.reads and caller.account == account_id


def _people(subject: Subject, account_id: str) -> Entitled:
    """Roles that people hold, and the check of drafts, read results; whoever of the account queries writes them."""
    cleared = any(d.clearances and d.access.account_id == account_id for d in subject.plan.domains.values())
    held = re.compile(rf"arn:aws:iam::{account_id}:role/mesh/{'(clearance/[^/]+|check)' if cleared else 'access'}")
    return lambda harm, caller: bool(held.fullmatch(caller.name)) if harm.reads else caller.account == account_id


def _set_up_by_the_deployment(account_id: str) -> Entitled:
    deploy = names.deploy_role(account_id)
    return lambda harm, caller: caller.account == account_id if harm.reads else caller.name == deploy


def _own_key(account_id: str) -> Entitled:
    def entitled(harm: Harm, caller: Actor) -> bool:
        return caller.account == account_id if _uses(harm) else _administers(harm, caller, account_id)

    return entitled


# ---- inboxes of partners


def _inboxes(subject: Subject) -> Iterator[Keeping]:
    for partner in subject.partners[:1]:
        account_id, inbox = partner.access.account_id, f"arn:aws:s3:::{partner.partner.inbox}"
        writers = partner.partner.writers
        near = (actor for writer in writers for actor in like_named(writer.split(":")[4]))
        asked = (*_strangers(subject, account_id), *namesakes(subject, *writers), *near)
        keeping = _keeping(subject, account_id, asked)
        yield keeping((f"{inbox}/x",), _deliveries(partner))
        yield keeping((inbox,), _set_up_by_the_deployment(account_id))
        key = from_plan.key_arn(subject.region, account_id, names.INBOX_KEY_ALIAS)
        yield keeping((key,), _key_of_an_inbox(partner))


def _deliveries(partner: PartnerPlan) -> Entitled:
    """Deliveries write an inbox; its account reads and removes, and puts nothing into it."""

    def entitled(harm: Harm, caller: Actor) -> bool:
        if caller.name in partner.partner.writers:
            return not harm.reads
        return caller.account == partner.access.account_id and not harm.action.startswith("s3:PutObject")

    return entitled


def _key_of_an_inbox(partner: PartnerPlan) -> Entitled:
    account_id = partner.access.account_id

    def entitled(harm: Harm, caller: Actor) -> bool:
        if caller.name in partner.partner.writers:
            return _uses(harm)
        return caller.account == account_id if _uses(harm) else _administers(harm, caller, account_id)

    return entitled


# ---- the topic, the bus and the catalog of the governance account

_OF_A_TOPIC: Final = re.compile(
    "sns:(AddPermission|DeleteTopic|Publish|PutDataProtectionPolicy|RemovePermission|SetTopicAttributes|Subscribe)"
)
"""Harms of which a topic's policy can say something (SNS Developer Guide, "Amazon SNS API permissions")."""
TELL: Final = "events:PutEvents"
"""What pipelines alone do with the bus."""
_OF_THE_BUS: Final = re.compile("events:(DeleteEventBus|PutPermission|RemovePermission)")
_SEES_RULES: Final = "DescribeRule|ListTargetsByRule|ListTagsForResource"
_RULES: Final = re.compile(f"events:(PutRule|PutTargets|DeleteRule|RemoveTargets|(Unt|T)agResource|{_SEES_RULES})")
_WRITES_THE_CATALOG: Final = re.compile("glue:(Batch)?(Create|Delete|Update).*")
_MAKES_DATABASES: Final = re.compile("glue:((Batch)?Delete.*|(Create|Update)Database)")
_MOVES_TABLES: Final = re.compile(
    "glue:((Create|Update)(Table|Partition)|CreatePartitionIndex|Batch(Create|Update)Partition)"
)
"""What publishers do not do in the catalog, and what the deployment of governance does not."""


def _of_governance(subject: Subject) -> Iterator[Keeping]:
    hub, region = subject.hub, subject.region
    deploy, inside = names.deploy_role(hub), _inside(subject)
    domains = {names.deploy_role(domain.access.account_id) for domain in subject.plan.domains.values()}
    previews = {names.preview_role(domain.access.account_id) for domain in subject.plan.domains.values()}
    keeping = _keeping(subject, hub, _strangers(subject, hub))

    def tells(harm: Harm, caller: Actor) -> bool:
        return harm.action != "sns:Publish" and caller.name == deploy

    def subscribes(harm: Harm, caller: Actor) -> bool:
        rules = caller.name in domains and _RULES.fullmatch(harm.action)
        rules = rules or (caller.name in previews and re.fullmatch(f"events:({_SEES_RULES})", harm.action))
        return harm.action != TELL and (caller.name == deploy or bool(rules))

    def publishes(harm: Harm, caller: Actor) -> bool:
        if not _WRITES_THE_CATALOG.fullmatch(harm.action):
            return caller.name == deploy or (harm.reads and inside(caller))
        barred = {deploy: _MOVES_TABLES}.get(caller.name, _MAKES_DATABASES if caller.kind == "publisher" else None)
        return barred is not None and not barred.fullmatch(harm.action)

    def refused_by_the_topic(harm: Harm, _: Actor) -> bool:
        return bool(_OF_A_TOPIC.fullmatch(harm.action))

    def refused_by_the_bus(harm: Harm, caller: Actor) -> bool:
        return harm.action == TELL or bool(_OF_THE_BUS.fullmatch(harm.action)) or not inside(caller)

    def refused_by_the_catalog(harm: Harm, caller: Actor) -> bool:
        return bool(_WRITES_THE_CATALOG.fullmatch(harm.action)) or not inside(caller)

    topic = keeping((names.break_glass_topic(region, hub),), tells)
    yield replace(topic, denies=refused_by_the_topic, outsider=None)
    bus, rule = (f"arn:aws:events:{region}:{hub}:{what}" for what in (f"event-bus/{names.BUS}", f"rule/{names.BUS}/x"))
    for arn in (bus, rule):
        yield replace(keeping((arn,), subscribes), denies=refused_by_the_bus)
    catalog = f"arn:aws:glue:{region}:{hub}"
    yield replace(
        keeping((f"{catalog}:catalog", f"{catalog}:database/ads__x", f"{catalog}:table/ads__x/y"), publishes),
        denies=refused_by_the_catalog,
    )


def _inside(subject: Subject) -> Callable[[Actor], bool]:
    """Whether a caller's account is below the domains or the governance unit."""
    accounts = {subject.hub, *(domain.access.account_id for domain in subject.plan.domains.values())}
    return lambda caller: caller.account in accounts


# ---- what they share


def _strangers(subject: Subject, account_id: str) -> tuple[Actor, ...]:
    """Strangers to what an account keeps for itself, and roles named like those that are none."""
    own = (
        names.deploy_role(account_id),
        names.role(account_id, "access"),
        names.clearance_role(account_id, "general"),
        names.publisher_role(account_id, subject.domains[0].name),
    )
    return (*strangers(subject, account_id), *namesakes(subject, *own))


def _keeping(
    subject: Subject, account_id: str, asked: tuple[Actor, ...]
) -> Callable[[tuple[str, ...], Entitled], Keeping]:
    """Function that makes a `Keeping` of one account, with the callers that all of its resources have in common."""
    own = subject.of_account(account_id, "", f"account {account_id}")
    thorough = (*own, *subject.of_management, *(c for c in subject.outsiders if c.kind in ("other", "anonymous")))

    def keeping(arns: tuple[str, ...], entitled: Entitled) -> Keeping:
        key = ":kms:" in arns[0]
        return Keeping(
            account=account_id,
            arns=arns,
            thorough=thorough,
            callers=asked,
            entitled=entitled,
            denies=lambda harm, _: not key or _uses(harm),
            outsider=None if key else subject.of_management[0],
            context=subject.through_s3 if key else {},
        )

    return keeping


def _uses(harm: Harm) -> bool:
    return bool(CRYPTOGRAPHIC.fullmatch(harm.action))


def _administers(harm: Harm, caller: Actor, account_id: str) -> bool:
    """Whether the caller is the account's deployment; it makes no grants, which would let others use the key."""
    return caller.name == names.deploy_role(account_id) and harm.action != "kms:CreateGrant"
