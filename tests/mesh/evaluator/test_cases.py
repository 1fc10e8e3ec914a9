"""Hand-checked decisions of AWS, each with its rule and the page that states it, put to the evaluator."""

from __future__ import annotations

import re
from collections import Counter
from types import ModuleType

import pytest

from mesh.evaluator import Decision, UnknownError, decide
from tests.mesh.evaluator.cases import (
    actions,
    arns,
    catalogs,
    context_keys,
    documents,
    endpoints,
    kms,
    kms_conditions,
    layers_cross_account,
    layers_same_account,
    limits,
    messages,
    operators_other,
    operators_string,
    principals,
    principals_denied,
    request_keys,
    resource_control,
    service_control,
    sets,
    several_keys,
    storage,
    trust,
    trust_conditions,
    variables,
)
from tests.mesh.evaluator.judge import HOME, Case, decision_of, request_of, world_of

MODULES: tuple[ModuleType, ...] = (
    actions,
    arns,
    catalogs,
    context_keys,
    documents,
    endpoints,
    kms,
    kms_conditions,
    layers_cross_account,
    layers_same_account,
    limits,
    messages,
    operators_other,
    operators_string,
    principals,
    principals_denied,
    request_keys,
    resource_control,
    service_control,
    sets,
    several_keys,
    storage,
    trust,
    trust_conditions,
    variables,
)
CASES: tuple[Case, ...] = tuple(case for module in MODULES for case in module.CASES)

BASES = (
    *(
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
    ),
    *(
        f"Numeric{name}"
        for name in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    ),
    *(
        f"Date{name}"
        for name in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    ),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
)
OPERATORS = {"Null", *BASES, *(f"{base}IfExists" for base in BASES)}
ELEMENTS = {
    *("Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal"),
    *("Action", "NotAction", "Resource", "NotResource", "Condition"),
}
LAYERS = {"scp", "rcp", "resource", "identity", "boundary", "session", "endpoint"}


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_the_evaluator_decides_as_aws_documents(case: Case) -> None:
    answer = decision_of(case)
    about = f"{case.rule} — {case.page.title}, {case.page.url}\nanswer: {answer!r}"
    if case.expect.allowed is None:
        assert isinstance(answer, UnknownError), about
        return
    if case.expect.or_refused and isinstance(answer, UnknownError):
        return
    assert isinstance(answer, Decision), about
    assert answer.allowed is case.expect.allowed, about
    assert case.expect.layer in (None, answer.layer), about
    assert case.expect.sid is None or case.expect.sid in {cause.sid for cause in answer.because}, about
    assert answer.assumed == (), about


def test_a_principal_that_the_world_does_not_list_is_taken_for_an_administrator() -> None:
    case = next(case for case in CASES if case.name == "neither allows")
    stranger = request_of(case)._replace(principal=f"{case.by}Unlisted")
    answer = decide(stranger, world_of(case))
    assert answer.allowed
    assert len(answer.assumed) == 1


def test_a_resource_that_the_world_does_not_list_is_taken_for_open() -> None:
    case = next(case for case in CASES if case.name == "both allow" and case.owner == HOME)
    abroad = request_of(case)._replace(resource="arn:aws:s3:::unlisted/orders.csv")
    answer = decide(abroad, world_of(case))
    assert answer.allowed
    assert answer.assumed


def test_there_are_at_least_five_hundred_decisions() -> None:
    assert len(CASES) >= 500


def test_every_case_cites_a_rule_and_a_page_of_the_aws_documentation() -> None:
    assert not [case.name for case in CASES if not case.rule.endswith(".") or not case.page.title]
    assert not [case.name for case in CASES if not re.match(r"https://docs\.aws\.amazon\.com/\S+$", case.page.url)]


def test_no_two_cases_have_one_name() -> None:
    assert not [name for name, times in Counter(case.name for case in CASES).items() if times > 1]


def test_no_two_cases_are_the_same_decision() -> None:
    seen: dict[str, str] = {}
    twins = [(case.name, twin) for case in CASES if (twin := seen.setdefault(case.substance(), case.name)) != case.name]
    assert not twins


def _statements() -> list[dict[str, object]]:
    statements: list[dict[str, object]] = []
    for case in CASES:
        for _, document in case.documents():
            written = document.get("Statement", [])
            statements += written if isinstance(written, list) else [written]
    return statements


def test_every_operator_occurs_in_an_allow_and_in_a_deny() -> None:
    used = {"Allow": set[str](), "Deny": set[str]()}
    for statement in _statements():
        condition = statement.get("Condition")
        if isinstance(condition, dict):
            used.get(str(statement.get("Effect")), set()).update(str(name).rpartition(":")[2] for name in condition)
    assert used["Allow"] >= OPERATORS
    assert used["Deny"] >= OPERATORS


def test_every_set_operator_occurs() -> None:
    names = {str(name) for statement in _statements() for name in statement.get("Condition") or ()}
    assert {name.partition(":")[0] for name in names if ":" in name} >= {"ForAllValues", "ForAnyValue"}


def test_every_element_occurs() -> None:
    used = {str(name) for statement in _statements() for name in statement}
    used |= {str(name) for case in CASES for _, document in case.documents() for name in document}
    assert used >= ELEMENTS


def test_every_layer_has_policies_allows_and_denies() -> None:
    assert {layer for case in CASES for layer, _ in case.documents()} == LAYERS
    assert {case.expect.layer for case in CASES if case.expect.allowed is False} == LAYERS
    assert {case.expect.layer for case in CASES if case.expect.allowed is False and case.expect.sid} == LAYERS
    assert {case.expect.layer for case in CASES if case.expect.allowed} >= {"identity", "resource"}
