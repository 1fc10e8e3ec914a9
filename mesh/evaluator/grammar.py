"""Grammar of policy documents: each element with its JSON, checked before anything is compiled.

IAM User Guide, "Grammar of the IAM JSON policy language", "IAM JSON policy elements reference". What a place requires
or forbids is in `policy_types`. AWS answers `MalformedPolicyDocument`, `MalformedPolicy` and their like to all else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from mesh.evaluator.errors import MalformedError
from mesh.evaluator.policy_types import PolicyType


class ElementForm(NamedTuple):
    """The JSON that an element takes, in words and as a test."""

    words: str
    taken: Callable[[Any], bool]


def _is_map(value: Any) -> bool:
    return isinstance(value, Mapping)


def _list(value: Any) -> Sequence[Any] | None:
    return cast("Sequence[Any]", value) if isinstance(value, (list, tuple)) else None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _texts(value: Any) -> bool:
    items = _list(value)
    return _is_text(value) if items is None else bool(items) and all(_is_text(item) for item in items)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (str, bool, int, float))


def _scalars(value: Any) -> bool:
    items = _list(value)
    return _is_scalar(value) if items is None else all(_is_scalar(item) for item in items)


def _principals(value: Any) -> bool:
    return (
        value == "*" if not _is_map(value) else bool(value) and all(_is_text(k) and _texts(v) for k, v in value.items())
    )


def _conditions(value: Any) -> bool:
    return _is_map(value) and all(
        _is_text(operator) and _is_map(keys) and all(_is_text(key) and _scalars(values) for key, values in keys.items())
        for operator, keys in value.items()
    )


def _maps(value: Any) -> bool:
    items = _list(value)
    return _is_map(value) if items is None else bool(items) and all(_is_map(item) for item in items)


_TEXT: Final = ElementForm("a text", _is_text)
_TEXTS: Final = ElementForm("a text or a list of texts", _texts)
_PRINCIPALS: Final = ElementForm('"*", or kinds of principals, each with a name or a list of names', _principals)


def _version(value: Any) -> bool:
    return value in ("2012-10-17", "2008-10-17")


def _effect(value: Any) -> bool:
    return value in ("Allow", "Deny")


DOCUMENT: Final[Mapping[str, ElementForm]] = {
    "Version": ElementForm("2012-10-17 or 2008-10-17", _version),
    "Id": _TEXT,
    "Statement": ElementForm("a statement or a list of statements, and not empty", _maps),
}
STATEMENT: Final[Mapping[str, ElementForm]] = {
    "Sid": _TEXT,
    "Effect": ElementForm("Allow or Deny", _effect),
    "Principal": _PRINCIPALS,
    "NotPrincipal": _PRINCIPALS,
    "Action": _TEXTS,
    "NotAction": _TEXTS,
    "Resource": _TEXTS,
    "NotResource": _TEXTS,
    "Condition": ElementForm("operators, each with keys, each with a value or a list of values", _conditions),
}
PAIRS: Final = (("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource"))
"""Elements of which a statement has one at most."""

_ACTION: Final = re.compile(r"\*|[A-Za-z0-9.-]+:[^:]+")
_PARTITION: Final = re.compile(r"aws(-[a-z]+)*|\*")
_IAM_PATHS: Final = tuple(
    "user/ federated-user/ role/ group/ instance-profile/ mfa/ server-certificate/ policy/ sms-mfa/ saml-provider/ "
    "oidc-provider/ report/ access-report/".split()
)
"""Beginnings of the last part of an ARN of IAM (its own message, recorded by getmoto/moto, test_iam_policies.py)."""


def statements(name: str, document: Any, types: Iterable[PolicyType]) -> Sequence[Mapping[str, Any]]:
    """The statements of a document. Raises MalformedError, which names the element, for what AWS would not take."""
    if not _is_map(document):
        raise MalformedError(f"{name}: a policy is a map of elements, not {document!r}")
    _elements(name, document, DOCUMENT)
    if "Statement" not in document:
        raise MalformedError(f"{name}: Statement is missing")
    written: Any = document["Statement"]
    found: Sequence[Mapping[str, Any]] = [written] if _is_map(written) else written
    sids: set[str] = set()
    for number, statement in enumerate(found):
        where = f"{name}, statement {_sid(statement) or number}"
        _elements(where, statement, STATEMENT)
        _statement(where, statement, types)
        sid = _sid(statement)
        if sid in sids:
            raise MalformedError(f"{where}: Sid {sid!r} stands twice")
        if sid:
            sids.add(sid)
    return found


def _sid(statement: Mapping[str, Any]) -> str:
    sid = statement.get("Sid")
    return sid if isinstance(sid, str) else ""


def _elements(where: str, elements: Mapping[str, Any], known: Mapping[str, ElementForm]) -> None:
    unknown = sorted(str(name) for name in elements if name not in known)
    if unknown:
        raise MalformedError(f"{where}: unknown element {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    for name, value in elements.items():
        if not known[name].taken(value):
            raise MalformedError(f"{where}: {name} is {value!r}; {known[name].words} is taken")


def _statement(where: str, statement: Mapping[str, Any], types: Iterable[PolicyType]) -> None:
    wrong = _wrong_elements(statement) or _wrong_values(statement)
    if wrong:
        raise MalformedError(f"{where}: {wrong}")
    for type_ in types:
        wrong = type_.wrong(statement)
        if wrong:
            raise MalformedError(f"{where}: {type_.value} {wrong}")


def _wrong_elements(statement: Mapping[str, Any]) -> str:
    """Elements that a statement lacks, or has too many of, wherever it stands; empty for nothing."""
    if "Effect" not in statement:
        return "Effect is missing; Allow and Deny are known"
    twice = next((pair for pair in PAIRS if pair[0] in statement and pair[1] in statement), None)
    if twice:
        return f"a statement has either {' or '.join(twice)}"
    if "NotPrincipal" in statement and statement["Effect"] == "Allow":
        return "NotPrincipal with Allow: AWS takes it with Deny only"
    if "Action" not in statement and "NotAction" not in statement:
        return "a statement has Action or NotAction"
    if not any(element in statement for pair in (PAIRS[0], PAIRS[2]) for element in pair):
        return "a statement has Resource or NotResource, or that of a trust policy Principal"
    return ""


def _wrong_values(statement: Mapping[str, Any]) -> str:
    """The reason for which AWS takes one of a statement's values nowhere; empty if it takes all."""
    for element in PAIRS[1]:
        for action in _each(statement.get(element, ())):
            if not _ACTION.fullmatch(action):
                return f"{action!r} is no action: a service, a colon, a name"
    for element in PAIRS[2]:
        for resource in _each(statement.get(element, ())):
            wrong = _wrong_arn(resource)
            if wrong:
                return f"{element} {resource!r}: {wrong}"
    return ""


def _each(value: Any) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _wrong_arn(resource: str) -> str:
    """The reason for which AWS takes no such resource; empty for one that it takes."""
    if resource == "*":
        return ""
    head, partition, service, region, account, last = (*resource.split(":", 5), *[None] * 5)[:6]
    if head != "arn" or partition is None:
        return "a resource is * or an ARN"
    if not _PARTITION.fullmatch(partition):
        return f"there is no partition {partition!r}"
    if not service or re.search(r"[*?]", service):
        return "an ARN names its service, without a wildcard"
    if region is None or (last is None and not resource.endswith("*")):
        return "an ARN has six parts"
    if service == "iam" and last is not None:
        if region:
            return "no resource of IAM has a region"
        if last != "*" and not last.startswith(_IAM_PATHS):
            return f"a resource of IAM begins with {', '.join(_IAM_PATHS)}"
    if service == "s3" and region and account == "":
        return "the ARN of a bucket or an object has no region"
    return ""
