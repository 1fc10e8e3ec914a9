"""Mutants of a policy document: each is a mistake that a person makes in one place of one statement.

A statement, a condition or one entry of a list is dropped; one entry too many is added; one pattern is widened by a
part; a switch is turned; a date is moved by a day. Entries are added and patterns widened where that lets more through:
in an Allow what it names, in a Deny what it leaves out.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, cast

from mesh.evaluator.moments import written

Mistake = Literal["dropped", "added", "widened", "turned", "moved"]

Json = Mapping[str, Any]

_LISTS: Final = ("Action", "NotAction", "Resource", "NotResource")
_ELEMENTS: Final = frozenset({*_LISTS, "Principal"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """A document with one mistake in the statement `sid`; `change` says it, and is empty for the whole statement."""

    document: str
    sid: str
    change: str = ""
    mistake: Mistake = "dropped"

    def __str__(self) -> str:
        return f"{self.document}: {self.sid}{f', {self.change}' if self.change else ''} {self.mistake}"

    @property
    def whole(self) -> bool:
        """Whether a whole statement or a whole condition (`operator key`) is dropped."""
        words = self.change.split(" ")
        return self.mistake == "dropped" and (not self.change or (len(words) == 2 and words[0] not in _ELEMENTS))


class Changed(NamedTuple):
    """A mutant of one statement; `statement` is None when it is dropped.

    `actions` are the patterns of actions for which it can differ from the original; None when it can for all.
    """

    mutant: Mutant
    number: int
    statement: Json | None
    actions: tuple[str, ...] | None = None


SOMEBODY: Final = "role/somebody"
"""A role that nobody planned, as an administrator makes one: claims ask a caller of this name in every account."""
_MESH_ROLES: Final = "arn:aws:iam::*:role/mesh/*"
_LOG_GROUP: Final = "kms:EncryptionContext:aws:logs:arn"
_ARN_KEYS: Final = frozenset(
    {"aws:PrincipalArn", "aws:SourceArn", "iam:PolicyARN", "iam:PermissionsBoundary", _LOG_GROUP}
)


def mutants(document: str, statements: list[Json]) -> Iterator[Changed]:
    """Every mutant of the statements of a document."""
    for number, statement in enumerate(statements):
        sid = str(statement["Sid"])
        yield Changed(Mutant(document, sid), number, None)
        for change, mistake, changed in _changes(statement):
            yield Changed(Mutant(document, sid, change, mistake), number, changed, _differing(change))


def _differing(change: str) -> tuple[str, ...] | None:
    """Patterns of actions, before and after, of a change to a list of them."""
    element, _, entries = change.partition(" ")
    return tuple(entries.lower().split(" to ")) if element.endswith("Action") else None


_Change = tuple[str, Mistake, Json]


def _changes(statement: Json) -> Iterator[_Change]:
    yield from _of_lists(statement)
    yield from _of_principal(statement)
    yield from _of_conditions(statement)


# ---- actions and resources


def _of_lists(statement: Json) -> Iterator[_Change]:
    for element in _LISTS:
        if element not in statement:
            continue
        entries = _listed(statement[element])
        for place, entry in enumerate(entries):
            rest = [*entries[:place], *entries[place + 1 :]]
            if rest:
                yield f"{element} {entry}", "dropped", {**statement, element: rest}
        if not _lets_more_through(statement, element):
            continue
        more = _more_actions if element.endswith("Action") else _more_resources
        for entry in more(entries):
            yield f"{element} {entry}", "added", {**statement, element: [*entries, entry]}
        for place, entry in enumerate(entries):
            for wider in _wider_action(entry) if element.endswith("Action") else _wider_arn(entry):
                changed = [*entries[:place], wider, *entries[place + 1 :]]
                yield f"{element} {entry} to {wider}", "widened", {**statement, element: changed}


def _lets_more_through(statement: Json, element: str) -> bool:
    """Whether one entry more lets more through: in an Allow of what it names, in a Deny of what it leaves out."""
    return (statement["Effect"] == "Allow") != element.startswith("Not")


def _more_actions(entries: list[str]) -> Iterator[str]:
    services = dict.fromkeys(entry.partition(":")[0] for entry in entries if ":" in entry)
    yield from (f"{service}:*" for service in services if f"{service}:*" not in entries)


def _more_resources(entries: list[str]) -> Iterator[str]:
    if "*" not in entries:
        yield "*"


_WORD: Final = re.compile(r"([A-Za-z0-9-]+:[A-Z][a-z0-9]+)[A-Z].*")


def _wider_action(action: str) -> Iterator[str]:
    """`s3:GetObject` as `s3:Get*`; an action of one word, or with a wildcard at that place, has no wider form."""
    found = _WORD.fullmatch(action)
    if found and found[1] != action.removesuffix("*"):
        yield f"{found[1]}*"


_COLON: Final = re.compile(r":(?![^{]*\})")
"""A colon that parts an ARN, which one in a policy variable does not."""


def _wider_arn(arn: str) -> Iterator[str]:
    """An ARN with its last part open, then with its account open."""
    if not arn.startswith("arn:"):
        return
    parts = _COLON.split(arn, 5)
    if len(parts) < 6:
        return
    head, last = parts[:5], parts[5]
    wider = f"{re.sub(r'[^/:]*$', '', last.rstrip('*').rstrip('/:'))}*"
    if wider != last and "${" not in last:
        yield ":".join((*head, wider))
    if re.fullmatch(r"\d{12}|\$\{.*\}", head[4]):
        yield ":".join((*head[:4], "*", last))


# ---- principals

_OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS": ("arn:aws:iam::666666666666:root", "*"),
    "Service": ("ec2.amazonaws.com", "glue.amazonaws.com"),
    "Federated": ("cognito-identity.amazonaws.com",),
}
"""Principals that nobody planned: a stranger's account, everybody, another service, another identity provider."""


def _of_principal(statement: Json) -> Iterator[_Change]:
    principal: Any = statement.get("Principal")
    if not isinstance(principal, dict):
        return
    for kind, value in cast("dict[str, Any]", principal).items():
        ids = _listed(value)
        for place, each in enumerate(ids):
            rest = [*ids[:place], *ids[place + 1 :]]
            if rest:
                yield f"Principal {each}", "dropped", {**statement, "Principal": {**principal, kind: rest}}
        if statement["Effect"] == "Allow":
            for each in (more for more in _OTHERS[kind] if more not in ids):
                yield f"Principal {each}", "added", {**statement, "Principal": {**principal, kind: [*ids, each]}}


# ---- conditions

_TURNED: Final = {"true": "false", "false": "true"}


def _of_conditions(statement: Json) -> Iterator[_Change]:
    block: Mapping[str, Mapping[str, Any]] = statement.get("Condition", {})
    for operator, keys in block.items():
        for key, value in keys.items():
            name, values = f"{operator} {key}", _listed(value)
            yield name, "dropped", _with_condition(statement, operator, key, None)
            for place, each in enumerate(values):
                rest = [*values[:place], *values[place + 1 :]]
                if rest:
                    yield f"{name} {each}", "dropped", _with_condition(statement, operator, key, rest)
            for change, mistake, changed in _of_values(operator, key, values, deny=statement["Effect"] == "Deny"):
                yield f"{name} {change}", mistake, _with_condition(statement, operator, key, changed)


def _of_values(operator: str, key: str, values: list[str], *, deny: bool) -> Iterator[tuple[str, Mistake, list[str]]]:
    kind = operator.rpartition(":")[2].removesuffix("IfExists")
    if kind in ("Bool", "Null"):
        yield f"to {_TURNED[values[0]]}", "turned", [_TURNED[values[0]]]
    elif kind.startswith("Numeric"):
        more = ("GreaterThan" in kind) == deny
        other = str(round(float(values[0]) * (10 if more else 0.1)))
        yield f"{values[0]} to {other}", "widened", [other]
    elif kind.startswith("Date"):
        for other in _days_beside(values[0]):
            yield f"{values[0]} to {other}", "moved", [other]
    elif ("Not" in kind) == deny:
        patterns = "Like" in kind or kind.startswith("Arn")
        for each in _more_values(key, values, patterns=patterns):
            yield each, "added", [*values, each]
        if patterns:
            for place, each in enumerate(values):
                for wider in _wider_value(each):
                    yield f"{each} to {wider}", "widened", [*values[:place], wider, *values[place + 1 :]]


_VALUES: Final[Mapping[str, str]] = {
    "aws:PrincipalAccount": "666666666666",
    "aws:PrincipalOrgID": "o-somebodyelse",
    "aws:RequestedRegion": "us-east-1",
    "aws:ResourceAccount": "666666666666",
    "aws:ResourceOrgID": "o-somebodyelse",
    "aws:SourceAccount": "666666666666",
    "aws:SourceIp": "0.0.0.0/0",
    "aws:SourceOrgID": "o-somebodyelse",
    "aws:SourceVpc": "vpc-elsewhere",
    "aws:TagKeys": "team",
    "aws:VpceOrgID": "o-somebodyelse",
    "ec2:VpceServiceOwner": "777777777777",
    "events:creatorAccount": "666666666666",
    "events:detail-type": "please open the attachment",
    "iam:AWSServiceName": "replication.dynamodb.amazonaws.com",
    "kms:CallerAccount": "666666666666",
    "kms:ResourceAliases": "alias/mesh/product/another",
    "ram:Principal": "666666666666",
    "s3:x-amz-server-side-encryption": "AES256",
    "sts:SourceIdentity": "somebody-else",
}
"""A value too many, by key, of the keys whose values are no patterns; of any other key a text that is nobody's."""


def _days_beside(moment: str) -> Iterator[str]:
    """The moment a day before, and a day after: a last day that counts as over, and a day that nobody agreed to."""
    for days in (-1, 1):
        try:
            moved = datetime.datetime.fromisoformat(moment) + datetime.timedelta(days=days)
        except OverflowError:  # the first or the last day that there is
            continue
        yield written(moved)


def _more_values(key: str, values: list[str], *, patterns: bool) -> Iterator[str]:
    """One value too many: another role, another organisation, anything."""
    if key == "aws:PrincipalArn":
        more = [f"arn:aws:iam::*:{SOMEBODY}", _MESH_ROLES]
    elif key in _ARN_KEYS:
        more = ["arn:aws:*:*:*:*"] if patterns else [f"{values[0]}x"]
    elif key == "kms:ViaService":
        rest = values[0].partition(".")[2]
        more = [each for each in (f"ec2.{rest}", f"sqs.{rest}") if each not in values][:1]
    elif key in _VALUES:
        more = [_VALUES[key]]
    else:
        more = ["*"] if patterns else [f"{values[0]}x"]
    yield from (each for each in more if each not in values)


def _wider_value(value: str) -> Iterator[str]:
    if value.startswith("arn:"):
        yield from _wider_arn(value)
    elif value != "*" and "${" not in value:
        shorter = re.sub(r"[^/:.]*[/:.]?\*?$", "", value.rstrip("/*"))
        yield f"{shorter}*"


def _with_condition(statement: Json, operator: str, key: str, values: list[str] | None) -> Json:
    block = {name: dict(keys) for name, keys in statement["Condition"].items()}
    if values is None:
        del block[operator][key]
    else:
        block[operator][key] = values
    block = {name: keys for name, keys in block.items() if keys}
    rest = {element: value for element, value in statement.items() if element != "Condition"}
    return {**rest, "Condition": block} if block else rest


def _listed(value: Any) -> list[str]:
    return [str(each) for each in cast("list[Any]", value)] if isinstance(value, list) else [str(value)]
