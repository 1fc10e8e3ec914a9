"""The world as moto has it stored: accounts, control policies, roles and resource policies of what was deployed.

Nothing here comes from a Plan. Documents are compiled once per text, so a changed one counts at the next call.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from mesh.access.from_plan import ADMINISTRATOR_ACCESS, READ_ONLY_ACCESS
from mesh.evaluator import (
    Account,
    Policy,
    Resource,
    Role,
    UnknownError,
    World,
    compiled,
)
from mesh.evaluator.world import Principal, Target

_OF_AWS: Final[Mapping[str, Policy]] = {
    "arn:aws:iam::aws:policy/AdministratorAccess": ADMINISTRATOR_ACCESS,
    "arn:aws:iam::aws:policy/ReadOnlyAccess": READ_ONLY_ACCESS,
}
"""AWS's own policies, which moto has as names only."""

_CONTROLS: Final = {"service": "SERVICE_CONTROL_POLICY", "resource": "RESOURCE_CONTROL_POLICY"}


@lru_cache(maxsize=8192)
def policy_of(name: str, text: str, of_aws: bool = False) -> Policy:
    """A stored document, compiled, of AWS's own making or of somebody's. Raises UnknownError for what is no policy."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise UnknownError(f"{name} is no JSON") from error
    return compiled(name, document, of_aws=of_aws)


class LiveWorld(World):
    """Asks moto's backends each time; remembers nothing but compiled texts."""

    def __init__(self, management: str, organization: str, region: str) -> None:
        super().__init__(organization, region)
        self._management = management
        self._accounts: dict[tuple[Any, ...], Account] = {}
        self.sessions: dict[str, str] = {}
        """Session policies by the ARN of the session."""

    # ---- callers

    def principal(self, name: str) -> Principal:
        """The caller of that name, with the session policy that it was given."""
        found = self._find_principal(name)
        text = self.sessions.get(name)
        return found._replace(session=policy_of(f"session policy of {name}", text)) if text else found

    def _identity(self, account: Account, arn: str, role: Role | None, session: str | None) -> Principal:
        if role is None:  # deleted meanwhile: its sessions live on and may do nothing
            role = Role(arn)
        return super()._identity(account, arn, role, session)

    def account(self, account_id: str) -> Account:
        """An account and the policies attached on the way to it; without the organisation when it is not in it."""
        backend = _organizations(self._management)
        member = next((each for each in backend.accounts if each.id == account_id), None)
        if member is None:
            return Account(account_id, None)
        nodes = [member, *_parents(backend, member)][::-1]
        attached = tuple(
            tuple((p.type, p.name, p.content, p.aws_managed) for p in node.attached_policies) for node in nodes
        )
        key = (account_id, tuple(node.id for node in nodes[:-1]), attached)
        found = self._accounts.get(key)
        if found is None:
            found = self._accounts[key] = Account(
                account_id,
                backend.org.id,
                key[1],
                management=account_id == self._management,
                service_control=_controls(attached, "service"),
                resource_control=_controls(attached, "resource"),
            )
        return found

    def role(self, arn: str) -> Role | None:
        """A role or user that IAM holds."""
        account_id, path = arn.split(":", 5)[4:]
        kind, _, name = path.partition("/")
        found = _iam_identity(account_id, kind, name.rpartition("/")[2])
        if found is None or found.arn != arn:
            return None
        return _role(account_id, arn, found)

    def role_named(self, account_id: str, name: str) -> Role | None:
        """A role by its name."""
        found = _iam_identity(account_id, "role", name)
        return _role(account_id, found.arn, found) if found else None

    # ---- resources

    def target(self, service: str, resource: str, caller: Account | None) -> Target:
        """The resource; one whose ARN names no account, and which nobody has, is the caller's own."""
        if resource == "*":
            return super().target(service, resource, caller)
        found = self._find_target(service, resource)
        if found.account is None and resource.split(":")[4] == "" and caller is not None:
            return super().target(service, "*", caller)
        return found

    def resource(self, arn: str) -> Resource | None:
        """What carries the policy of a resource, as stored; without a policy where there is none."""
        owner, region, account_id, rest = arn.split(":", 5)[2:]
        reader = _READERS.get(owner)
        found = reader(region, account_id, rest) if reader else None
        if found is None:
            return Resource(arn, account_id) if account_id else None
        account_id, text, keys = found
        return Resource(arn, account_id, policy_of(f"policy of {arn}", text) if text else None, keys)

    def _find_target(self, service: str, resource: str) -> Target:
        found = super()._find_target(service, resource)
        return found._replace(assumed=())

    def _role_target(self, arn: str, account_id: str) -> Target:
        found = super()._role_target(arn, account_id)
        return found if self.role(arn) else found._replace(policy=None, assumed=(), open=False)


# ---- accounts


def _organizations(management: str) -> Any:
    from moto.organizations.models import organizations_backends

    return organizations_backends[management]["aws"]


def _parents(backend: Any, member: Any) -> Iterator[Any]:
    units = {unit.id: unit for unit in backend.ou}
    unit = units.get(member.parent_id)
    while unit is not None:
        yield unit
        unit = units.get(unit.parent_id)


_Attached = tuple[tuple[tuple[str, str, str, bool], ...], ...]
"""Of each node its policies: type, name, text, and whether AWS made it."""


def _controls(attached: _Attached, kind: str) -> tuple[tuple[Policy, ...], ...]:
    return tuple(
        tuple(policy_of(name, text, of_aws) for type_, name, text, of_aws in node if type_ == _CONTROLS[kind])
        for node in attached
    )


# ---- identities


def _iam(account_id: str) -> Any:
    from moto.iam.models import iam_backends

    return iam_backends[account_id]["aws"]


def _iam_identity(account_id: str, kind: str, name: str) -> Any:
    iam = _iam(account_id)
    if kind == "user":
        return iam.users.get(name)
    return next((role for role in iam.roles.values() if role.name == name), None)


def _role(account_id: str, arn: str, found: Any) -> Role:
    path = arn.split(":", 5)[5]
    inline: Mapping[str, Any] = found.policies
    identity = [policy_of(f"{path}, {name}", _text(text)) for name, text in inline.items()]
    identity += [_managed(account_id, managed) for managed in found.managed_policies]
    for group in _iam(account_id).get_groups_for_user(found.name) if path.startswith("user/") else ():
        texts: Mapping[str, Any] = group.policies
        of_group = f"group{group.path}{group.name}"
        identity += [policy_of(f"{of_group}, {name}", _text(text)) for name, text in texts.items()]
        identity += [_managed(account_id, managed) for managed in group.managed_policies]
    trust = getattr(found, "assume_role_policy_document", None)
    boundary = getattr(found, "permissions_boundary_arn", None)
    tags: list[dict[str, str]] = getattr(found, "tags", None) or []
    return Role(
        arn,
        tuple(identity),
        policy_of(f"{path}, trust", _text(trust)) if trust else None,
        _managed(account_id, boundary) if boundary else None,
        {tag["Key"]: tag["Value"] for tag in tags},
        service_linked=path.startswith("role/aws-service-role/"),
    )


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


def _managed(account_id: str, arn: str) -> Policy:
    if arn in _OF_AWS:
        return _OF_AWS[arn]
    found = _iam(account_id).managed_policies.get(arn)
    if found is None:
        raise UnknownError(f"{arn} is attached and is no policy of the account")
    version = next(each for each in found.versions if each.version_id == found.default_version_id)
    return policy_of(arn.split(":", 5)[5], _text(version.document))


# ---- what carries a policy: account, text, and context keys of its own

StoredPolicy = tuple[str, str, dict[str, tuple[str, ...]]]


def _bucket(_region: str, _account: str, rest: str) -> StoredPolicy | None:
    from moto.s3.models import s3_backends

    owner = s3_backends.bucket_accounts.get(rest)
    if owner is None:
        return None
    stored = s3_backends[owner[1]][owner[0]].buckets[rest].policy
    return owner[1], (stored.decode() if stored else ""), {}


def _key(region: str, account_id: str, rest: str) -> StoredPolicy | None:
    from moto.kms.models import kms_backends

    backend: Any = kms_backends[account_id][region]
    name = rest.removeprefix("key/")
    if rest.startswith("alias/"):
        name = next((key.id for key in backend.keys.values() if rest in key.aliases), "")
    key = backend.keys.get(name)
    if key is None:
        return None
    aliases = tuple(sorted(key.aliases))
    return account_id, _text(key.policy), {"kms:resourcealiases": aliases} if aliases else {}


def _catalog(region: str, account_id: str, rest: str) -> StoredPolicy | None:
    from moto.glue.models import glue_backends

    if rest != "catalog":
        return None
    policies: Any = glue_backends[account_id][region].resource_policies
    stored = policies.get(f"arn:aws:glue:{region}:{account_id}:catalog")
    return account_id, (stored["PolicyInJson"] if stored else ""), {}


def _bus(region: str, account_id: str, rest: str) -> StoredPolicy | None:
    from moto.events.models import events_backends

    bus: Any = events_backends[account_id][region].event_buses.get(rest.removeprefix("event-bus/"))
    return (account_id, bus.policy or "", {}) if bus else None


def _topic(region: str, account_id: str, rest: str) -> StoredPolicy | None:
    from moto.sns.models import sns_backends

    topic: Any = sns_backends[account_id][region].topics.get(f"arn:aws:sns:{region}:{account_id}:{rest}")
    return (account_id, topic.policy, {}) if topic else None


def _queue(region: str, account_id: str, rest: str) -> StoredPolicy | None:
    from moto.sqs.models import sqs_backends

    queue: Any = sqs_backends[account_id][region].queues.get(rest)
    return (account_id, _text(queue.policy) if queue.policy else "", {}) if queue else None


def _secret(region: str, account_id: str, rest: str) -> StoredPolicy | None:
    from moto.secretsmanager.models import secretsmanager_backends

    secrets: Any = secretsmanager_backends[account_id][region].secrets
    arn = f"arn:aws:secretsmanager:{region}:{account_id}:{rest}"
    found = next((secret for secret in secrets.values() if secret.arn == arn), None)
    return (account_id, found.policy or "", {}) if found else None


_READERS: Final[Mapping[str, Callable[[str, str, str], StoredPolicy | None]]] = {
    "s3": _bucket,
    "kms": _key,
    "glue": _catalog,
    "events": _bus,
    "sns": _topic,
    "sqs": _queue,
    "secretsmanager": _secret,
}
