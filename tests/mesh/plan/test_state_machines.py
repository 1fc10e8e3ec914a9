"""Definitions of state machines: examples of the guide are taken, and what has no way through is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mesh.plan.state_machines import fault

END: dict[str, Any] = {"Type": "Pass", "End": True}
TASK: dict[str, Any] = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
TIMELESS = "a definition says at its top how many seconds a run may take, and 'TimeoutSeconds'"
RULE = {"Variable": "$.found", "IsPresent": True, "Next": "A"}


def of(**states: Any) -> dict[str, Any]:
    """A definition that starts with its first state."""
    return {"StartAt": next(iter(states), "A"), "States": states, "TimeoutSeconds": 3600}


TAKEN = (
    of(A=END),
    of(A={"Type": "Succeed"}),
    of(A={"Type": "Pass", "Next": "B", "End": False}, B=END),
    of(A={"Type": "Wait", "Seconds": "{% $n %}", "Next": "B"}, B={"Type": "Fail", "Error": "x"}),
    of(C={"Type": "Choice", "Choices": [RULE], "Default": "B"}, A=END, B={"Type": "Pass", "Next": "C"}),
    of(A={**TASK, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}]}, B={"Type": "Fail"}),
    of(A={"Type": "Parallel", "Branches": [of(B=END), of(C=TASK)], "End": True}),
    of(A={"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **of(B=END)}, "End": True}),
    of(A={"Type": "Map", "Iterator": of(B=END), "End": True}),
)
REFUSED: tuple[tuple[Any, str], ...] = (
    ([], "a definition has 'StartAt' at its top"),
    (None, "a definition has 'StartAt' at its top"),
    ({"StartAt": "A"}, "a definition has 'States' at its top"),
    ({"StartAt": "A", "States": {}}, "'States' of a definition has states by their names"),
    ({"StartAt": "A", "States": [END]}, "'States' of a definition has states by their names"),
    (of(A=None), "'States' of a definition has states by their names"),
    ({"StartAt": "a", "States": {"A": END}}, "'StartAt' names 'a', which is no state; did you mean 'A'?"),
    ({"StartAt": ["A"], "States": {"A": END}}, "'StartAt' names no state"),
    (of(A={"End": True}), "state 'A' has no type; the types are Choice, Fail, Map"),
    (of(A={**END, "Type": "Pas"}), "state 'A' has the type 'Pas'"),
    (of(A={"Type": "Pass"}), "state 'A' goes on by 'Next', or ends by 'End: true'; write one of the two"),
    (of(A={**END, "Next": "B"}, B=END), "state 'A' goes on by 'Next', or ends by 'End: true'"),
    (of(A={"Type": "Pass", "End": "true"}), "state 'A' goes on by 'Next', or ends by 'End: true'"),
    (of(A={"Type": "Succeed", "Next": "A"}), "state 'A' is an end by itself; remove 'Next'"),
    (of(A={"Type": "Pass", "Next": "B"}), "'Next' of state 'A' names 'B', which is no state; known: A"),
    (of(A={"Type": "Pass", "Next": ["A"]}), "'Next' of state 'A' names no state"),
    (of(C={"Type": "Choice", "Choices": [RULE], "Default": "B"}, A=END), "'Default' of state 'C' names 'B'"),
    (of(C={"Type": "Choice", "Choices": [RULE]}), "'Next' in 'Choices' of state 'C' names 'A'"),
    (of(C={"Type": "Choice", "Choices": []}), "state 'C' has no 'Choices'"),
    (of(A={"Type": "Choice", "Choices": [RULE], "End": True}), "state 'A' goes on by its 'Choices' and 'Default'"),
    (of(A={**TASK, "Catch": [{"ErrorEquals": ["a"], "Next": "B"}]}), "'Next' in 'Catch' of state 'A' names 'B'"),
    (of(A={**TASK, "Catch": [{"ErrorEquals": ["a"]}]}), "'Next' in 'Catch' of state 'A' names no state"),
    (of(A={"Type": "Task", "End": True}), "state 'A' has no 'Resource'"),
    (of(A={"Type": "Wait", "End": True}), "state 'A' waits for one of Seconds"),
    (of(A=END, B=END), "no way leads from 'StartAt' to B"),
    (of(A={"Type": "Pass", "Next": "A"}), "no state ends the run"),
    (of(A={"Type": "Choice", "Choices": [RULE]}), "no state ends the run"),
    (of(A={"Type": "Parallel", "End": True}), "state 'A' has no 'Branches'"),
    (of(A={"Type": "Parallel", "Branches": [of(B={"Type": "Pass", "Next": "A"})], "End": True}), "'Next' of state 'B'"),
    (of(A={"Type": "Parallel", "Branches": [of(B=END), of(B=END)], "End": True}), "state 'B' stands twice"),
    (of(A={"Type": "Map", "End": True}), "state 'A' has 'StartAt' in its 'ItemProcessor'"),
    (of(**{"A" * 81: END}), f"state '{'A' * 80}' has a name of more than 80 characters"),
    ({**of(A=END), "TimeoutSeconds": None}, f"{TIMELESS} is not set; write a whole number from 1 to 31,536,000"),
    ({"StartAt": "A", "States": {"A": {**END, "TimeoutSeconds": 60}}}, f"{TIMELESS} is not set"),
    *(
        ({**of(A=END), "TimeoutSeconds": seconds}, f"{TIMELESS} is no such number")
        for seconds in (0, -1, True, 1.5, "3600", "{% $n %}", 31_536_001)
    ),
)


@pytest.mark.parametrize("definition", TAKEN)
def test_what_runs_is_taken(definition: Any) -> None:
    assert fault("a.asl.json", json.dumps(definition)) == ""
    assert fault("a.asl.yaml", json.dumps(definition)) == ""


@pytest.mark.parametrize(("definition", "told"), REFUSED)
def test_what_has_no_way_through_is_told(definition: Any, told: str) -> None:
    assert fault("a.asl.json", json.dumps(definition)).startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{nope", "it is no JSON (line 1, column 2)"),
        ('{"StartAt": NaN}', "it is no JSON (line 1, column 13)"),
        ("[" * 100_000, "its brackets are too deep"),
        ('{"StartAt": "A", "States": {"A": {"Type": "Fail"}, "A": {"Type": "Succeed"}}}', "the key 'A' stands twice"),
    ],
)
def test_what_is_no_definition_at_all_is_told(text: str, told: str) -> None:
    assert fault("a.asl.json", text).startswith(told)


def test_a_number_is_no_name_of_a_state() -> None:
    told = fault("a.asl.yaml", "StartAt: 1\nStates: {1: {Type: Succeed}}\n")
    assert told.startswith("'States' of a definition has states by their names")
