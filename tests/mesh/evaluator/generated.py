"""Small worlds for Hypothesis, as cases: a caller, a bucket, policies of a vocabulary in which things often match."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import Any

from hypothesis import strategies as st

from mesh.evaluator import Decision
from tests.mesh.evaluator.judge import (
    BUCKET,
    GUEST,
    GUEST_SESSION,
    HOME,
    OTHER,
    READER,
    SESSION,
    USER,
    Case,
    Expect,
    Statement,
    allow,
    decision_of,
)
from tests.mesh.evaluator.pages import EVALUATION

ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
OBJECTS = (f"{BUCKET}/2026/orders.csv", f"{BUCKET}/2025/orders.csv")
LAYERS = ("identity", "policy", "boundary", "session", "scp", "rcp")
CALLERS = (
    READER,
    SESSION,
    USER,
    GUEST,
    GUEST_SESSION,
    f"arn:aws:iam::{HOME}:root",
    "athena.amazonaws.com",
    "anonymous",
)

PRINCIPALS: tuple[object, ...] = (
    *("*", {"AWS": "*"}, {"AWS": READER}, {"AWS": SESSION}, {"AWS": USER}, {"AWS": GUEST}, {"AWS": [READER, GUEST]}),
    *({"AWS": HOME}, {"AWS": OTHER}, {"AWS": GUEST_SESSION}, {"Service": "athena.amazonaws.com"}),
)


_VPCES, _TEAMS = ("vpce-1", "vpce-2", "vpce-3"), ("env", "team", "cost")


def _subsets(values: tuple[str, ...]) -> list[list[str]]:
    return [list(each) for size in (1, 2) for each in permutations(values, size)]


# Operators with their keys and values. One draw picks a condition: much faster than a tree of draws.
_SINGLE: list[tuple[str, dict[str, Any]]] = [
    *(
        (operator, {"aws:SourceVpce": values})
        for operator in (
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLikeIfExists",
            "StringEqualsIfExists",
        )
        for values in _subsets((*_VPCES, "vpce-*"))
    ),
    *(
        (operator, {"aws:SourceVpce": values, "aws:SourceVpc": [vpc]})
        for operator in ("StringEquals", "StringNotEquals", "StringEqualsIfExists")
        for values in _subsets(_VPCES)
        for vpc in ("vpc-1", "vpc-2")
    ),
    *(
        (operator, {"aws:TagKeys": values})
        for operator in ("ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAnyValue:StringNotEquals")
        for values in _subsets(_TEAMS)
    ),
    *(
        (operator, {"s3:signatureAge": value})
        for operator in ("NumericLessThan", "NumericGreaterThanEquals", "NumericNotEquals")
        for value in ("5", "10")
    ),
    *(
        (operator, {"aws:SourceIp": values})
        for operator in ("IpAddress", "NotIpAddress")
        for values in _subsets(("10.0.0.0/8", "192.0.2.7"))
    ),
]
# None, one or two operators; half of the statements have no condition, or too little would match.
CONDITIONS: st.SearchStrategy[dict[str, dict[str, Any]]] = st.one_of(
    st.just({}),
    st.just({}),
    st.sampled_from(_SINGLE).map(lambda one: dict([one])),
    st.tuples(st.sampled_from(_SINGLE), st.sampled_from(_SINGLE)).map(dict),
)
CONTEXTS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "aws:SourceVpce": st.sampled_from(_VPCES),
        "aws:SourceVpc": st.sampled_from(("vpc-1", "vpc-2", "vpc-3")),
        "aws:TagKeys": st.sampled_from([tuple(each) for each in [[], *_subsets(_TEAMS)]]),
        "s3:signatureAge": st.sampled_from(("4", "5", "10")),
        "aws:SourceIp": st.sampled_from(("10.1.2.3", "192.0.2.7", "203.0.113.1")),
    },
)
_ACTION = st.sampled_from([*_subsets((*ACTIONS, "s3:Get*", "s3:*Object")), ["s3:*"], ["s3:*"]])
_RESOURCE = st.sampled_from(_subsets((f"{BUCKET}/*", f"{BUCKET}/2026/*", f"{BUCKET}/202?/orders.csv", BUCKET)))


@st.composite
def statements(draw: st.DrawFn, layer: str, effect: str | None = None, sid: str = "Added") -> Statement:
    """A statement that the layer takes: principals in resource policies and RCPs, only denies in RCPs and SCPs."""
    effect = "Deny" if layer in {"rcp", "scp"} else effect or draw(st.sampled_from(("Allow", "Allow", "Allow", "Deny")))
    statement: Statement = {"Sid": sid, "Effect": effect}
    if layer in {"policy", "rcp"}:
        statement["Principal"] = "*" if layer == "rcp" else draw(st.sampled_from(PRINCIPALS))
    actions = draw(_ACTION)
    statement["NotAction" if layer != "rcp" and draw(st.integers(0, 4)) == 0 else "Action"] = actions
    statement["NotResource" if draw(st.integers(0, 5)) == 0 else "Resource"] = draw(_RESOURCE)
    condition = draw(CONDITIONS)
    if condition:
        statement["Condition"] = condition
    return statement


# Without these nearly every question would be denied, and most properties would hold of nothing.
GENEROUS: dict[str, list[Statement]] = {
    "identity": [allow("s3:*", sid="Generous")],
    "boundary": [allow("s3:*", sid="Generous")],
    "session": [allow("s3:*", sid="Generous")],
    "policy": [allow("s3:*", f"{BUCKET}/*", to=to, sid="Generous") for to in PRINCIPALS],
}


@st.composite
def documents(draw: st.DrawFn, layer: str) -> tuple[Statement, ...]:
    """One to three statements, each with its own Sid."""
    found = tuple(draw(statements(layer, sid=f"S{index}")) for index in range(draw(st.integers(1, 3))))
    return (*found, draw(st.sampled_from(GENEROUS[layer]))) if layer in GENEROUS and draw(st.booleans()) else found


@st.composite
def questions(draw: st.DrawFn) -> Case:
    """A request in a small world."""
    by = draw(st.sampled_from(CALLERS))
    has_role = ":role/" in by or ":user/" in by or ":assumed-role/" in by
    personal = {"identity", "boundary", "session"} if has_role else set[str]()
    if ":user/" in by:
        personal.discard("session")
    bound = {"identity", "policy"} if has_role else {"policy"}
    layers = {
        layer: draw(documents(layer) if layer in bound else st.none() | documents(layer))
        for layer in LAYERS
        if layer in personal or layer in {"policy", "scp", "rcp"}
    }
    return Case(
        name="generated",
        rule="Generated.",
        page=EVALUATION,
        expect=Expect(None),
        by=by,
        action=draw(st.sampled_from(ACTIONS)),
        on=draw(st.sampled_from(OBJECTS)),
        context=draw(CONTEXTS),
        **layers,
    )


def verdict(case: Case) -> bool:
    """Allowed or not; a refusal is a failure here, since the vocabulary is known."""
    answer = decision_of(case)
    assert isinstance(answer, Decision), answer
    return answer.allowed


def written(case: Case, layer: str) -> tuple[Statement, ...]:
    """The statements of a layer, none if it has no policy."""
    found = getattr(case, layer)
    assert found is None or isinstance(found, tuple)
    return found or ()


def rewritten(case: Case, change: Callable[[Statement], tuple[Statement, ...]]) -> Case:
    """The case with every statement of every layer replaced by what `change` makes of it."""
    layers: dict[str, Any] = {
        layer: tuple(made for each in written(case, layer) for made in change(each))
        for layer in LAYERS
        if getattr(case, layer) is not None
    }
    return replace(case, **layers)


def with_statement(case: Case, layer: str, added: Statement, *, first: bool = False) -> Case:
    """The case with one more statement in a layer, at its end or its beginning."""
    before = written(case, layer)
    layers: dict[str, Any] = {layer: (added, *before) if first else (*before, added)}
    return replace(case, **layers)
