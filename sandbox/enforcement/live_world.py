"""Live world: accounts, control policies, roles and resource policies as they are stored in the emulator.

Nothing here comes from a Plan. Documents are compiled once per text, so a changed one counts at the next call.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final, TypeVar

from mesh.access.from_plan import ADMINISTRATOR_ACCESS, READ_ONLY_ACCESS
from mesh.evaluator import Account, Policy, Resource, Role, UnknownError, World, compiled
from mesh.evaluator.world import Principal, Target
from sandbox.emulator import backends

_AWS_POLICIES: Final[Mapping[str, Policy]] = {
    "arn:aws:iam::aws:policy/AdministratorAccess": ADMINISTRATOR_ACCESS,
    "arn:aws:iam::aws:policy/ReadOnlyAccess": READ_ONLY_ACCESS,
}
"""Managed policies of AWS's own, of which moto has no more than the ARN."""

_Read = TypeVar("_Read")

_CONTROLS: Final = {"service": "SERVICE_CONTROL_POLICY", "resource": "RESOURCE_CONTROL_POLICY"}


@lru_cache(maxsize=8192)
def policy_of(name: str, text: str, of_aws: bool = False) -> Policy:
    """The policy of a stored document; `of_aws` when AWS made it. Raises UnknownError when it is no policy."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise UnknownError(f"{name} is no JSON") from error
    return compiled(name, document, of_aws=of_aws)


class LiveWorld(World):
    """A world that reads moto's backends each time; nothing but compiled policies is cached, unless it is `still`."""

    def __init__(self, management: str, organization: str, region: str) -> None:
        super().__init__(organization, region)
        self._management = management
        self._accounts: dict[tuple[Any, ...], Account] = {}
        self.sessions: dict[str, str] = {}
        """Session policies by the ARN of the session."""
        self._kept: dict[Any, Any] | None = None

    @contextmanager
    def still(self) -> Generator[None]:
        """Inside, nothing is stored meanwhile: each caller, account and resource is read once."""
        self._kept = {}
        try:
            yield
        finally:
            self._kept = None

    def _once(self, key: tuple[str, ...], read: Callable[[], _Read]) -> _Read:
        if self._kept is None:
            return read()
        if key not in self._kept:
            self._kept[key] = read()
        return self._kept[key]

    # ---- callers

    def principal(self, name: str) -> Principal:
        """The principal of that name, with the policy of its session."""
        return self._once(("principal", name), lambda: self._principal(name))

    def _principal(self, name: str) -> Principal:
        principal = self._find_principal(name)
        text = self.sessions.get(name)
        return principal._replace(session=policy_of(f"session policy of {name}", text)) if text else principal

    def _identity(self, account: Account, arn: str, role: Role | None, session: str | None) -> Principal:
        if role is None:  # deleted meanwhile: its sessions live on and may do nothing
            role = Role(arn)
        return super()._identity(account, arn, role, session)

    def account(self, account_id: str) -> Account:
        """An account with the policies attached to it and above it; without an organisation when it is no member."""
        return self._once(("account", account_id), lambda: self._account(account_id))

    def _account(self, account_id: str) -> Account:
        backend = backends.organization(self._management)
        member = next((account for account in backend.accounts if account.id == account_id), None)
        if member is None:
            return Account(account_id, None)
        nodes = [member, *_parents(backend, member)][::-1]
        attached = tuple(
            tuple((p.type, p.name, p.content, p.aws_managed) for p in node.attached_policies) for node in nodes
        )
        key = (account_id, tuple(node.id for node in nodes[:-1]), attached)
        account = self._accounts.get(key)
        if account is None:
            account = self._accounts[key] = Account(
                account_id,
                backend.org.id,
                key[1],
                management=account_id == self._management,
                service_control=_controls(attached, "service"),
                resource_control=_controls(attached, "resource"),
            )
        return account

    def role(self, arn: str) -> Role | None:
        """The role or user of an ARN, None when IAM has none."""
        account_id, path = arn.split(":", 5)[4:]
        kind, _, name = path.partition("/")
        stored = _iam_identity(account_id, kind, name.rpartition("/")[2])
        if stored is None or stored.arn != arn:
            return None
        return _role(account_id, arn, stored)

    def role_named(self, account_id: str, name: str) -> Role | None:
        """The role of a name, None when IAM has none."""
        stored = _iam_identity(account_id, "role", name)
        return _role(account_id, stored.arn, stored) if stored else None

    # ---- resources

    def target(self, service: str, resource: str, caller: Account | None) -> Target:
        """The target of a call; one that does not exist and whose ARN names no account is the caller's own."""
        if resource == "*":
            return super().target(service, resource, caller)
        target = self._once(("target", service, resource), lambda: self._find_target(service, resource))
        if target.account is None and resource.split(":")[4] == "" and caller is not None:
            return super().target(service, "*", caller)
        return target

    def resource(self, arn: str) -> Resource | None:
        """The resource of an ARN with its stored policy, without one where it has none."""
        service, region, account_id, rest = arn.split(":", 5)[2:]
        reader = _READERS.get(service)
        stored = reader(region, account_id, rest) if reader else None
        if stored is None:
            return Resource(arn, account_id) if account_id else None
        account_id, text, keys = stored
        return Resource(arn, account_id, policy_of(f"policy of {arn}", text) if text else None, keys)

    def _find_target(self, service: str, resource: str) -> Target:
        return super()._find_target(service, resource)._replace(assumed=())

    def _role_target(self, arn: str, account_id: str) -> Target:
        target = super()._role_target(arn, account_id)
        return target if self.role(arn) else target._replace(policy=None, assumed=(), open=False)


# ---- accounts


def _parents(backend: Any, member: Any) -> Iterator[Any]:
    units = {unit.id: unit for unit in backend.ou}
    unit = units.get(member.parent_id)
    while unit is not None:
        yield unit
        unit = units.get(unit.parent_id)


_Attached = tuple[tuple[tuple[str, str, str, bool], ...], ...]
"""Policies of each node from the root to the account: type, name, text, and true for one of AWS's own."""


def _controls(attached: _Attached, kind: str) -> tuple[tuple[Policy, ...], ...]:
    return tuple(
        tuple(policy_of(name, text, of_aws) for type_, name, text, of_aws in node if type_ == _CONTROLS[kind])
        for node in attached
    )


# ---- identities


def _iam_identity(account_id: str, kind: str, name: str) -> Any:
    iam = backends.iam(account_id)
    if kind == "user":
        return iam.users.get(name)
    return next((role for role in [*iam.roles.values()] if role.name == name), None)


def _role(account_id: str, arn: str, stored: Any) -> Role:
    """A role or user with its policies and those of its groups."""
    path = arn.split(":", 5)[5]
    identity = _identity_policies(account_id, path, stored)
    for group in backends.iam(account_id).get_groups_for_user(stored.name) if path.startswith("user/") else ():
        identity += _identity_policies(account_id, f"group{group.path}{group.name}", group)
    # moto's users have neither a trust policy nor a boundary.
    trust = getattr(stored, "assume_role_policy_document", None)
    boundary = getattr(stored, "permissions_boundary_arn", None)
    tags: list[dict[str, str]] = getattr(stored, "tags", None) or []
    return Role(
        arn,
        tuple(identity),
        policy_of(f"{path}, trust", _text(trust)) if trust else None,
        _managed(account_id, boundary) if boundary else None,
        {tag["Key"]: tag["Value"] for tag in tags},
        service_linked=path.startswith("role/aws-service-role/"),
    )


def _identity_policies(account_id: str, path: str, stored: Any) -> list[Policy]:
    """The inline and managed policies of a role, user or group."""
    inline: Mapping[str, Any] = stored.policies
    policies = [policy_of(f"{path}, {name}", _text(text)) for name, text in inline.items()]
    return [*policies, *(_managed(account_id, arn) for arn in stored.managed_policies)]


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


def _managed(account_id: str, arn: str) -> Policy:
    if arn in _AWS_POLICIES:
        return _AWS_POLICIES[arn]
    stored = backends.iam(account_id).managed_policies.get(arn)
    if stored is None:
        raise UnknownError(f"{arn} is attached and is no policy of the account")
    version = next(version for version in stored.versions if version.version_id == stored.default_version_id)
    return policy_of(arn.split(":", 5)[5], _text(version.document))


# ---- resource policies

StoredPolicy = tuple[str, str, dict[str, tuple[str, ...]]]
"""The account of a resource, the text of its policy (empty without one), and the condition keys that it carries."""


def _bucket(_region: str, _account: str, rest: str) -> StoredPolicy | None:
    bucket = backends.bucket(rest)
    if bucket is None:
        return None
    return bucket.account_id, (bucket.policy.decode() if bucket.policy else ""), {}


def _key(region: str, account_id: str, rest: str) -> StoredPolicy | None:
    key = backends.key(account_id, region, rest.removeprefix("key/"))
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
    secret = next((secret for secret in [*secrets.values()] if secret.arn == arn), None)
    return (account_id, secret.policy or "", {}) if secret else None


def _function(region: str, account_id: str, rest: str) -> StoredPolicy | None:
    name = rest.removeprefix("function:")
    stored: Any = backends.functions(account_id, region).get_function_by_arn(
        f"arn:aws:lambda:{region}:{account_id}:{rest}"
    )
    if stored is None or name == rest:
        return None
    statements: list[Any] = stored.policy.statements
    return account_id, json.dumps({"Version": "2012-10-17", "Statement": statements}) if statements else "", {}


_READERS: Final[Mapping[str, Callable[[str, str, str], StoredPolicy | None]]] = {
    "s3": _bucket,
    "kms": _key,
    "glue": _catalog,
    "events": _bus,
    "sns": _topic,
    "sqs": _queue,
    "secretsmanager": _secret,
    "lambda": _function,
}
