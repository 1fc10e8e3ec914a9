"""Bad programs written with pulumi-aws: each is refused by its rule, with values unknown, and when all are known."""

from __future__ import annotations

import importlib
from collections.abc import Generator

import pytest

from sandbox.runs.pack_analyzer import PackAnalyzer
from sandbox.runs.policy_process import PolicyProcess
from tests.policies.programs import EVERY_PROGRAM
from tests.policies.told_programs import NO_MESH, Program, embedded


@pytest.fixture(scope="module")
def analyzer() -> Generator[PackAnalyzer]:
    """The pack by itself."""
    with PolicyProcess(variables=NO_MESH) as process:
        yield PackAnalyzer(process)


def program_of(module: str) -> Program:
    return importlib.import_module(f"tests.policies.programs.{module}").program


def test_there_are_sixteen_and_no_two_of_one_rule() -> None:
    assert len(EVERY_PROGRAM) == len(set(EVERY_PROGRAM.values())) == 16


@pytest.mark.long
@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize("module", EVERY_PROGRAM)
def test_a_seeded_program_is_refused_by_its_rule(module: str, preview: bool, analyzer: PackAnalyzer) -> None:
    result = embedded(module.replace("_", "-"), program_of(module), analyzer, preview=preview)
    refused = {each.policy for each in result.diagnostics if each.mandatory}
    assert refused == {EVERY_PROGRAM[module]}
    assert {each.message for each in result.failures} == {each.failure for each in result.diagnostics if each.mandatory}
