"""What holds of every decision: an added Deny never allows, order does not matter, the answer is pure, …"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from mesh.evaluator import Decision, decide
from tests.mesh.evaluator.generated import (
    ACTIONS,
    LAYERS,
    questions,
    rewritten,
    statements,
    verdict,
    with_statement,
    written,
)
from tests.mesh.evaluator.judge import DOOR, EVERYTHING, Case, Statement, allow, decision_of, request_of, world_of

# What no generated condition uses, so that adding it is a pure AND.
EXTRA = st.sampled_from(
    (
        {"Bool": {"aws:SecureTransport": "true"}},
        {"Bool": {"aws:SecureTransport": "false"}},
        {"Null": {"aws:SourceAccount": "true"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/Reader"}},
        {"StringEqualsIgnoreCase": {"aws:PrincipalAccount": "222222222222"}},
        {"DateLessThan": {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"}},
    )
)
pytestmark = pytest.mark.long
quick = settings(max_examples=120, deadline=None, derandomize=True)


def _layers_of(case: Case) -> list[str]:
    return [layer for layer in LAYERS if getattr(case, layer) is not None]


def _some(data: st.DataObject, case: Case, effect: str) -> tuple[str, int]:
    """The place of a statement with that effect."""
    places = [
        (layer, index)
        for layer in _layers_of(case)
        for index, each in enumerate(written(case, layer))
        if each["Effect"] == effect
    ]
    assume(places)
    return data.draw(st.sampled_from(places))


def _changed(case: Case, layer: str, index: int, change: Callable[[Statement], Statement]) -> Case:
    changed: dict[str, Any] = {
        layer: tuple(change(each) if at == index else each for at, each in enumerate(written(case, layer)))
    }
    return replace(case, **changed)


def test_the_generated_questions_are_answered_either_way() -> None:
    answers: set[bool] = set()

    @quick
    @given(questions())
    def ask(case: Case) -> None:
        answers.add(verdict(case))

    ask()
    assert answers == {True, False}


@quick
@given(questions(), st.data())
def test_an_added_deny_never_turns_a_deny_into_an_allow(case: Case, data: st.DataObject) -> None:
    layer = data.draw(st.sampled_from(_layers_of(case)))
    more = with_statement(case, layer, data.draw(statements(layer, "Deny")), first=data.draw(st.booleans()))
    assert verdict(case) or not verdict(more)


@quick
@given(questions(), st.data())
def test_an_added_allow_never_turns_an_allow_into_a_deny(case: Case, data: st.DataObject) -> None:
    layer = data.draw(st.sampled_from([layer for layer in _layers_of(case) if layer not in {"scp", "rcp"}]))
    more = with_statement(case, layer, data.draw(statements(layer, "Allow")), first=data.draw(st.booleans()))
    assert verdict(more) or not verdict(case)


@quick
@given(questions())
def test_a_deny_of_everything_denies(case: Case) -> None:
    event(f"allowed before: {verdict(case)}")
    for layer in _layers_of(case):
        stop: Statement = {"Sid": "StopAll", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}
        if layer in {"policy", "rcp"}:
            stop["Principal"] = "*"
        exempt = layer == "scp" and case.by in {"anonymous", "athena.amazonaws.com"}
        assert exempt or not verdict(with_statement(case, layer, stop))


@quick
@given(questions(), st.data())
def test_an_allow_without_a_matching_action_changes_nothing(case: Case, data: st.DataObject) -> None:
    layer = data.draw(st.sampled_from([layer for layer in _layers_of(case) if layer not in {"scp", "rcp"}]))
    added = {**data.draw(statements(layer, "Allow")), "Action": ["s3:ListBucket", "sqs:*"]}
    added.pop("NotAction", None)
    assert decision_of(with_statement(case, layer, added)) == decision_of(case)


@quick
@given(questions(), st.data())
def test_a_deny_without_a_matching_resource_changes_nothing(case: Case, data: st.DataObject) -> None:
    layer = data.draw(st.sampled_from(_layers_of(case)))
    added = {**data.draw(statements(layer, "Deny")), "Resource": ["arn:aws:s3:::other/*", "arn:aws:s3:::sales"]}
    added.pop("NotResource", None)
    assert decision_of(with_statement(case, layer, added)) == decision_of(case)


@quick
@given(questions(), st.randoms(use_true_random=False))
def test_the_order_of_statements_is_irrelevant(case: Case, random: Any) -> None:
    shuffled: dict[str, Any] = {}
    for layer in _layers_of(case):
        found = list(written(case, layer))
        random.shuffle(found)
        shuffled[layer] = tuple(found)
    assert verdict(replace(case, **shuffled)) == verdict(case)


@quick
@given(questions())
def test_the_order_of_values_is_irrelevant(case: Case) -> None:
    def turned(value: object) -> Any:
        if isinstance(value, list):
            return value[::-1]
        return {name: turned(each) for name, each in value.items()} if isinstance(value, dict) else value

    context = {key: value[::-1] if isinstance(value, tuple) else value for key, value in case.context.items()}
    assert verdict(replace(rewritten(case, lambda each: (turned(each),)), context=context)) == verdict(case)


@quick
@given(questions())
def test_the_order_of_keys_is_irrelevant(case: Case) -> None:
    def turned(value: object) -> Any:
        return {name: turned(each) for name, each in reversed(value.items())} if isinstance(value, dict) else value

    context = dict(reversed(list(case.context.items())))
    assert verdict(replace(rewritten(case, lambda each: (turned(each),)), context=context)) == verdict(case)


def _split(name: str) -> Callable[[Statement], tuple[Statement, ...]]:
    def change(each: Statement) -> tuple[Statement, ...]:
        values = each.get(name)
        if not isinstance(values, list):
            return (each,)
        return tuple({**each, name: [value], "Sid": f"{each.get('Sid')}{at}"} for at, value in enumerate(values))

    return change


@quick
@given(questions())
def test_a_statement_of_two_actions_is_two_statements(case: Case) -> None:
    assert verdict(rewritten(case, _split("Action"))) == verdict(case)


@quick
@given(questions())
def test_a_statement_of_two_resources_is_two_statements(case: Case) -> None:
    assert verdict(rewritten(case, _split("Resource"))) == verdict(case)


@quick
@given(questions())
def test_a_statement_twice_is_the_statement_once(case: Case) -> None:
    assert verdict(rewritten(case, lambda each: (each, {**each, "Sid": f"{each.get('Sid')}Again"}))) == verdict(case)


@quick
@given(questions(), st.data())
def test_an_added_limit_never_allows_more(case: Case, data: st.DataObject) -> None:
    free = [layer for layer in ("boundary", "session", "scp", "rcp") if getattr(case, layer) is None]
    if ":role/" not in case.by and ":assumed-role/" not in case.by:
        free = [layer for layer in free if layer in {"scp", "rcp"}]
    assume(free)
    layer = data.draw(st.sampled_from(free))
    event(layer)
    limited = with_statement(case, layer, data.draw(statements(layer)))
    assert verdict(case) or not verdict(limited)


@quick
@given(questions(), st.data())
def test_an_endpoint_allows_what_the_rest_allows_and_its_policy_too(case: Case, data: st.DataObject) -> None:
    inside = replace(case, context={**case.context, "aws:SourceVpce": DOOR})
    drawn = data.draw(st.lists(statements("policy"), min_size=1, max_size=3))
    door = tuple({**each, "Sid": f"Door{number}"} for number, each in enumerate(drawn))
    alone = replace(inside, endpoint=door, policy=(allow("s3:*", to="*"),), identity=EVERYTHING)
    bare = {"boundary": None, "session": None, "scp": None, "rcp": None}
    judged = verdict(replace(alone, **bare))
    event(f"let through: {judged}")
    assert verdict(replace(inside, endpoint=door)) == (verdict(inside) and judged)


@quick
@given(questions(), st.data())
def test_an_endpoint_that_a_request_does_not_come_through_changes_nothing(case: Case, data: st.DataObject) -> None:
    door = (data.draw(statements("policy")),)
    assert decision_of(replace(case, endpoint=door)) == decision_of(case)


@quick
@given(questions(), st.data())
def test_a_level_with_fewer_allows_never_allows_more(case: Case, data: st.DataObject) -> None:
    fewer = data.draw(statements("identity", "Allow"))
    nodes = ("root", "unit", "account")
    at = data.draw(st.sampled_from(nodes))
    levels = {node: ((fewer,),) if node == at else (EVERYTHING,) for node in nodes}
    assume(case.scp is None)
    assert verdict(case) or not verdict(replace(case, levels=levels))


@quick
@given(questions(), st.sampled_from(("boundary", "session")))
def test_a_silent_limit_leaves_only_what_the_resource_policy_grants(case: Case, limit: str) -> None:
    assume(":role/" in case.by or ":assumed-role/" in case.by)
    silent: dict[str, Any] = {limit: (allow("sqs:*"),)}
    answer = decision_of(replace(case, **silent))
    assert isinstance(answer, Decision)
    assert not answer.allowed or answer.layer == "resource"


@quick
@given(questions())
def test_a_limit_of_everything_changes_nothing(case: Case) -> None:
    assume(":role/" in case.by or ":assumed-role/" in case.by)
    whole: dict[str, Any] = {layer: EVERYTHING for layer in ("boundary", "session") if getattr(case, layer) is None}
    assert verdict(replace(case, **whole)) == verdict(case)


@quick
@given(questions(), EXTRA, st.data())
def test_a_condition_added_to_an_allow_never_allows_more(case: Case, extra: Any, data: st.DataObject) -> None:
    case = _issued(case)
    layer, index = _some(data, case, "Allow")
    # AWS, "Principal": an Allow to everyone with aws:PrincipalArn is not limited by a boundary's silence.
    assume(layer != "policy" or "ArnLike" not in extra)
    narrowed = _changed(case, layer, index, lambda each: {**each, "Condition": {**_condition(each), **extra}})
    assert verdict(case) or not verdict(narrowed)


@quick
@given(questions(), EXTRA, st.data())
def test_a_condition_added_to_a_deny_never_denies_more(case: Case, extra: Any, data: st.DataObject) -> None:
    case = _issued(case)
    layer, index = _some(data, case, "Deny")
    narrowed = _changed(case, layer, index, lambda each: {**each, "Condition": {**_condition(each), **extra}})
    assert verdict(narrowed) or not verdict(case)


def _issued(case: Case) -> Case:
    """The case with the time of issue that every session of a role has; an evaluator need not know it by itself."""
    if ":role/" not in case.by and ":assumed-role/" not in case.by:
        return case
    return replace(case, context={**case.context, "aws:TokenIssueTime": "2025-06-01T00:00:00Z"})


def _condition(each: Statement) -> dict[str, Any]:
    found = each.get("Condition", {})
    assert isinstance(found, dict)
    return found


@quick
@given(questions(), st.data())
def test_an_action_added_to_an_allow_never_allows_less(case: Case, data: st.DataObject) -> None:
    layer, index = _some(data, case, "Allow")
    assume("Action" in written(case, layer)[index])
    action = data.draw(st.sampled_from(ACTIONS))
    wider = _changed(case, layer, index, lambda each: {**each, "Action": [*_list(each["Action"]), action]})
    assert verdict(wider) or not verdict(case)


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


@quick
@given(questions())
def test_names_of_statements_change_no_verdict(case: Case) -> None:
    bare = rewritten(case, lambda each: ({name: value for name, value in each.items() if name != "Sid"},))
    numbers = itertools.count()
    renamed = rewritten(case, lambda each: ({**each, "Sid": f"Statement{next(numbers)}"},))
    assert verdict(bare) == verdict(renamed) == verdict(case)


@quick
@given(questions(), st.sets(st.sampled_from(ACTIONS), min_size=1, max_size=2), st.data())
def test_not_action_is_action_of_the_complement(case: Case, named: set[str], data: st.DataObject) -> None:
    layer = data.draw(st.sampled_from([layer for layer in _layers_of(case) if layer != "rcp"]))
    index = data.draw(st.integers(0, len(written(case, layer)) - 1))
    rest = [action for action in ACTIONS if action not in named]

    def but(each: Statement, name: str, actions: list[str]) -> Statement:
        return {**{key: value for key, value in each.items() if key not in {"Action", "NotAction"}}, name: actions}

    negated = _changed(case, layer, index, lambda each: but(each, "NotAction", sorted(named)))
    listed = _changed(case, layer, index, lambda each: but(each, "Action", rest))
    assert verdict(negated) == verdict(listed)


@quick
@given(questions(), questions())
def test_decide_is_a_pure_function(case: Case, other: Case) -> None:
    world, request = world_of(case), request_of(case)
    first = decide(request, world)
    decision_of(other)
    decide(request._replace(action=other.action, resource=other.on), world)
    decide(request._replace(context={**other.context}), world)
    assert decide(request, world) == first == decide(request_of(case), world_of(case))


@quick
@given(questions(), questions())
def test_one_world_answers_two_requests_as_two_worlds_do(case: Case, other: Case) -> None:
    # Same policies, another question: whatever is remembered of the first must not colour the second.
    second = replace(case, action=other.action, on=other.on, context=other.context)
    world = world_of(case)
    decide(request_of(case), world)
    assert decide(request_of(second), world) == decision_of(second)


@quick
@given(questions(), st.sampled_from((str.lower, str.upper, str.swapcase)))
def test_the_case_of_actions_is_irrelevant(case: Case, fold: Callable[[str], str]) -> None:
    def folded(each: Statement) -> tuple[Statement, ...]:
        names = ("Action", "NotAction")
        return (
            {**each, **{name: [fold(str(value)) for value in _list(each[name])] for name in names if name in each}},
        )

    assert verdict(rewritten(case, folded)) == verdict(replace(case, action=fold(case.action))) == verdict(case)


@quick
@given(questions(), st.sampled_from((str.lower, str.upper, str.swapcase)))
def test_the_case_of_condition_keys_is_irrelevant(case: Case, fold: Callable[[str], str]) -> None:
    def folded(each: Statement) -> tuple[Statement, ...]:
        condition = {
            operator: {fold(key): value for key, value in keys.items()} for operator, keys in _condition(each).items()
        }
        return ({**each, "Condition": condition},)

    context = {fold(key): value for key, value in case.context.items()}
    assert verdict(rewritten(case, folded)) == verdict(replace(case, context=context)) == verdict(case)


@quick
@given(questions())
def test_a_single_value_is_a_list_of_one(case: Case) -> None:
    def single(value: object) -> Any:
        if isinstance(value, list) and len(value) == 1:
            return value[0]
        return {name: single(item) for name, item in value.items()} if isinstance(value, dict) else value

    def several(value: object, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: several(item, key) for key, item in value.items()}
        return [value] if isinstance(value, str) and name not in {"Effect", "Sid", "Principal"} else value

    assert verdict(rewritten(case, lambda statement: (single(statement),))) == verdict(case)
    assert verdict(rewritten(case, lambda statement: (several(statement),))) == verdict(case)


@quick
@given(questions())
def test_a_decision_names_statements_that_are_there(case: Case) -> None:
    answer = decision_of(case)
    assert isinstance(answer, Decision)
    names = {
        "identity": "identity",
        "policy": "resource",
        "boundary": "boundary",
        "session": "session",
        "scp": "scp",
        "rcp": "rcp",
    }
    effects = {
        (names[layer], each.get("Sid")): each["Effect"] for layer in _layers_of(case) for each in written(case, layer)
    }
    for cause in answer.because:
        if (cause.document, cause.sid) in effects:
            assert effects[cause.document, cause.sid] == ("Allow" if answer.allowed else "Deny")
            assert answer.allowed or cause.document == answer.layer


@quick
@given(questions())
def test_without_the_statements_that_denied_it_a_request_is_denied_for_another_reason(case: Case) -> None:
    answer = decision_of(case)
    assert isinstance(answer, Decision)
    assume(not answer.allowed and answer.because)
    field = {"resource": "policy"}.get(answer.layer, answer.layer)
    named = {cause.sid for cause in answer.because}
    left: dict[str, Any] = {field: tuple(each for each in written(case, field) if each.get("Sid") not in named)}
    assume(left[field])
    after = decision_of(replace(case, **left))
    assert isinstance(after, Decision)
    assert after.allowed or {(cause.document, cause.sid) for cause in after.because}.isdisjoint(
        {(cause.document, cause.sid) for cause in answer.because}
    )
