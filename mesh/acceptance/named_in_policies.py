"""Roles, accounts and services that a document names: AWS refuses one that is not there when the document is put.

IAM User Guide, "AWS JSON policy elements: Principal"; IAM, S3, KMS and SNS answer "Invalid principal in policy" or
their like. A role has to be made before, and its account has to be one of the mesh's.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from mesh.acceptance.emitted import EmittedResource
from mesh.acceptance.policy_places import AN_ARN, EmittedDocument, statements_of
from mesh.acceptance.stackset_templates import STACK_SET, TemplateError, TemplateResource, made_in, template
from mesh.evaluator import facts
from mesh.evaluator.policies import texts

_ROOT: Final = re.compile(r"(?:arn:aws:iam::)?(\d{12})(?::root)?")
_ROLE: Final = re.compile(r"arn:aws:iam::(\d{12}):role/(.+)")
_PROVIDER: Final = re.compile(r"arn:aws:iam::(\d{12}):oidc-provider/(.+)")
_OF_AWS: Final = frozenset(
    {"accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"}
)
"""Identity providers that are there without being made (IAM User Guide, "AWS JSON policy elements: Principal")."""
_SERVICE: Final = re.compile(r"(?:(?P<part>[a-z0-9.-]+)\.)?(?P<service>[a-z0-9-]+)\.amazonaws\.com")
_PARTS: Final = frozenset({"logging.s3", "delivery.logs", "member.org.stacksets.cloudformation", "vpc-flow-logs"})
"""Services that call under a name of a part of theirs (the service's own guide names each)."""

_LOGS_OF_A_REGION: Final = re.compile(r"logs\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws\.com")
"""CloudWatch Logs, as a key policy names it (CloudWatch Logs User Guide, "Encrypt log data … using AWS KMS")."""


class MadePrincipals:
    """Accounts, roles and identity providers of a plan, and whether one is there when a resource needs it.

    `whole` says that all stacks of the mesh are in the plan: of a part, the others are not known.
    """

    def __init__(self, resources: Iterable[EmittedResource], *, whole: bool) -> None:
        self._whole = whole
        self._accounts: set[str] = set()
        self._stacks: dict[str, int] = {}
        self._roles: dict[str, EmittedResource] = {}
        self._of_templates: defaultdict[str, set[str]] = defaultdict(set)
        """Account -> ARNs of what StackSets make in it."""
        self._needs: dict[str, tuple[str, ...]] = {}
        every = tuple(resources)
        reached = made_in(every)
        for resource in every:
            self._add(resource, reached.get(resource.urn, frozenset()))

    def _add(self, resource: EmittedResource, reached: frozenset[str]) -> None:
        self._accounts.add(resource.account)
        self._stacks.setdefault(resource.stack, len(self._stacks))
        self._needs[resource.urn] = (*resource.dependencies, *resource.inherited)
        if resource.type == "aws:iam/role:Role" and "name" in resource.inputs:
            path, name = resource.inputs.get("path", "/"), resource.inputs["name"]
            self._roles[f"arn:aws:iam::{resource.account}:role{path}{name}"] = resource
        elif resource.type == STACK_SET:
            for each in _readable(resource):
                name = _arn_after_account(each)
                for account in reached if name else ():
                    if each.only_in in (None, account):
                        self._of_templates[account].add(name)

    def missing(self, document: EmittedDocument) -> Iterator[str]:
        """Principals of a document that are not there when it is put in its place, each with the reason."""
        body: Mapping[str, Any] = json.loads(document.text)
        named = {each for statement in statements_of(body) for each in _named(statement)}
        for kind, name in sorted(named):
            # What only AWS will say is there: it comes from what it belongs to.
            why = "" if name == AN_ARN else self.why_missing(kind, name, document.resource)
            if why:
                yield f"principal {name} {why}"

    def why_missing(self, kind: str, name: str, resource: EmittedResource) -> str:
        """The reason for which a principal (AWS, Federated, Service) is not there before a resource; empty if it is."""
        if kind == "Service":
            return "" if _is_service(name) else "is no service that AWS has"
        if not self._whole or (kind == "Federated" and name in _OF_AWS):
            return ""
        root, role, provider = _ROOT.fullmatch(name), _ROLE.fullmatch(name), _PROVIDER.fullmatch(name)
        found = provider if kind == "Federated" else root or role
        if found is None:
            return "is none that the mesh makes: accounts, roles and identity providers are"
        account = found[1]
        if account not in self._accounts:
            return "is of no account of the mesh: AWS refuses it unless that account exists"
        if root or name.partition(f"::{account}:")[2] in self._of_templates[account]:
            return ""
        if provider:
            return "is an identity provider that nothing makes"
        return "" if self._made_before(name, resource) else "is a role that is not made before"

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


def _is_service(name: str) -> bool:
    if _LOGS_OF_A_REGION.fullmatch(name):
        return True
    match = _SERVICE.fullmatch(name)
    if match is None or match["service"] not in facts.services():
        return False
    return not match["part"] or f"{match['part']}.{match['service']}" in _PARTS


def _readable(resource: EmittedResource) -> tuple[TemplateResource, ...]:
    try:
        return template(resource)
    except TemplateError:  # told among what cannot be read
        return ()


def _arn_after_account(each: TemplateResource) -> str:
    """The end of the ARN of a role or of an identity provider that a template makes; empty for other resources."""
    if each.type == "AWS::IAM::Role":
        return f"role{each.properties.get('Path', '/')}{each.properties.get('RoleName')}"
    if each.type == "AWS::IAM::OIDCProvider":
        return f"oidc-provider/{str(each.properties.get('Url')).removeprefix('https://')}"
    return ""


def _named(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    element = statement.get("Principal", statement.get("NotPrincipal"))
    if isinstance(element, Mapping):
        for kind, names in cast("Mapping[str, Any]", element).items():
            yield from ((kind, name) for name in texts(names) if name != "*")
