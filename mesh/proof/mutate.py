"""Mutation testing of the policies: each mistake that a person could make in one is to be noticed by an invariant.

A mistake that no invariant notices is in a dead place or an unproven one. Only claims whose request the changed
statement takes otherwise than the original are decided again.
"""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final, NamedTuple

from mesh.aws import bucket_namespace
from mesh.evaluator.decide import Case
from mesh.evaluator.errors import MalformedError, UnknownError
from mesh.evaluator.policies import Policy, compiled
from mesh.plan import Plan
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.equivalent_mutants import REASONS
from mesh.proof.forms import by_form, marker
from mesh.proof.harmless_mutants import computed_reason
from mesh.proof.invariants import INVARIANTS
from mesh.proof.lake_mutants import lake_mutants
from mesh.proof.mutants import Changed, Json, Mutant, mutants
from mesh.proof.reach import Reach
from mesh.proof.same_reach import reason_of_reach
from mesh.proof.subject import Subject
from mesh.proof.verdicts import Explained, Verdict, Verdicts, code_digest, digest_of, mark_of
from mesh.proof.written_labels import WrittenLabels

NONE_KNOWN: Final[Verdicts] = MappingProxyType({})
REFUSED_BY_AWS: Final = "AWS"
"""The one that notices a document which AWS does not take: it cannot be deployed."""


@dataclass(frozen=True, slots=True)
class MutationOutcome:
    """A mutant with the invariant that noticed it, or the reason why none has to.

    `claim` is the position of the claim that failed, among the claims on requests.
    """

    mutant: Mutant
    noticed_by: str | None
    reason: str | None = None
    claim: int | None = None

    @property
    def survives(self) -> bool:
        """Whether the mutant survives: no invariant notices it, and no reason is written down."""
        return self.noticed_by is None and self.reason is None


class DocumentOutcome(NamedTuple):
    """The verdict on one document, and the mutants of it that survive."""

    verdict: Verdict
    survivors: tuple[Mutant, ...]


class Mutation:
    """All mutants of a plan, and the claims that are decided again for each."""

    def __init__(self, plan: Plan, written: WrittenLabels) -> None:
        self.subject = Subject(plan, written)
        claims = [(each.id, claim) for each in INVARIANTS for claim in each.claims(self.subject)]
        self.claims: list[tuple[str, Claim]] = [(name, c) for name, c in claims if isinstance(c, Claim)]
        others: list[tuple[str, AnyClaim]] = [(name, c) for name, c in claims if not isinstance(c, Claim)]
        # Facts come last: those that follow a whole read are the dearest.
        self._others = sorted(others, key=lambda each: isinstance(each[1], Fact))
        self._controls = {
            id(policy)
            for account in self.subject.world.accounts.values()
            for node in (*account.service_control, *account.resource_control)
            for policy in node
        }

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        """One policy of each form."""
        return tuple(alike[0] for alike in by_form(self.subject.plan, self.subject.policies))

    @cached_property
    def reach(self) -> Reach:
        """The claims for which each policy is asked."""
        return Reach([claim for _, claim in self.claims], self.subject.world)

    def run(self, known: Verdicts = NONE_KNOWN) -> Iterator[DocumentOutcome]:
        """Outcomes of the mutants of one document of each form, then of Lake Formation's."""
        for alike in by_form(self.subject.plan, self.subject.policies):
            yield self.of_form(alike, known)
        yield self._outcome("Lake Formation", "", 1, list(self.of_lakes()))

    def of_form(self, alike: Sequence[Policy], known: Verdicts = NONE_KNOWN) -> DocumentOutcome:
        """Outcome of the mutants of the first policy of a form; a known verdict stands where nothing changed."""
        policy, before = alike[0], known.get(alike[0].name)
        asking = (self._marks[position] for position in self.reach.of(policy))
        digest = digest_of(self._code, policy, self.reach.beside(policy), asking)
        if before and (before.digest, before.alike) == (digest, len(alike)):
            return DocumentOutcome(before, ())
        noticed_by = set(before.claims) if before else set[str]()
        first = (position for position, mark in enumerate(self._marks) if mark in noticed_by)
        return self._outcome(policy.name, digest, len(alike), list(self.of_policy(policy, first)))

    @cached_property
    def _code(self) -> str:
        return code_digest()

    @cached_property
    def _marks(self) -> list[str]:
        return [mark_of(invariant, claim) for invariant, claim in self.claims]

    def _outcome(self, document: str, digest: str, alike: int, outcomes: Sequence[MutationOutcome]) -> DocumentOutcome:
        noticed = Counter(each.noticed_by for each in outcomes if each.noticed_by)
        verdict = Verdict(
            document=document,
            digest=digest,
            alike=alike,
            noticed=dict(sorted(noticed.items())),
            explained=tuple(Explained(str(each.mutant), each.reason) for each in outcomes if each.reason),
            claims=tuple(dict.fromkeys(self._marks[each.claim] for each in outcomes if each.claim is not None)),
        )
        return DocumentOutcome(verdict, tuple(each.mutant for each in outcomes if each.survives))

    def of_statements(self) -> Iterator[tuple[Mutant, tuple[str, ...]]]:
        """Mutants that have lost a statement, each with all invariants that fail without it."""
        for policy in self.policies:
            losses = [each for each in mutants(policy.name, _statements(policy)) if each.statement is None]
            noticing = _Noticing(self, policy, losses, at_most=len(INVARIANTS))
            noticing.ask(self.reach.of(policy))
            for place, loss in enumerate(losses):
                failing = noticing.by[place]
                yield loss.mutant, tuple(each.id for each in INVARIANTS if each.id in failing)

    def of_policy(self, policy: Policy, first: Iterable[int] = (), *, whole: bool = False) -> Iterator[MutationOutcome]:
        """The outcome of every mutant of a policy; claims at the positions `first` are asked before all others.

        `whole`: of those alone that lack a whole statement or a whole condition.
        """
        statements = _statements(policy)
        changes = [each for each in mutants(policy.name, statements) if each.mutant.whole or not whole]
        noticing = _Noticing(self, policy, changes)
        noticing.ask(first)
        if noticing.open:
            noticing.ask(self.reach.of(policy))
        for place, change in enumerate(changes):
            invariant, claim = next(iter(noticing.by[place].items()), (None, None))
            why = None if invariant else self._reason(policy, change, statements)
            yield MutationOutcome(change.mutant, invariant, why, claim)

    def _reason(self, policy: Policy, change: Changed, statements: list[Json]) -> str | None:
        computed = computed_reason(change, statements)
        reach = reason_of_reach(change, statements[change.number], self._carriers.get(id(policy)))
        return reason(change.mutant) or computed or reach

    @cached_property
    def _carriers(self) -> dict[int, str]:
        """ARNs of the resources, and of the roles, whose policies there are."""
        resources, roles = self.subject.world.resources.values(), self.subject.world.roles.values()
        trusts = {id(role.trust): role.arn for role in roles if role.trust}
        return trusts | {id(resource.policy): resource.arn for resource in resources if resource.policy}

    def of_lakes(self) -> Iterator[MutationOutcome]:
        """The outcome of every mutant of Lake Formation: of a grant, and of a label."""
        whole = self.subject.lakes
        try:
            for mutant, lakes in lake_mutants(whole, marker(self.subject.plan)):
                self.subject.put_lakes(lakes)
                noticed = next((name for name, claim in self._others if claim.check(self.subject)), None)
                yield MutationOutcome(mutant, noticed, None if noticed else reason(mutant))
        finally:
            self.subject.put_lakes(whole)

    def fails(self, claim: AnyClaim) -> bool:
        """Whether a claim does not hold; one that cannot be decided does not."""
        return claim.check(self.subject) is not None

    def forget(self, policy: Policy) -> None:
        """Forgets what accounts keep of a control policy: by action, the statements of the document before."""
        if id(policy) in self._controls:
            for account in self.subject.world.accounts.values():
                account.selected.clear()
                account.opened.clear()


class _Noticing:
    """Mutants of one policy, and by whom each was noticed: invariants with the position of the claim that failed."""

    def __init__(self, mutation: Mutation, policy: Policy, changes: Sequence[Changed], at_most: int = 1) -> None:
        self._mutation, self._policy, self._changes, self._at_most = mutation, policy, changes, at_most
        self._original = _statements(policy)
        self._before = [_alone(policy, statement) for statement in self._original]
        self._after: dict[int, Policy | None] = {}
        self.by: list[dict[str, int | None]] = [{} for _ in changes]
        self.open: set[int] = set()
        for place, change in enumerate(changes):
            if self._is_taken(change):
                self.open.add(place)
            else:
                self.by[place][REFUSED_BY_AWS] = None
        self._mattering = _Mattering([(each, changes[each]) for each in sorted(self.open)], self._before)
        self._waiting: dict[int, list[int]] = {}
        self._batch: dict[int, int] = {}

    def _is_taken(self, change: Changed) -> bool:
        """Whether AWS takes the document of a mutant; of other actions in a list it takes any."""
        if change.actions or (change.statement is None and len(self._original) == 1):
            return True
        try:
            with self._policy.standing_in(self._document(change)):
                self._policy.compile()
        except MalformedError:
            return False
        return True

    def _changed(self, place: int) -> Policy | None:
        """The changed statement alone; None when it is gone."""
        if place not in self._after:
            statement = self._changes[place].statement
            self._after[place] = _alone(self._policy, statement) if statement is not None else None
        return self._after[place]

    def _document(self, change: Changed) -> Json:
        rest = list(self._original)
        rest[change.number : change.number + 1] = [] if change.statement is None else [change.statement]
        return {"Version": "2012-10-17", "Statement": rest}

    def ask(self, positions: Iterable[int]) -> None:
        """Decides the claims that see a difference again, until every mutant is noticed or no claim is left."""
        world = self._mutation.subject.world
        for position in positions:
            if not self.open:
                break
            claim = self._mutation.claims[position][1]
            places = self._mattering.to(claim.request.action.lower())
            asked = [place for place in places if place in self.open]
            if asked:
                self._compare(position, claim.case(world), asked)
        for place in tuple(self._waiting):
            self._decide(place)

    def _compare(self, position: int, case: Case, places: Iterable[int]) -> None:
        """Keeps the claim for each mutant whose statement takes the request otherwise than the original."""
        before: dict[int, bool | None] = {}
        for place in places:
            number = self._changes[place].number
            if number not in before:
                before[number] = _takes(self._before[number], case)
            if before[number] is None or before[number] != _takes(self._changed(place), case):
                waiting = self._waiting.setdefault(place, [])
                waiting.append(position)
                if len(waiting) >= self._batch.get(place, 1):
                    self._decide(place)

    def _decide(self, place: int) -> None:
        """Decides the waiting claims of a mutant with its document in the policy's place."""
        waiting, found = self._waiting.pop(place, []), self.by[place]
        # A mutant that many claims pass is compiled less and less often.
        self._batch[place] = min(2 * self._batch.get(place, 1), 4096)
        mutation = self._mutation
        with self._policy.standing_in(self._document(self._changes[place])):
            mutation.forget(self._policy)
            for position in waiting:
                invariant, claim = mutation.claims[position]
                if invariant not in found and mutation.fails(claim):
                    found[invariant] = position
                    if len(found) == self._at_most:
                        self.open.discard(place)
                        break
        mutation.forget(self._policy)


class _Mattering:
    """Mutants by the actions to whose requests they could matter."""

    def __init__(self, changes: Iterable[tuple[int, Changed]], before: Sequence[Policy]) -> None:
        self._before = before
        self._of_statement: dict[int, list[int]] = {}
        self._of_action: dict[str, list[int]] = {}
        self._of_patterns: list[tuple[re.Pattern[str], int]] = []
        for place, change in changes:
            if change.actions is None:
                self._of_statement.setdefault(change.number, []).append(place)
            for pattern in change.actions or ():
                if "*" in pattern or "?" in pattern:
                    self._of_patterns.append((re.compile(fnmatch.translate(pattern)), place))
                else:
                    self._of_action.setdefault(pattern, []).append(place)
        self._known: dict[str, tuple[int, ...]] = {}

    def to(self, action: str) -> tuple[int, ...]:
        """Places of the mutants that could matter to a request for the action (lower case)."""
        if action not in self._known:
            named = (number for number in self._of_statement if _names(self._before[number], action))
            self._known[action] = (
                *(place for number in named for place in self._of_statement[number]),
                *self._of_action.get(action, ()),
                *(place for pattern, place in self._of_patterns if pattern.fullmatch(action)),
            )
        return self._known[action]


def _statements(policy: Policy) -> list[Json]:
    return list(policy.document["Statement"])


def _alone(policy: Policy, statement: Json) -> Policy:
    return compiled(policy.name, {"Version": "2012-10-17", "Statement": [statement]})


def _names(policy: Policy, action: str) -> bool:
    return bool(policy.denies(action) or policy.allows(action))


def _takes(policy: Policy | None, case: Case) -> bool | None:
    """Whether the one statement of a policy takes the request; None when that cannot be decided."""
    if policy is None:
        return False
    try:
        return any(
            statement.who(case.principal.caller) and statement.applies(case.resource, case.keys)
            for statement in (*policy.denies(case.action), *policy.allows(case.action))
        )
    except UnknownError:
        return None


def reason(mutant: Mutant) -> str | None:
    """The written reason why no invariant has to notice a mutant; None when there is none."""
    matches: Callable[[str, str], bool] = fnmatch.fnmatchcase
    named = bucket_namespace.without_suffix(mutant.document)
    for document, sid, change, why in REASONS:
        if matches(named, document) and matches(mutant.sid, sid) and matches(mutant.change, change):
            return why
    return None
