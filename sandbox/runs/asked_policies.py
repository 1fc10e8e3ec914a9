"""Answers of a policy pack on stacks: violations, exceptions, and questions that wait for values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from pulumi.runtime.proto import analyzer_pb2

from sandbox.engine.analysis import PolicyDiagnostic
from sandbox.engine.urns import name_of
from sandbox.runs.pack_analyzer import PolicyConfiguration
from sandbox.runs.stack_run import StackRun

SEVERITIES: Final[Mapping[int, str]] = {
    analyzer_pb2.POLICY_SEVERITY_LOW: "low",
    analyzer_pb2.POLICY_SEVERITY_MEDIUM: "medium",
    analyzer_pb2.POLICY_SEVERITY_HIGH: "high",
    analyzer_pb2.POLICY_SEVERITY_CRITICAL: "critical",
}
SEVERITY: Final = "severity"
"""The parameter by which a rule of our pack is more or less grave than it says."""

_EXCEPTED: Final = re.compile(
    r"(?P<rule>[a-z0-9-]+): (?P<message>.*)\n"
    r"excepted until (?P<expires>[0-9-]{10}) by (?P<owner>[^:]+): (?P<reason>.*)",
    re.DOTALL,
)
"""What the pack's policies on exceptions say (`policies/mesh_guardrails/excepted.py`)."""

_EXCEPTED_POLICIES: Final = ("excepted-resources", "excepted-in-the-stack")
_UNKNOWN: Final = re.compile(r"can't run (policy|remediation) '")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldViolation:
    """Violation of a rule by a resource: `refused` in a run, or only told; `stack` alone where it is of no resource."""

    stack: str
    resource: str
    type: str
    urn: str
    rule: str
    severity: str
    message: str
    refused: bool

    def __str__(self) -> str:
        where = f"{self.type} {self.resource}" if self.resource else "the stack"
        told = "" if self.refused else "advice: "
        return f"{self.stack}: {where}: {told}{self.message} ({', '.join(filter(None, (self.rule, self.severity)))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldException:
    """Violation that an exception allows until a day."""

    stack: str
    resource: str
    type: str
    urn: str
    rule: str
    message: str
    expires: str
    owner: str
    reason: str

    def __str__(self) -> str:
        return (
            f"{self.stack}: {self.type} {self.resource}: excepted until {self.expires} by {self.owner} "
            f"({self.reason}): {self.message} ({self.rule})"
        )


@dataclass(frozen=True, slots=True)
class AskedPolicies:
    """Answers on some stacks; `rules` is how many rules were asked, `resources` what they were asked about."""

    stacks: int
    resources: int
    rules: int
    violations: tuple[ToldViolation, ...] = ()
    exceptions: tuple[ToldException, ...] = ()
    waiting: int = 0
    """Questions on values that only the update knows: it asks them again."""

    @property
    def refused(self) -> bool:
        """Whether a violation stops a run."""
        return any(each.refused for each in self.violations)

    def __str__(self) -> str:
        counts = (
            _counted(self.resources, "resource"),
            _counted(self.stacks, "stack"),
            _counted(self.rules, "rule"),
            _counted(len(self.violations), "violation"),
            _counted(len(self.exceptions), "exception"),
        )
        line = "{} of {} asked {}: {}, {}".format(*counts)
        waiting = f"{_counted(self.waiting, 'question')} about values that only the update knows"
        return f"{line}; {waiting}, which asks again" if self.waiting else line

    def as_json(self) -> dict[str, Any]:
        """The same as one JSON document."""
        return {
            "stacks": self.stacks,
            "resources": self.resources,
            "rules": self.rules,
            "waiting": self.waiting,
            "violations": [_fields(each) for each in self.violations],
            "exceptions": [_fields(each) for each in self.exceptions],
        }


@dataclass(slots=True)
class _Reader:
    severities: Mapping[str, str]
    types: dict[str, str] = field(default_factory=dict[str, str])

    def violations(self, stack: str, diagnostics: Iterable[PolicyDiagnostic]) -> Iterator[ToldViolation]:
        for each in diagnostics:
            if _exception(each) is None and not _waits(each):
                yield ToldViolation(
                    **self._where(stack, each),
                    rule=each.policy,
                    severity=self.severities.get(each.policy, ""),
                    message=_found(each),
                    refused=each.mandatory,
                )

    def exceptions(self, stack: str, diagnostics: Iterable[PolicyDiagnostic]) -> Iterator[ToldException]:
        for each in diagnostics:
            if told := _exception(each):
                yield ToldException(**self._where(stack, each), **told.groupdict())

    def _where(self, stack: str, told: PolicyDiagnostic) -> dict[str, str]:
        type_ = self.types.get(told.urn, "")
        is_stack = type_ in ("", "pulumi:pulumi:Stack")
        return {
            "stack": stack,
            "resource": "" if is_stack else name_of(told.urn),
            "type": "" if is_stack else type_,
            "urn": told.urn,
        }


class PackRules(NamedTuple):
    """The rules of a pack: how many are asked, and how grave a violation of each is, as far as that is known."""

    number: int
    severities: Mapping[str, str]

    @staticmethod
    def of(info: analyzer_pb2.AnalyzerInfo, configuration: PolicyConfiguration) -> PackRules:
        """Those of a pack that said so itself, as it is configured."""
        # Policies beside the rules have no tags: one that reads for all of them, and those on exceptions.
        rules = [one.name for one in info.policies if one.tags] or [one.name for one in info.policies]
        severities = {one.name: SEVERITIES.get(one.severity, "") for one in info.policies}
        severities |= {
            name: str(parameters[SEVERITY]) for name, (_, parameters) in configuration.items() if SEVERITY in parameters
        }
        disabled = {name for name, (level, _) in configuration.items() if level == "disabled"}
        return PackRules(sum(name not in disabled for name in rules), severities)


def asked_policies(runs: Sequence[StackRun], rules: PackRules) -> AskedPolicies:
    """The answers of a pack in some runs."""
    reader = _Reader(rules.severities)
    for run in runs:
        reader.types |= {resource.urn: resource.type for resource in run.result.resources}
    told = [(run.stack, _each_once(run.result.diagnostics)) for run in runs]
    return AskedPolicies(
        stacks=len(runs),
        resources=sum(len(run.result.resources) for run in runs),
        rules=rules.number,
        violations=tuple(one for stack, said in told for one in reader.violations(stack, said)),
        exceptions=tuple(one for stack, said in told for one in reader.exceptions(stack, said)),
        waiting=sum(_waits(each) for _, said in told for each in said),
    )


def without_violations(run: StackRun) -> StackRun:
    """The run with those of its failures that are no violation."""
    violations = {(each.urn, each.failure) for each in run.result.diagnostics}
    failures = [each for each in run.result.failures if (each.urn, each.message) not in violations]
    return replace(run, result=replace(run.result, failures=failures))


def _each_once(diagnostics: Iterable[PolicyDiagnostic]) -> list[PolicyDiagnostic]:
    """Diagnostics in one order, by resource; they come in that of the program, which is another one in each run."""
    return sorted(
        set(diagnostics), key=lambda each: (each.urn.rpartition("::")[2], each.urn, each.policy, each.message)
    )


def _exception(told: PolicyDiagnostic) -> re.Match[str] | None:
    """The parts of what a policy on exceptions says; None for anything else, also under its name."""
    return _EXCEPTED.fullmatch(_found(told)) if told.policy in _EXCEPTED_POLICIES else None


def _waits(told: PolicyDiagnostic) -> bool:
    return not told.mandatory and _UNKNOWN.match(told.message) is not None


def _found(told: PolicyDiagnostic) -> str:
    """The message of a rule, without the description of the policy in the line above."""
    description, break_, message = told.message.partition("\n")
    return message.strip() if break_ else description


def _fields(told: ToldViolation | ToldException) -> dict[str, Any]:
    return {name: getattr(told, name) for name in told.__slots__}


def _counted(number: int, one: str) -> str:
    return f"{number:,} {one if number == 1 else f'{one}s'}"
