"""Entitlements by the design: who may do what on a resource with a policy, for which no policy is read.

Every action of AWS's reference that can do harm to a resource of the type is asked, also those that a control policy
refuses to everybody in a member account: a resource's policy is a second line, and has to hold by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from mesh import names
from mesh.aws.allowed_actions import listed_services
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.proof.claims import Claim
from mesh.proof.subject import OTHER_ORGANIZATION, Actor, Subject

NOT_USED: Final = "not used"
"""Where `mesh/aws/actions` has what is refused though it does no harm."""


CRYPTOGRAPHIC: Final = re.compile(
    "kms:(Decapsulate|Decrypt|DeriveSharedSecret|Encapsulate|Encrypt|GenerateDataKey.*|GenerateMac|ReEncrypt.*|Sign)"
)
"""What uses a key (KMS Developer Guide, "Cryptographic operations"); other actions administer it."""


class Harm(NamedTuple):
    """An action that can do harm; `reads` when it returns data, `refused` when nobody in a member account may do it."""

    action: str
    reads: bool
    refused: bool


@lru_cache(maxsize=512)
def harms(service: str) -> tuple[Harm, ...]:
    """Every action of a listed service that can do harm, allowed or refused."""
    listed = listed_services()[service]
    allowed = (each for each in listed.allowed.values() if not each.harmless)
    refused = ((name, powers) for name, powers in listed.refused.items() if powers != NOT_USED)
    return (
        *(Harm(f"{service}:{each.name}", "reads data" in each.can, refused=False) for each in allowed),
        *(Harm(f"{service}:{name}", powers == "reads data", refused=True) for name, powers in refused),
    )


Entitled = Callable[[Harm, Actor], bool]
"""Whether the design entitles a caller to an action on a resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Parts of a resource, who is entitled to what on them, and with which keys a request comes.

    `account` owns it. `thorough` are asked every harm, `callers` one harm of each kind; to an `outsider` the policy
    refuses what is harmless, too. `denies` are the harms that the policy refuses by itself; the others it does not
    admit.
    """

    account: str
    arns: tuple[str, ...]
    thorough: tuple[Actor, ...]
    callers: tuple[Actor, ...]
    entitled: Entitled
    denies: Entitled
    outsider: Actor | None = None
    context: Mapping[str, str] = field(default_factory=dict[str, str])


def claims(keeping: Keeping) -> Iterator[Claim]:
    """Claims that the policy of a resource refuses each harm to all but those who are entitled to it."""
    for arn in keeping.arns:
        kinds: set[tuple[bool, ...]] = set()
        for harm in harms(arn.split(":")[2]):
            if facts.takes(harm.action, arn):
                kind = tuple(keeping.denies(harm, caller) for caller in keeping.callers)
                new = not harm.refused and (harm.reads, *kind) not in kinds
                kinds.add((harm.reads, *kind))
                for caller in (*keeping.thorough, *keeping.callers) if new else keeping.thorough:
                    yield from _claim(keeping, arn, harm, caller)
        yield from _nothing_at_all(keeping, arn)


def _nothing_at_all(keeping: Keeping, arn: str) -> Iterator[Claim]:
    outsider, service = keeping.outsider, arn.split(":")[2]
    for name in facts.actions_of(service) if outsider else ():
        if outsider and facts.takes(f"{service}:{name}", arn):
            request = Request(outsider.name, f"{service}:{name}", arn, keeping.context)
            yield Claim(outsider.who, request, allowed=False, denied=("resource",), admitted=False)


def _claim(keeping: Keeping, arn: str, harm: Harm, caller: Actor) -> Iterator[Claim]:
    request = Request(caller.name, harm.action, arn, keeping.context)
    if keeping.entitled(harm, caller):
        if not harm.refused:
            yield Claim(caller.who, request, free=("resource",))
    elif keeping.denies(harm, caller):
        yield Claim(caller.who, request, allowed=False, denied=("resource",), admitted=False)
    else:
        yield Claim(caller.who, request, admitted=False)


def strangers(subject: Subject, account_id: str) -> Iterator[Actor]:
    """Callers of every other kind of account, and roles that a pattern too wide would take for one of the mesh's."""
    yield from subject.of_governance
    yield from (caller for domain in subject.domains[:2] for caller in subject.of_domain(domain))
    yield from (*subject.of_partners, *subject.of_management, *subject.outsiders)
    yield from like_named(account_id)


_FOLDERS: Final = ("clearance", "delivery", "location", "pipeline/none", "publisher")
_ADMITTED: Final = ("somebody", *(f"{folder}/somebody" for folder in _FOLDERS))
"""Paths of roles that the policy of some resource admits, and one of none."""
_ENTERED: Final = ("break-glass/somebody", "ci/somebody", *names.STAFF)
"""Paths of roles that people and CI enter; the policy of no resource admits one."""


def like_named(account_id: str) -> Iterator[Actor]:
    """Roles that the plan does not have, of every path of the mesh, at home and in an account of a stranger."""
    for account, where, paths in (
        (account_id, "at home", (*_ADMITTED, *_ENTERED)),
        (OTHER_ORGANIZATION, "of an outsider", _ADMITTED),
    ):
        for path in paths:
            yield Actor(f"a role mesh/{path} {where}", names.role(account, path), None, account, "like-named")


def namesakes(subject: Subject, *roles: str | None) -> Iterator[Actor]:
    """Roles of the same names in accounts where they are nobody's: another domain's, governance's, an outsider's."""
    for role in roles:
        for account in (subject.domains[-1].access.account_id, subject.hub, OTHER_ORGANIZATION):
            if role and account != role.split(":")[4]:
                name = ":".join((*role.split(":")[:4], account, role.split(":", 5)[5]))
                yield Actor(f"a role named like {role}", name, None, account, "like-named")
