"""A rule of the embedded engine that is broken is found by the comparison with Pulumi's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import pytest

from sandbox.engine import deployment, plugin, steps, urns, wire, work
from sandbox.engine.deployment import Deployment
from sandbox.engine.goals import Goals
from sandbox.engine.snapshot import Snapshot
from sandbox.engine.state import ResourceState
from sandbox.engine.urns import UrnRegistry
from sandbox.engine.work import Work
from tests.conformance.known import unexplained
from tests.conformance.programs import PROGRAMS
from tests.conformance.real import RealEngine
from tests.conformance.table import different, on_embedded, on_real

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]

Break = Callable[[pytest.MonkeyPatch], None]


def urns_leave_out_the_parent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        UrnRegistry, "of", lambda self, parent, type_, name: urns.urn_of(self.stack, self.project, "", type_, name)
    )


def aliases_are_not_followed(patch: pytest.MonkeyPatch) -> None:
    def old_urns(*_: Any) -> Iterator[str]:
        return iter(())

    patch.setattr(UrnRegistry, "old_urns", old_urns)


def protection_does_not_refuse_a_replacement(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Deployment, "_refuse_replacing", lambda *_: None)


def what_is_protected_may_be_deleted(patch: pytest.MonkeyPatch) -> None:
    remaining = Snapshot.remaining
    patch.setattr(
        Snapshot, "remaining", lambda self: ((old, replace(now, protect=False)) for old, now in remaining(self))
    )


def replace_on_changes_is_passed_over(patch: pytest.MonkeyPatch) -> None:
    verdict_of = steps.verdict_of
    patch.setattr(deployment, "verdict_of", lambda diff, _, init_errors: verdict_of(diff, (), init_errors))


def the_provider_alone_decides_what_is_deleted_first(patch: pytest.MonkeyPatch) -> None:
    of = Goals.of
    patch.setattr(Goals, "of", lambda *args: replace(of(*args), delete_before_replace=None))


def dependents_are_not_deleted_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Deployment, "_dependents", lambda *_: [])


def ignored_changes_are_seen(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deployment.property_paths, "restore_ignored", lambda *_: [])


def what_is_to_be_retained_is_deleted(patch: pytest.MonkeyPatch) -> None:
    delete = Work.delete

    def anyway(self: Work, old: ResourceState, *args: Any, **options: Any) -> None:
        delete(self, replace(old, retain_on_delete=False), *args, **options)

    patch.setattr(Work, "delete", anyway)


def what_deleted_with_another_is_deleted_on_its_own(patch: pytest.MonkeyPatch) -> None:
    delete = Work.delete

    def alone(self: Work, old: ResourceState, *args: Any, deleted_with_another: bool = False, **options: Any) -> None:
        delete(self, old, *args, **options)

    patch.setattr(Work, "delete", alone)


def what_others_need_is_deleted_first(patch: pytest.MonkeyPatch) -> None:
    remaining = Snapshot.remaining
    patch.setattr(Snapshot, "remaining", lambda self: reversed(list(remaining(self))))


def secret_outputs_are_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(work.wire, "conceal", lambda values, _: values)


def a_provider_that_is_replaced_keeps_its_resources(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Deployment, "_provider_changed", lambda *_: False)


def dependencies_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Goals, "_registered", lambda *_: ())


def default_providers_are_always_made(patch: pytest.MonkeyPatch) -> None:
    init = Goals.__init__
    patch.setattr(Goals, "__init__", lambda self, deployment, snapshot, disabled: init(self, deployment, snapshot, ()))


def unknown_values_reach_nobody_in_a_preview(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        plugin.Plugin,
        "_for_provider",
        lambda self, values: wire.to_struct(
            {key: value for key, value in wire.to_python(values).items() if value != wire.UNKNOWN}
        ),
    )


def a_name_may_be_used_twice(patch: pytest.MonkeyPatch) -> None:
    def claim(self: Any, parent: str, type_: str, name: str) -> str:
        self._claimed.add(urn := self._urns.of(parent, type_, name))
        return urn

    patch.setattr(Deployment, "claim", claim)


FAULTS: Final[dict[Break, str]] = {
    urns_leave_out_the_parent: "provider-inheritance",
    aliases_are_not_followed: "rename-with-alias",
    protection_does_not_refuse_a_replacement: "protect-refuses-replace",
    what_is_protected_may_be_deleted: "protect-refuses-delete",
    replace_on_changes_is_passed_over: "replace-on-changes",
    the_provider_alone_decides_what_is_deleted_first: "delete-before-replace-wanted",
    dependents_are_not_deleted_first: "delete-before-replace",
    ignored_changes_are_seen: "ignore-changes",
    what_is_to_be_retained_is_deleted: "retain-on-delete",
    what_deleted_with_another_is_deleted_on_its_own: "deleted-with",
    what_others_need_is_deleted_first: "resource-removed",
    secret_outputs_are_open: "additional-secret-outputs",
    a_provider_that_is_replaced_keeps_its_resources: "provider-replaced",
    dependencies_are_forgotten: "depends-on",
    default_providers_are_always_made: "default-provider-refused",
    unknown_values_reach_nobody_in_a_preview: "first-up-and-no-change",
    a_name_may_be_used_twice: "duplicate-urn",
}
"""Faults, each with a program that shows it."""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_broken_rule_is_found(fault: Break, pulumi_engine: RealEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    program = PROGRAMS[FAULTS[fault]]
    real = on_real(pulumi_engine, program)
    assert not unexplained(program.name, different(real, on_embedded(program)))
    with monkeypatch.context() as patch:
        fault(patch)
        assert unexplained(program.name, different(real, on_embedded(program)))
