"""Roles, accounts and services that a document names: AWS refuses one that is not there when the document is put.

IAM User Guide, "AWS JSON policy elements: Principal"; IAM, S3, KMS and SNS answer "Invalid principal in policy" or
their like. A role has to be made before, and its account has to be one of the mesh's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from mesh.acceptance.emitted import EmittedResource
from mesh.acceptance.policy_places import EmittedDocument, template
from mesh.evaluator import facts
from mesh.evaluator.policies import texts

_ROOT: Final = re.compile(r"(?:arn:aws:iam::)?(\d{12})(?::root)?")
_ROLE: Final = re.compile(r"arn:aws:iam::(\d{12}):role/(.+)")
_PROVIDER: Final = re.compile(r"arn:aws:iam::(\d{12}):oidc-provider/(.+)")
_SERVICE: Final = re.compile(r"(?:(?P<part>[a-z0-9.-]+)\.)?(?P<service>[a-z0-9-]+)\.amazonaws\.com")
_PARTS: Final = frozenset({"logging.s3", "delivery.logs", "member.org.stacksets.cloudformation", "vpc-flow-logs"})
"""Services that call under a name of a part of theirs (the service's own guide names each)."""


class MadePrincipals:
    """Accounts, roles and identity providers of a plan, and whether one is there when a resource needs it.

    `whole` says that all stacks of the mesh are in the plan: of a part, the others are not known.
    """

    def __init__(self, resources: Iterable[EmittedResource], *, whole: bool) -> None:
        self._whole = whole
        self._accounts: set[str] = set()
        self._stacks: dict[str, int] = {}
        self._roles: dict[str, EmittedResource] = {}
        self._everywhere: set[str] = set()
        self._providers: set[str] = set()
        self._needs: dict[str, tuple[str, ...]] = {}
        for resource in resources:
            self._add(resource)

    def _add(self, resource: EmittedResource) -> None:
        self._accounts.add(resource.account)
        self._stacks.setdefault(resource.stack, len(self._stacks))
        self._needs[resource.urn] = resource.dependencies
        if resource.type == "aws:iam/role:Role":
            path, name = resource.inputs.get("path", "/"), resource.inputs["name"]
            self._roles[f"arn:aws:iam::{resource.account}:role{path}{name}"] = resource
        elif resource.type == "aws:cloudformation/stackSet:StackSet":
            for each in template(resource).values():
                properties: Mapping[str, Any] = each["Properties"]
                if each["Type"] == "AWS::IAM::Role":
                    self._everywhere.add(f"{properties['Path']}{properties['RoleName']}".removeprefix("/"))
                elif each["Type"] == "AWS::IAM::OIDCProvider":
                    self._providers.add(str(properties["Url"]).removeprefix("https://"))

    def missing(self, document: EmittedDocument) -> Iterator[str]:
        """Principals of a document that are not there when it is put in its place, each with the reason."""
        body: Mapping[str, Any] = json.loads(document.text)
        named = {each for statement in body["Statement"] for each in _named(statement)}
        for kind, name in sorted(named):
            why = self._missing_service(name) if kind == "Service" else self._missing(name, document.resource)
            if why:
                yield why

    def _missing(self, name: str, resource: EmittedResource) -> str:
        root, role, provider = _ROOT.fullmatch(name), _ROLE.fullmatch(name), _PROVIDER.fullmatch(name)
        found = root or role or provider
        if found is None or not self._whole:
            return ""
        if found[1] not in self._accounts:
            return f"principal {name} is of no account of the mesh: AWS refuses it unless that account exists"
        if provider and provider[2] not in self._providers:
            return f"principal {name} is an identity provider that nothing makes"
        if role and role[2] not in self._everywhere and not self._made_before(name, resource):
            return f"principal {name} is a role that is not made before"
        return ""

    def _made_before(self, role: str, resource: EmittedResource) -> bool:
        made = self._roles.get(role)
        if made is None:
            return False
        if made.stack != resource.stack:
            return self._stacks[made.stack] < self._stacks[resource.stack]
        return made.urn in self._all_needs(resource.urn)

    def _all_needs(self, urn: str) -> set[str]:
        found: set[str] = set()
        waiting = [urn]
        while waiting:
            for each in self._needs.get(waiting.pop(), ()):
                if each not in found:
                    found.add(each)
                    waiting.append(each)
        return found

    @staticmethod
    def _missing_service(name: str) -> str:
        match = _SERVICE.fullmatch(name)
        known = match and match["service"] in facts.services()
        if known and match and (not match["part"] or f"{match['part']}.{match['service']}" in _PARTS):
            return ""
        return f"principal {name} is no service that AWS has"


def _named(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    element = statement.get("Principal", statement.get("NotPrincipal"))
    if isinstance(element, Mapping):
        for kind, names in cast("Mapping[str, Any]", element).items():
            yield from ((kind, name) for name in texts(names) if name != "*")
