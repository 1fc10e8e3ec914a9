"""Reach of a document beside that of another one, for all requests, by z3: equivalent, narrower or wider.

A document lets more through where a Deny refused what none refuses now, and where an Allow takes what none took. What
only one of two documents lets through is looked for statement by statement, among those that are not in both of them
word for word. It needs the package `z3-solver`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from mesh.changes.document_changes import Breadth, PolicyJson
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.patterns import like
from mesh.evaluator.policies import Policy
from mesh.proof.symbolic.encode import SymbolicRequest, Taken
from mesh.proof.symbolic.solve import Counterexample, Solver
from mesh.proof.symbolic.texts import Formula, negation

CALLER: Final = "aws:principalarn"
MOST_TRIED: Final = 8
"""Texts of the documents that are tried for an example, in each place of a request."""

WELL_KNOWN: Final = (
    "s3:GetObject",
    "s3:PutObject",
    "kms:Decrypt",
    "glue:GetTable",
    "sts:AssumeRole",
    "athena:GetWorkGroup",
)
"""Actions that stand for a pattern in an example, where it takes one of them."""


class ComparedDocuments(NamedTuple):
    """The reach of a document beside another one, with a request that only one of them lets through, in words."""

    reach: Breadth
    more: str = ""
    less: str = ""


def compare(before: PolicyJson, after: PolicyJson) -> ComparedDocuments:
    """The reach of the second document beside the first; `changed` where a statement has no encoding."""
    one, other = Policy("before", lambda: before), Policy("after", lambda: after)
    try:
        more, less = _escape(one, other), _escape(other, one)
    except UnknownError:
        return ComparedDocuments("changed")
    words: dict[tuple[bool, bool], Breadth] = {
        (False, False): "equivalent",
        (True, False): "wider",
        (False, True): "narrower",
        (True, True): "wider and narrower",
    }
    return ComparedDocuments(words[bool(more), bool(less)], more, less)


def _escape(one: Policy, other: Policy) -> str:
    """A request, in words, that the second document lets through and the first does not; empty when there is none."""
    for effect in ("Deny", "Allow"):
        # A Deny of the first that the second does not have, or an Allow of the second that the first does not have.
        of, beside = (one, other) if effect == "Deny" else (other, one)
        for number in _only(of, beside, effect):
            if found := _past(one, other, effect, number):
                return found
    return ""


def _only(of: Policy, beside: Policy, effect: str) -> Iterator[int]:
    """Numbers of the statements of an effect that another document does not have word for word."""
    there = [_said(each) for each in beside.document["Statement"]]
    for number, statement in enumerate(of.document["Statement"]):
        if statement["Effect"] == effect and _said(statement) not in there:
            yield number


def _said(statement: Mapping[str, Any]) -> dict[str, Any]:
    """A statement without its name, which says nothing to AWS."""
    return {key: value for key, value in statement.items() if key != "Sid"}


def _past(one: Policy, other: Policy, effect: str, number: int) -> str:
    """A request that a statement takes, and that for this reason only the second document lets through; or nothing."""
    asked = SymbolicRequest((one, other))
    of = one if effect == "Deny" else other
    statement = of.document["Statement"][number]
    actions = _texts(statement.get("Action", "*"))
    every = {kind: list(asked.statements(kind, actions)) for kind in ("Deny", "Allow")}
    taken = next((each for each in every[effect] if each.policy is of and each.number == number), None)
    if taken is None:
        return ""
    solver = Solver(asked)
    solver.add(asked.asks(*actions), asked.formed, taken.holds)
    avoided = [each for each in every["Deny"] if each.policy is other]
    avoided += [each for each in every["Allow"] if each.policy is one] if effect == "Allow" else []
    if not _beside_all(solver, asked, avoided):
        return ""
    return _example(solver, asked, statement, (one.document, other.document))


def _beside_all(solver: Solver, asked: SymbolicRequest, statements: Sequence[Taken]) -> bool:
    """Whether there is a request that no statement takes; the solver knows all of them then.

    z3 finds a request, the evaluator says which statement takes it, and that one is put to z3 next: few are needed to
    find that there is none.
    """
    left = list(statements)
    while (request := solver.find()) is not None:
        taking = next((each for each in left if _takes(request, each)), None)
        for each in [taking] if taking else list(left):
            left.remove(each)
            solver.add(negation(each.holds), asked.filled)
        if taking is None and not left:
            return solver.find() is not None
    return False


def _takes(request: Counterexample, taken: Taken) -> bool:
    effect = taken.policy.document["Statement"][taken.number]["Effect"]
    return taken.number in request.taken_by(taken.policy, effect)


# ---- an example, of texts that the documents themselves have: the same for the same documents, and no riddle


def _example(solver: Solver, asked: SymbolicRequest, statement: PolicyJson, documents: Sequence[PolicyJson]) -> str:
    for wish in (asked.service.equals(""), *(key.absent for key in asked.single.values() if key.name != CALLER)):
        _kept(solver, wish)
    resources = _texts(statement.get("Resource", "*"))
    patterns = _texts(statement.get("Action", "*"))
    named = [action for action in WELL_KNOWN if any(like(each.lower())(action.lower()) for each in patterns)]
    named += sorted(pattern for pattern in patterns if "*" not in pattern and pattern not in named)
    action = next((each for each in named[:MOST_TRIED] if _kept(solver, asked.action.equals(each.lower()))), "")
    resource = _chosen(solver, asked.resource, sorted(text for text in resources if text != "*"))
    key = asked.single.get(CALLER)
    caller = _chosen(solver, key.text, _values(documents)) if key and key.read_as == "text" else ""
    about = f"{f' on {resource}' if resource else ''}{f' by {caller}' if caller else ''}"
    return f"{action or f'an action such as {patterns[0]}'}{about}"


def _kept(solver: Solver, wish: Formula) -> bool:
    """Whether a request is left with a wish; the wish is kept then."""
    solver.push()
    solver.add(wish)
    if solver.find() is not None:
        return True
    solver.pop()
    return False


def _chosen(solver: Solver, text: Any, patterns: Sequence[str]) -> str:
    """The first of the texts that the request can have in this place; empty where it has none of the first ones."""
    tried = (_plain(pattern) for pattern in patterns[:MOST_TRIED])
    return next((each for each in tried if _kept(solver, text.equals(each))), "")


def _plain(pattern: str) -> str:
    """A text of a pattern: an account's id where an ARN has one, and `x` in the place of any other `*`."""
    return pattern.replace("::*:", "::111122223333:").replace("*", "x").replace("?", "x")


def _values(documents: Sequence[PolicyJson]) -> list[str]:
    """Values with which the documents compare the caller's ARN: those that only one of them has come first."""
    every = [_callers(document) for document in documents]
    both = every[0] & every[1]
    return sorted((every[0] | every[1]) - both) or sorted(both)


def _callers(document: PolicyJson) -> set[str]:
    return {
        value
        for statement in document["Statement"]
        for keys in cast("Mapping[str, Mapping[str, Any]]", statement.get("Condition", {})).values()
        for name, values in keys.items()
        if name.lower() == CALLER
        for value in _texts(values)
    }


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
