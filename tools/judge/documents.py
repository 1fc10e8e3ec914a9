"""Policy documents of a plan, each with its kind and its place, as the judges of IAM read them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tools.judge.planned import AN_ACCOUNT, AN_ARN, UNKNOWN, Planned

PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": ("bus", "policy"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("endpoint", "policy"),
    "aws:glue/resourcePolicy:ResourcePolicy": ("catalog", "policy"),
    "aws:iam/groupPolicy:GroupPolicy": ("identity", "policy"),
    "aws:iam/policy:Policy": ("boundary", "policy"),
    "aws:iam/role:Role": ("trust", "assumeRolePolicy"),
    "aws:iam/rolePolicy:RolePolicy": ("identity", "policy"),
    "aws:kms/key:Key": ("key", "policy"),
    "aws:organizations/policy:Policy": ("", "content"),
    "aws:s3/bucketPolicy:BucketPolicy": ("bucket", "policy"),
    "aws:sns/topic:Topic": ("topic", "policy"),
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": ("identity", "inlinePolicy"),
}
"""By Pulumi's type: the kind of its document, and the property that holds it. Organizations says the kind itself."""

OF_ORGANIZATIONS: Final = {"SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}
"""Kinds of AWS Organizations that are IAM documents; the declarative ones are in a language of their own."""

KINDS: Final = frozenset({kind for kind, _ in PLACES.values() if kind} | set(OF_ORGANIZATIONS.values()))


@dataclass(frozen=True, slots=True)
class JudgedDocument:
    """A policy document of the plan; `at` is `<kind>/<stack>/<name>`."""

    at: str
    body: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """`identity`, `trust`, `bucket` and so on."""
        return self.at.partition("/")[0]

    def as_identity_policy(self) -> dict[str, Any]:
        """The document in the form of an identity policy, the only one that the judges read."""
        statements = [
            {name: value for name, value in statement.items() if name not in ("Principal", "NotPrincipal")}
            for statement in self.body["Statement"]
        ]
        if self.kind == "trust":
            statements = [{**statement, "Resource": "*"} for statement in statements]
        return {**self.body, "Statement": statements}


def documents(planned: list[Planned]) -> list[JudgedDocument]:
    """Every policy document, with those of the roles that the StackSet makes in every account."""
    seen: Counter[str] = Counter()
    found: list[JudgedDocument] = []
    for at, text in _texts(planned):
        seen[at] += 1
        # Two components of a stack may give their child one name: an account's key, and that of a partner's inbox.
        place = at if seen[at] == 1 else f"{at}__{seen[at]}"
        found.append(JudgedDocument(place, json.loads(text.replace(UNKNOWN, AN_ARN))))
    lacking = KINDS - {document.kind for document in found}
    if lacking:
        raise ValueError(f"the plan has no document of the kinds {', '.join(sorted(lacking))}")
    return found


def _texts(planned: list[Planned]) -> Iterator[tuple[str, str]]:
    for each in planned:
        if each.type in PLACES:
            kind, name = PLACES[each.type]
            kind = kind or OF_ORGANIZATIONS.get(each.inputs["type"], "")
            # A default key or topic has no policy of its own.
            if kind and name in each.inputs:
                yield f"{kind}/{each.stack}/{each.name}", each.inputs[name]
        if each.type == "aws:cloudformation/stackSet:StackSet":
            yield from template_documents(each.inputs["templateBody"], f"{each.stack}/{each.name}")


def template_documents(body: str, place: str) -> Iterator[tuple[str, str]]:
    """Documents of the roles of a CloudFormation template, each with its place below that of the template."""
    for name, resource in json.loads(body, object_hook=_filled_in)["Resources"].items():
        if resource["Type"] != "AWS::IAM::Role":  # an identity provider has no document
            continue
        properties = resource["Properties"]
        yield f"trust/{place}.{name}", json.dumps(properties["AssumeRolePolicyDocument"])
        for policy in properties.get("Policies", []):
            yield f"identity/{place}.{name}", json.dumps(policy["PolicyDocument"])


def _filled_in(node: dict[str, Any]) -> Any:
    """A node of a template; where CloudFormation fills in the id of the account, the text with an id."""
    return node["Fn::Sub"].replace("${AWS::AccountId}", AN_ACCOUNT) if node.keys() == {"Fn::Sub"} else node
