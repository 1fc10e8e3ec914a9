"""What z3 is told of a condition or a statement is what the evaluator decides, value by value."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh.evaluator import conditions, facts
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.moments import seconds
from mesh.evaluator.policies import Policy, compiled
from mesh.evaluator.principals import CallerIdentity
from mesh.proof.symbolic.addresses import address_for
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.solve import Solver
from mesh.proof.symbolic.texts import Formula, every, negation, z3

quick = settings(max_examples=150, deadline=None, derandomize=True)

OWNER = "arn:aws:iam::111111111111:role/mesh/deploy"
PATTERNS = (
    "",
    "*",
    "a",
    "A",
    "a*",
    "*a",
    "a?c",
    "a*c?",
    "mesh:*",
    r"a\u{41}",
    "k",
    "ünï",
    "arn:aws:s3:::x",
    "arn:*:s3:::*",
    OWNER,
    "arn:aws:iam::*:role/mesh/deploy",
    "arn:aws:iam::*:role/*:deploy",
    "arn:aws:iam::????????????:role/mesh/deploy",
)
TEXTS = (
    "",
    "a",
    "A",
    "abc",
    "abcd",
    "b",
    "mesh:x",
    r"a\u{41}",
    "aA",
    "\u212a",
    "K",
    "ünï",
    "a\nc",
    "💥",
    "arn:aws:s3:::x",
    "arn:aws:s3:::x:y",
    OWNER,
    "arn:aws:iam::111111111111:role/x:role/mesh/deploy",
    "arn:aws:iam::1:2:role/mesh/deploy",
    "arn:aws:iam::x:role/a:deploy",
)
TEXT_OPERATORS = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "ArnLike",
    "ArnNotLike",
    "ArnEquals",
    "ArnNotEquals",
    "BinaryEquals",
    "Bool",
    "Null",
)
NUMERIC_OPERATORS = (
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
)
ONE, SEVERAL = "s3:prefix", "aws:tagkeys"


def holds(request: SymbolicRequest, formula: Formula, *assumptions: Formula) -> bool:
    """Whether z3 finds that request, of which nothing is open, to satisfy a formula; and not its negation."""
    request.key(ONE)
    answers: list[bool] = []
    for goal in (formula, negation(formula)):
        solver = Solver(request)
        solver.add(goal, *assumptions)
        answers.append(solver.find() is not None)
    assert answers[0] != answers[1]
    return answers[0]


def places(count: int) -> tuple[Policy, ...]:
    """Policies that make room for values of a key with several."""
    statement = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Null": {SEVERAL: "true"}}}
    return tuple(compiled(f"place {n}", {"Version": "2012-10-17", "Statement": [statement]}) for n in range(count))


def said(request: SymbolicRequest, key: str, values: Sequence[str]) -> Formula:
    """The key has these values, or is not there."""
    if key in facts.MULTIVALUED:
        slots = request.values(key).places
        own = [*values, *[None] * (len(slots) - len(values))]
        return every(
            negation(there) if value is None else every((there, slot.equals(value)))
            for (there, slot), value in zip(slots, own, strict=True)
        )
    single = request.key(key)
    return every((single.present, single.value.equals(values[0]))) if values else single.absent


def check(operator: str, key: str, wanted: Sequence[str], values: Sequence[str]) -> None:
    keys = {key: tuple(values)} if values else {}
    try:
        expected = conditions.condition(operator, key, wanted)(keys)
    except UnknownError:
        return
    request = SymbolicRequest(places(3) if key in facts.MULTIVALUED else ())
    if "IgnoreCase" in operator and not all(each.isascii() for each in wanted):
        with pytest.raises(UnknownError, match="ASCII"):
            request.condition(operator, key, wanted)
        return
    formula = request.condition(operator, key, wanted)
    assert holds(request, formula, said(request, key, values)) == expected


wanted = st.lists(st.sampled_from((*PATTERNS, "true", "false")), min_size=1, max_size=3)


@pytest.mark.long
@pytest.mark.parametrize("operator", TEXT_OPERATORS)
def test_every_operator_on_every_pair_of_texts_is_as_the_evaluator_has_it(operator: str) -> None:
    values = ("true", "FALSE") if operator in ("Bool", "Null") else PATTERNS
    for pattern in values:
        for text in (*TEXTS, "TRUE", "false", None):
            check(operator, ONE, [pattern], [] if text is None else [text])


@pytest.mark.parametrize("if_exists", ["", "IfExists"])
@pytest.mark.parametrize("operator", NUMERIC_OPERATORS)
def test_numbers_compare_as_the_evaluator_has_it(operator: str, if_exists: str) -> None:
    for bound in ("1.2", "-3", "900000"):
        for number in ("1.2", "1.1", "1.3", "-3", "0", "900000", "900001", None):
            key = "s3:tlsversion"
            request = SymbolicRequest(())
            formula = request.condition(operator + if_exists, key, [bound])
            own = request.key(key)
            given_ = own.absent if number is None else every((own.present, own.number == z3.RealVal(number)))
            keys = {} if number is None else {key: (number,)}
            assert holds(request, formula, given_) == conditions.condition(operator + if_exists, key, [bound])(keys)


@pytest.mark.parametrize("key", ["aws:CurrentTime", "aws:EpochTime"])
@pytest.mark.parametrize("operator", [each.replace("Numeric", "Date") for each in NUMERIC_OPERATORS])
def test_dates_compare_as_the_evaluator_has_it(operator: str, key: str) -> None:
    for bound in ("2029-01-01T00:00:00Z", "1861920000"):
        for moment in ("2028-12-31T23:59:59Z", "2029-01-01T00:00:00Z", "2029-01-01T00:00:01Z", "0"):
            request = SymbolicRequest(())
            formula = request.condition(operator, key, [bound])
            at = request.key(key).number == z3.RealVal(str(seconds(moment)))
            assert holds(request, formula, at) == conditions.condition(operator, key, [bound])({key.lower(): (moment,)})


def test_both_keys_of_the_time_are_one_moment() -> None:
    request = SymbolicRequest(())
    early = request.condition("DateLessThan", "aws:CurrentTime", ["2029-01-01T00:00:00Z"])
    late = request.condition("NumericGreaterThanEquals", "aws:EpochTime", ["1861920000"])
    solver = Solver(request)
    solver.add(early, late)
    assert solver.find() is None


@pytest.mark.parametrize("operator", ["IpAddress", "NotIpAddress", "IpAddressIfExists", "NotIpAddressIfExists"])
def test_addresses_compare_as_the_evaluator_has_it(operator: str) -> None:
    for ranges in (["198.51.100.0/24"], ["198.51.100.0/25", "2001:db8::/32"], ["192.0.2.7"]):
        for address in ("198.51.100.1", "198.51.100.200", "2001:db8::7", "2001:db9::7", "192.0.2.7", None):
            request, key = SymbolicRequest(()), "aws:sourceip"
            formula = request.condition(operator, key, ranges)
            inside = address is not None and any(
                ipaddress.ip_address(address) in ipaddress.ip_network(each) for each in ranges
            )
            own = request.key(key)
            within = own.within(*ranges) if inside else negation(own.within(*ranges))
            given_ = own.absent if address is None else every((own.present, within))
            keys = {} if address is None else {key: (address,)}
            assert holds(request, formula, given_) == conditions.condition(operator, key, ranges)(keys)


def test_an_address_of_a_counterexample_is_in_the_ranges_that_it_is_to_be_in() -> None:
    office, street = ("198.51.100.0/24",), ("198.51.100.0/24", "203.0.113.0/24")
    assert address_for({office: True, street: True}) == "198.51.100.0"
    assert address_for({office: False, street: True}) == "203.0.113.9"
    assert address_for({office: False, street: False}) == "192.0.2.9"
    with pytest.raises(UnknownError, match="no encoding"):
        address_for({office: True, street: False})


@quick
@given(
    st.sampled_from(TEXT_OPERATORS[:-1]),
    st.sampled_from(("", "IfExists")),
    wanted,
    st.lists(st.sampled_from((*TEXTS, "true")), max_size=1),
)
def test_a_key_with_one_value(operator: str, if_exists: str, patterns: list[str], values: list[str]) -> None:
    check(operator + if_exists, ONE, patterns, values)


@quick
@given(
    st.sampled_from(("ForAllValues:", "ForAnyValue:")),
    st.sampled_from(TEXT_OPERATORS[:-1]),
    st.sampled_from(("", "IfExists")),
    wanted,
    st.lists(st.sampled_from([text for text in TEXTS if text]), max_size=3),
    st.sampled_from((ONE, SEVERAL)),
)
def test_a_key_with_several_values(
    quantifier: str, operator: str, if_exists: str, patterns: list[str], values: list[str], key: str
) -> None:
    check(quantifier + operator + if_exists, key, patterns, values if key == SEVERAL else values[:1])


ACTIONS = ("s3:GetObject", "s3:Get*", "s3:*", "s3:G?tObject", "kms:*", "*", "sqs:SendMessage")
RESOURCES = ("*", "arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:*:s3:::*", "arn:aws:iam::aws:policy/*")
PRINCIPALS: tuple[Any, ...] = (
    "*",
    {"AWS": "*"},
    {"AWS": "arn:aws:iam::111111111111:root"},
    {"AWS": ["111111111111", "222222222222"]},
    {"Service": "s3.amazonaws.com"},
)


@quick
@given(
    st.sampled_from(("Action", "NotAction")),
    st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3),
    st.sampled_from(("Resource", "NotResource")),
    st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2),
    st.sampled_from(PRINCIPALS),
    st.sampled_from(("s3:getobject", "s3:putobject", "kms:decrypt", "sqs:sendmessage")),
    st.sampled_from(("arn:aws:s3:::b", "arn:aws:s3:::b/x:y", "arn:aws:s3:r:1:b", "arn:aws:iam::aws:policy/x", "")),
    st.sampled_from((("", ""), ("111111111111", ""), ("333333333333", ""), ("", "s3.amazonaws.com"))),
    st.sampled_from((("*",), ("s3:*", "kms:*", "sqs:*"), ("s3:GetObject", "s3:PutObject", "kms:Decrypt", "sqs:*"))),
)
def test_a_statement_takes_the_requests_that_the_evaluator_says(
    action_element: str,
    actions: list[str],
    resource_element: str,
    resources: list[str],
    who: Any,
    action: str,
    resource: str,
    caller: tuple[str, str],
    asked: tuple[str, ...],
) -> None:
    statement = {"Effect": "Deny", "Principal": who, action_element: actions, resource_element: resources}
    policy = compiled("a policy", {"Version": "2012-10-17", "Statement": [statement]})
    request = SymbolicRequest((policy,))
    formulas = [taken.holds for taken in request.statements("Deny", asked)]
    account, service = caller
    identity = CallerIdentity(account or None, None, service or None)
    expected = any(s.who(identity) and s.applies(resource, {}) for s in policy.denies(action))
    if not formulas:
        assert not expected
        return
    fixed = (
        request.action.equals(action),
        request.resource.equals(resource),
        request.account.equals(account),
        request.service.equals(service),
    )
    assert holds(request, formulas[0], *fixed, request.formed) == expected
