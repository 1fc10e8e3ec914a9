"""The world of a decision: accounts and their control policies, roles, resources and endpoints."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from mesh.evaluator import facts, owners
from mesh.evaluator.conditions import Keys, as_keys
from mesh.evaluator.entities import Account as Account
from mesh.evaluator.entities import Endpoint as Endpoint
from mesh.evaluator.entities import Nodes as Nodes
from mesh.evaluator.entities import Resource as Resource
from mesh.evaluator.entities import Role as Role
from mesh.evaluator.entities import Selection as Selection
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.moments import time_keys
from mesh.evaluator.policies import ADMINISTRATOR_ACCESS, Policy
from mesh.evaluator.principals import CallerIdentity
from mesh.evaluator.transport import transport_keys

ANONYMOUS: Final = "anonymous"
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_SERVICE: Final = re.compile(r"[a-z0-9.-]+\.amazonaws\.com")
# The ARNs of the partition: nobody of another one reaches it, nor has credentials for it (AWS Fault Isolation
# Boundaries, "Partitions"). All accounts of an organisation are in one.
_ARN: Final = re.compile(r"arn:aws:([a-z0-9-]*):([a-z0-9-]*):(\d{12}|aws|):(.+)", re.DOTALL)
_PRINCIPAL: Final = re.compile(
    r"arn:aws:(?:iam::(\d{12}):(root|role/.+|user/.+|oidc-provider/.+|saml-provider/.+)"
    r"|sts::(\d{12}):assumed-role/([^/]+)/.+)"
)

_ELSEWHERE: Final = re.compile(r"arn:aws-[a-z-]+:")

PrincipalKind = Literal["role", "user", "root", "service", "federated", "anonymous"]


class Principal(NamedTuple):
    """A caller as a decision sees it."""

    kind: PrincipalKind
    caller: CallerIdentity
    account: Account | None
    identity: tuple[Policy, ...]
    boundary: Policy | None
    session: Policy | None
    controlled: bool
    """Whether SCPs and RCPs bind the principal: not a service-linked role."""
    keys: Mapping[str, tuple[str, ...]]
    assumed: tuple[str, ...] = ()
    network: str = ""
    """The VPC in which the caller works; empty of who works anywhere."""


class Target(NamedTuple):
    """A resource as a decision sees it."""

    account: Account | None
    policy: Policy | None
    decisive: bool
    """Whether nothing is allowed that the resource's policy does not allow: of keys and of roles."""
    keys: Mapping[str, tuple[str, ...]]
    assumed: tuple[str, ...] = ()
    open: bool = False
    """Whether the policy is not known, and assumed to admit everyone."""
    alias: bool = False
    """Whether the resource is the alias of a key, whose policy it carries."""
    key: str = ""
    """ARN of the key of an alias: for all actions but those on the alias itself the resource of a statement."""
    named: str = ""
    """ARN of the alias, where the request is one on its key."""
    unowned: bool = False
    """Whether the ARN has no account: the resource is the caller's own, or, which is the worst, taken for it."""
    free: bool = False
    """Whether the caller's own permission is enough whoever the owner is: what AWS owns, or nobody is known to."""
    guarded: bool = False
    """Whether AWS keeps it for itself: what `owners.refused` says counts before any policy."""
    reach: owners.Sharing = "never"
    """Whether another account may reach it, though it carries no policy: shared, or as an administrator of all."""

    def owned_by(self, account: Account | None) -> Target:
        """The same resource in an account."""
        return self._replace(account=account, keys={**self.keys, **_owner_keys(account)})

    def made_by(self, caller: Account | None) -> Target:
        """The resource that a request makes: of the caller's account, and without a policy."""
        owned = self.owned_by(caller)
        return owned._replace(policy=None, assumed=(), open=False, free=False)

    def for_action(self, action: str) -> Target:
        """The resource as an action sees it: an alias that is made, moved or dropped has no policy.

        Every other request by an alias is one on the key that the alias has at the time (KMS Developer Guide, "Aliases
        in AWS KMS", "Controlling access to aliases").
        """
        if self.alias and action in facts.ALIAS_ACTIONS:
            return Target(self.account, None, False, self.keys, guarded=self.guarded)
        return self


class World:
    """Accounts, roles, resources and endpoints, found by name however many there are, and the time of its clock."""

    def __init__(
        self,
        organization: str,
        region: str,
        accounts: Iterable[Account] = (),
        roles: Iterable[Role] = (),
        resources: Iterable[Resource] = (),
        endpoints: Iterable[Endpoint] = (),
        home_address: str = "",
        now: datetime.datetime | None = None,
    ) -> None:
        self.organization, self.region = organization, region
        self.home_address = home_address
        self.now = now
        self.accounts = {account.id: account for account in accounts}
        self.roles = {role.arn: role for role in roles}
        self.resources = {resource.arn: resource for resource in resources}
        self.endpoints = {endpoint.id: endpoint for endpoint in endpoints}
        self._principals: dict[str, Principal] = {}
        self._targets: dict[tuple[str, str], Target] = {}

    @property
    def now(self) -> datetime.datetime | None:
        """The moment at which requests are made that do not say another; None where it is not known."""
        return self._now

    @now.setter
    def now(self, moment: datetime.datetime | None) -> None:
        self._now = moment
        self.unsaid: Mapping[str, tuple[str, ...]] = {**transport_keys(self.home_address), **time_keys(moment)}
        """Keys of every request that says nothing else: how it comes, from where, and when."""

    # ---- look-ups, which a subclass may take from elsewhere

    def account(self, account_id: str) -> Account:
        """An account; one that is not listed is outside every organisation."""
        return self.accounts.get(account_id) or Account(account_id, None)

    def role(self, arn: str) -> Role | None:
        """A role or user by its ARN."""
        return self.roles.get(arn)

    def role_named(self, account_id: str, name: str) -> Role | None:
        """A role by its name, which is unique in its account whatever its path."""
        return self._by_name.get((account_id, name))

    def resource(self, arn: str) -> Resource | None:
        """The resource with that ARN, which carries a policy."""
        return self.resources.get(arn)

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], Role]:
        return {(role.account, arn.rpartition("/")[2]): role for arn, role in self.roles.items() if ":role/" in arn}

    def endpoint_keys(self, endpoint: Endpoint, service: str) -> dict[str, tuple[str, ...]]:
        """Keys about an endpoint: its VPC, and for some services (`facts.TELL_THE_ENDPOINT`) its owner."""
        account = self.account(endpoint.account)
        keys: dict[str, Any] = {"aws:SourceVpc": endpoint.vpc} if endpoint.vpc else {}
        if service not in facts.TELL_THE_ENDPOINT:
            return as_keys(keys)
        keys["aws:VpceAccount"] = account.id
        if account.organization:
            keys |= {"aws:VpceOrgID": account.organization, "aws:VpceOrgPaths": [account.org_path]}
        return as_keys(keys)

    def source_keys(self, said: Keys) -> Keys:
        """Keys of the organisation of the account for which a service calls, by what the request says itself.

        AWS sends them beside `aws:SourceAccount` where that account is in one (IAM User Guide, "AWS global condition
        context keys", aws:SourceOrgID and aws:SourceOrgPaths).
        """
        source = said["aws:sourceaccount"]
        account = self.account(source[0]) if len(source) == 1 else None
        if account is None or account.organization is None or account.org_path is None:
            return {}
        if said.get("aws:sourceorgid") not in (None, (account.organization,)):
            return {}
        return {"aws:sourceorgid": (account.organization,), "aws:sourceorgpaths": (account.org_path,)}

    # ---- callers

    def principal(self, name: str) -> Principal:
        """The caller of that name. Raises UnknownError for what names no caller."""
        principal = self._principals.get(name)
        if principal is None:
            principal = self._find_principal(name)
            if len(self._principals) < _MOST_KEPT:
                self._principals[name] = principal
        return principal

    def _find_principal(self, name: str) -> Principal:
        if name == ANONYMOUS:
            nobody = CallerIdentity(None, None, None)
            keys = as_keys({"aws:PrincipalType": "Anonymous", "aws:PrincipalAccount": "anonymous"})
            return Principal("anonymous", nobody, None, (), None, None, True, keys)
        if _SERVICE.fullmatch(name):
            service = {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": name}
            return Principal("service", CallerIdentity(None, None, name), None, (), None, None, True, as_keys(service))
        parts = _PRINCIPAL.fullmatch(name)
        if not parts:
            if _ELSEWHERE.match(name):
                raise UnknownError(f"{name!r} is in another partition of AWS: an ARN begins with arn:aws:")
            raise UnknownError(
                f"{name!r} is no principal: the ARN of a role, user, session or account root, "
                f"a service as glue.amazonaws.com, or {ANONYMOUS}"
            )
        account_id, resource, session_account, role_name = parts.groups()
        if session_account:
            # The ARN of a session has the name of its role, without the path.
            role = self.role_named(session_account, role_name)
            arn = role.arn if role else f"arn:aws:iam::{session_account}:role/{role_name}"
            return self._identity(self.account(session_account), arn, role, name)
        account = self.account(account_id)
        if resource == "root":
            # No IAM policy limits a root user: it has what AdministratorAccess would give.
            keys = {"aws:PrincipalType": "Account", "aws:PrincipalArn": name, "aws:userid": account_id}
            keys |= _keys_of(account)
            whole = CallerIdentity(account_id, None, name)
            return Principal("root", whole, account, (ADMINISTRATOR_ACCESS,), None, None, True, as_keys(keys))
        if resource.startswith(("oidc", "saml")):
            return Principal("federated", CallerIdentity(None, None, name), None, (), None, None, True, {})
        return self._identity(account, name, self.role(name), None)

    def _identity(self, account: Account, arn: str, role: Role | None, session: str | None) -> Principal:
        kind: PrincipalKind = "user" if ":user/" in arn else "role"
        keys: dict[str, Any] = {
            "aws:PrincipalArn": arn,
            "aws:PrincipalIsAWSService": "false",
            "aws:PrincipalType": "User" if kind == "user" else "AssumedRole",
            **_keys_of(account),
        }
        if kind == "user":
            keys["aws:username"] = arn.rpartition("/")[2]
        if role is None:
            assumed = (f"{arn} is not in the plan: taken for an administrator of its account",)
            caller = CallerIdentity(
                account.id, arn if kind == "role" else None, session or (arn if kind == "user" else None)
            )
            every = (ADMINISTRATOR_ACCESS,)
            return Principal(kind, caller, account, every, None, None, True, as_keys(keys), assumed)
        keys |= {f"aws:PrincipalTag/{tag}": value for tag, value in role.tags.items()}
        is_user = kind == "user"
        caller = CallerIdentity(
            account.id, None if is_user else arn, arn if is_user else session, role.boundary is not None
        )
        controlled = not role.service_linked
        single = role.boundary, role.session
        return Principal(kind, caller, account, role.identity, *single, controlled, as_keys(keys), (), role.network)

    # ---- resources

    def target(self, service: str, resource: str, caller: Account | None) -> Target:
        """The resource of that name, for an action of a service; `*` stands for any of the caller's own account."""
        if resource == "*":
            return Target(caller, None, False, _owner_keys(caller))
        key = (service, resource)
        target = self._targets.get(key)
        if target is None:
            target = self._find_target(service, resource)
            if len(self._targets) < _MOST_KEPT:
                self._targets[key] = target
        return target.owned_by(caller) if target.unowned else target

    def _find_target(self, service: str, resource: str) -> Target:
        parts = _ARN.fullmatch(resource)
        if not parts:
            if _ELSEWHERE.match(resource):
                raise UnknownError(f"{resource!r} is in another partition of AWS: an ARN begins with arn:aws:")
            raise UnknownError(f"{resource!r} is no resource: an ARN, or * for an action that takes no resource")
        owner, region, account_id, rest = parts.groups()
        # For STS a role is a resource, whose policy is the trust policy.
        if service == "sts" and owner == "iam" and rest.startswith("role/"):
            return self._role_target(resource, account_id)
        known = self.resource(owners.carrier(owner, resource, region, account_id, rest))
        account_id = account_id or owners.account_of_bucket(owner, rest)
        account = self._owner(known.account if known else account_id)
        keys = {"aws:requestedregion": (region or self.region,), **_owner_keys(account)}
        alias = owner == "kms" and rest.startswith("alias/")
        if alias:
            return self._alias_target(resource, known, account, keys)
        decisive = owner == "kms" and rest.startswith("key/")
        guarded, carries = owners.guarded(resource), owners.may_carry_policy(owner, rest)
        reach = "never" if carries else owners.reach(owner, rest)
        if known:
            found = {**keys, **as_keys(known.keys)}
            return Target(account, known.policy, decisive, found, guarded=guarded, reach=reach)
        if account_id == "aws":
            return Target(None, None, False, keys, free=True, guarded=True)
        if not carries:
            if not account_id:
                mine = (f"{resource} says no account: taken for one of the caller's",)
                assumed = mine if owner in facts.MAY_BE_ANOTHERS else ()
                return Target(account, None, False, keys, assumed, unowned=True, guarded=guarded)
            return Target(account, None, False, keys, guarded=guarded, reach=reach)
        whose = " of a stranger, since nothing says whose it is," if not account_id else ""
        assumed = (f"{resource} is not in the plan: taken for one{whose} whose own policy admits everyone",)
        # The ARN of a bucket says no account: it may be the caller's own, in which its policy alone would be enough.
        return Target(account, None, decisive, keys, assumed, True, free=not account_id, guarded=guarded)

    def _alias_target(
        self, arn: str, known: Resource | None, account: Account | None, keys: dict[str, tuple[str, ...]]
    ) -> Target:
        """The alias of a key: its key with what AWS says of a request by alias.

        Of an alias whose key nobody knows, the key is one that no statement names by its id.
        """
        head, _, name = arn.rpartition(":")
        said = {"kms:requestalias": (name,), "kms:resourcealiases": (name,)}
        key, guarded = self.key_of(arn) or f"{head}:key/{_SOME_KEY}", owners.guarded(arn)
        if known:
            found = {**keys, **said, **as_keys(known.keys)}
            return Target(account, known.policy, True, found, alias=True, key=key, named=arn, guarded=guarded)
        assumed = (f"{arn} is not in the plan: taken for one whose own policy admits everyone",)
        found = {**keys, **said}
        return Target(account, None, True, found, assumed, True, True, key=key, named=arn, guarded=guarded)

    def key_of(self, alias: str) -> str | None:
        """ARN of the key of an alias, None where the world does not say."""
        return self._keys_by_alias.get(alias)

    @cached_property
    def _keys_by_alias(self) -> dict[str, str]:
        return {
            f"{arn.rpartition(':')[0]}:{alias}": arn
            for arn, resource in self.resources.items()
            if arn.startswith("arn:aws:kms:") and ":key/" in arn
            for alias in resource.keys.get("kms:resourcealiases", ())
        }

    def _owner(self, account_id: str) -> Account | None:
        """The account of a resource; None for one of AWS itself, or where the ARN says no account."""
        return self.account(account_id) if account_id not in ("", "aws") else None

    def _role_target(self, arn: str, account_id: str) -> Target:
        account, role, guarded = self.account(account_id), self.role(arn), owners.guarded(arn)
        keys = {"aws:requestedregion": (self.region,), **_owner_keys(account)}
        if role is None:
            assumed = (f"{arn} is not in the plan: taken for a role that everyone may assume",)
            return Target(account, None, True, keys, assumed, True, guarded=guarded)
        return Target(account, role.trust, True, keys, guarded=guarded)


_SOME_KEY: Final = "00000000-0000-0000-0000-000000000000"
"""Id of a key that nobody knows."""

_MOST_KEPT: Final = 1_000_000
"""Principals, and resources, of which a world keeps what it has found out."""


def _keys_of(account: Account) -> dict[str, Any]:
    keys: dict[str, Any] = {"aws:PrincipalAccount": account.id, "aws:PrincipalIsAWSService": "false"}
    if account.organization:
        keys |= {"aws:PrincipalOrgID": account.organization, "aws:PrincipalOrgPaths": [account.org_path]}
    return keys


def _owner_keys(account: Account | None) -> Keys:
    return account.as_owner if account else {}


def selection(account: Account, action: str, service: bool) -> Selection:
    """The statements of service control policies of an account, or of resource control policies, for an action."""
    found = account.selected.get((action, service))
    return _select(account, action, service) if found is None else found


def _select(account: Account, action: str, service: bool) -> Selection:
    """The statements for an action, kept for it; and for all of its service where no policy tells those apart."""
    nodes = account.service_control if service else account.resource_control
    prefix = action.partition(":")[0]
    found = account.selected.get((prefix, service))
    if found is None:
        apart = any(policy.tells_apart(prefix) for node in nodes for policy in node)
        key = (action if apart else prefix, service)
        denies = tuple((p, s) for node in nodes for p in node for s in p.denies(action))
        allows = tuple(tuple((p, s) for p in node for s in p.allows(action)) for node in nodes)
        found = account.selected[key] = Selection(denies, allows)
    account.selected[action, service] = found
    return found
