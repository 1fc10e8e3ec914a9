"""SCPs on every unit that list the allowed actions: every other action of AWS is refused, to deployments as well.

A list that is longer than a document is split by service: each document is a Deny whose `NotAction` has the allowed
actions of its own services by name, and `service:*` of the services of the other documents. An action is let through
by all of them exactly when it is listed; one of a service that no document has, or that AWS adds, is refused by all.
AWS's FullAWSAccess stays attached: the documents only take away (Organizations User Guide, "SCP evaluation").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from string import ascii_lowercase
from typing import Final, NamedTuple

from mesh.aws.allowed_actions import ListedService, listed_services
from mesh.iam.statement import Document, Statement, document

ALLOW_LIST: Final = "mesh-actions-of-"
"""Beginning of the name of each of these policies."""

OF_AN_ALLOW_LIST: Final = "RefuseOtherActionsOf"
"""Beginning of the Sid of each of their statements."""


class ServicePart(NamedTuple):
    """A service, or its actions that begin with certain letters: one too long for a document is split by them."""

    prefix: str
    letters: str = ascii_lowercase

    def has(self, name: str) -> bool:
        """Whether an action (without the prefix) belongs to the part; the case of names does not count."""
        return name[:1].lower() in self.letters


class AllowList(NamedTuple):
    """One document: what it is about, as its Sid and its policy's name say, and the services whose actions it has."""

    subject: str
    parts: tuple[ServicePart, ...]

    @property
    def sid(self) -> str:
        """Sid of the document's one statement."""
        return f"{OF_AN_ALLOW_LIST}{self.subject}"


def _of(subject: str, services: str) -> AllowList:
    return AllowList(subject, tuple(ServicePart(name) for name in services.split()))


ALLOW_LISTS: Final = (
    _of(
        "Accounts",
        "access-analyzer account budgets ce cloudformation cloudtrail health iam organizations ram resource-groups "
        "servicequotas sts tag",
    ),
    _of("Data", "athena dynamodb glue kms lakeformation s3 secretsmanager sns sqs"),
    _of("Workloads", "cloudwatch ec2 ecr events lambda logs ssm states xray"),
)
"""The documents. A service stays in its document when another one gets an action, so that one document changes."""


@cache
def allow_lists() -> Mapping[str, Document]:
    """Every document by its subject. Raises ValueError for a service that stands in none, or twice."""
    return dict(zip((each.subject for each in ALLOW_LISTS), documents(ALLOW_LISTS, listed_services()), strict=True))


def sid_of(service: str) -> str | None:
    """Sid of the statement that refuses what is not listed of a service; None for a service that no document has."""
    return next((each.sid for each in ALLOW_LISTS if any(part.prefix == service for part in each.parts)), None)


def documents(lists: tuple[AllowList, ...], services: Mapping[str, ListedService]) -> tuple[Document, ...]:
    """Documents of any such lists. Raises ValueError when an action of the services would stand in none, or in two."""
    _check(lists, services)
    return tuple(
        document(
            Statement(
                sid=each.sid,
                what="Every action is refused that no allow list names; this one names those of services for "
                f"{each.subject.lower()}.",
                why="A list of what to refuse is never complete: AWS adds actions by the week, and nobody is excepted.",
                not_actions=(*_own(each, services), *_others(each, lists)),
                resources=("*",),
            )
        )
        for each in lists
    )


def _own(each: AllowList, services: Mapping[str, ListedService]) -> Iterator[str]:
    """Allowed actions of a document's own services, by name."""
    for part in each.parts:
        yield from (f"{part.prefix}:{name}" for name in sorted(services[part.prefix].allowed) if part.has(name))


def _others(each: AllowList, lists: tuple[AllowList, ...]) -> Iterator[str]:
    """Patterns of all actions of the other documents' services, which those documents decide."""
    own = {part.prefix: part.letters for part in each.parts}
    for prefix in sorted({part.prefix for other in lists for part in other.parts}):
        if prefix not in own:
            yield f"{prefix}:*"
        else:
            yield from (f"{prefix}:{letter}*" for letter in ascii_lowercase if letter not in own[prefix])


def _check(lists: tuple[AllowList, ...], services: Mapping[str, ListedService]) -> None:
    letters: dict[str, str] = {}
    for each in lists:
        for part in each.parts:
            letters[part.prefix] = letters.get(part.prefix, "") + part.letters
    for prefix in services.keys() | letters.keys():
        if prefix not in services:
            raise ValueError(f"{prefix} stands in ALLOW_LISTS, and mesh/aws/actions/{prefix}.yaml is missing")
        if "".join(sorted(letters.get(prefix, ""))) != ascii_lowercase:
            raise ValueError(f"{prefix} is listed: it stands in one document of ALLOW_LISTS, or in one for each letter")
