"""Decisions of a run over one stack: leave, change or replace a resource by its diff, and delete what is left over.

They follow Pulumi's engine (`pkg/resource/deploy/step_generator.go`), messages included.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from google.protobuf import struct_pb2
from pulumi.runtime.proto import alias_pb2

from sandbox.engine import property_paths, wire
from sandbox.engine.analysis import Analysis
from sandbox.engine.grpc_calls import RefusedError
from sandbox.engine.plugin import UNKNOWN_CONFIGURATION, CheckFailure, DiffResponse, Plugin
from sandbox.engine.snapshot import Snapshot
from sandbox.engine.state import Operation, ResourceState
from sandbox.engine.steps import (
    DiffVerdict,
    dependencies_of,
    dependents_of,
    is_import,
    is_triggered,
    replacement,
    verdict_of,
)
from sandbox.engine.urns import STACK_TYPE, UrnRegistry, is_provider, name_of, provider_urn
from sandbox.engine.work import Work


@dataclass(frozen=True, slots=True)
class Goal:
    """A resource as the program wants it; `aliases` are the old names that the program gives it."""

    new: ResourceState
    aliases: Sequence[alias_pb2.Alias] = ()
    delete_before_replace: bool | None = None


class Deployment:
    """The decisions of one run. Knows goals and states of resources, and nothing of the SDK."""

    def __init__(self, stack: str, project: str, work: Work, analysis: Analysis) -> None:
        self._work, self._analysis = work, analysis
        self._aliases: dict[str, str] = {}
        """Old URNs by the URN of this run."""
        self._urns = UrnRegistry(stack, project, self._aliases)
        self._aliased: dict[str, str] = {}
        """URNs of this run by the old URN."""
        self._claimed: set[str] = set()
        self._recreate: dict[str, tuple[str, ...]] = {}
        """Dependents deleted before the resource they depend on is replaced, with the properties that made it so."""
        self._replaced: set[str] = set()

    @property
    def _snapshot(self) -> Snapshot:
        return self._work.snapshot

    # Requests of the program

    def claim(self, parent: str, type_: str, name: str) -> str:
        """The URN of a resource that is about to be registered or read; each can be claimed once."""
        work = self._work
        with work.lock:
            work.raise_if_stopped()
            urn = self._urns.of(parent, type_, name)
            if parent and parent not in self._claimed:
                work.fail(urn, f"could not find parent resource {parent}")
            if urn in self._claimed:
                work.fail(urn, f"Duplicate resource URN '{urn}'; try giving it a unique name")
            self._claimed.add(urn)
            return urn

    def register(self, goal: Goal) -> ResourceState:
        """Bring a resource to its goal; the state it has then."""
        started = time.perf_counter()
        new, old = self._find_old(goal)
        with self._work.going_on_without(new.urn):
            if not is_import(new, old):
                return self._reconcile(goal, new, old, started)
            imported = self._work.import_(new, None if new.urn in self._recreate else old, started)
            return self._reconcile(goal, new, imported, started, imported=True)

    def read(self, new: ResourceState) -> ResourceState:
        """Read a resource that the stack does not manage."""
        started = time.perf_counter()
        with self._work.failing_as(new.urn):
            return self._work.read(new, self._snapshot.old(new.urn), started)

    def outputs(self, urn: str, outputs: struct_pb2.Struct) -> None:
        """Keep the outputs of a component, or of the stack."""
        with self._work.lock:
            if urn in self._work.left_out:
                return
            new = self._snapshot.new(urn)
            if new is None or new.custom:
                self._work.fail(urn, f"cannot complete a resource '{urn}' whose registration isn't pending")
            completed = replace(new, output_message=outputs)
            self._snapshot.keep(completed)
        if completed.operation in ("create", "update"):
            self._work.run_after_hooks(f"after_{completed.operation}", self._snapshot.old(urn), completed)

    def refresh(self) -> None:
        """Read every resource as it is, in order; one that is gone is dropped, and nothing depends on it any more."""
        gone: set[str] = set()
        for old, now in reversed(list(self._snapshot.remaining())):
            if now.delete:
                continue
            if not old.custom or is_provider(old.type) or old.pending_replacement:
                self._work.keep_unread(old)
                continue
            with self._work.failing_as(old.urn):
                if self._work.refresh(old) is None:
                    gone.add(old.urn)
        if gone:
            self._snapshot.forget(gone)

    def finish(self) -> None:
        """Delete the resources that the program dropped, dependents first; what a protected one depends on stays.

        Nothing is deleted where something was left out: it may be in use still.
        """
        self._work.raise_if_stopped()
        if self._work.left_out:
            return
        remaining = list(self._snapshot.remaining())
        deleted = {now.urn for _, now in remaining}
        needed: set[str] = set()
        for old, now in remaining:
            if now.urn not in needed:
                self._delete_remaining(old, now, deleted)
            if now.urn in needed or _is_protected(now):
                needed |= {now.parent, *dependencies_of(now)}

    def close(self) -> None:
        """Keep the stack's old outputs beside the new ones of a failed run, which may not have reached them all."""
        if not self._work.failures:
            return
        for new in self._snapshot.news():
            if new.type == STACK_TYPE:
                old = self._snapshot.old(new.urn)
                reached = {name: value for name, value in new.outputs.items() if not wire.has_unknown(value)}
                outputs = wire.to_struct({**(old.outputs if old else {}), **reached})
                self._snapshot.keep(replace(new, output_message=outputs))

    # The old resource, found by URN or by alias

    def _find_old(self, goal: Goal) -> tuple[ResourceState, ResourceState | None]:
        new = goal.new
        with self._work.lock:
            if taken := self._aliased.get(new.urn):
                self._work.fail(
                    new.urn, f"Duplicate resource URN '{new.urn}' conflicting with alias on resource with URN '{taken}'"
                )
            if old := self._snapshot.old(new.urn):
                return new, old
            for urn in self._urns.old_urns(new.type, name_of(new.urn), new.parent, goal.aliases):
                if urn != new.urn and (old := self._snapshot.old(urn)):
                    self._adopt(urn, new.urn)
                    return replace(new, aliases=(urn,)), old
        return new, None

    def _adopt(self, old_urn: str, new_urn: str) -> None:
        taken = new_urn if old_urn in self._claimed else self._aliased.get(old_urn)
        if taken:
            self._work.fail(
                new_urn,
                f"Duplicate resource alias '{old_urn}' applied to resource with URN '{new_urn}'"
                f" conflicting with resource with URN '{taken}'",
            )
        self._aliased[old_urn] = new_urn
        self._aliases[new_urn] = old_urn
        self._work.registry.rename(old_urn, new_urn)

    # One resource

    def _reconcile(
        self, goal: Goal, new: ResourceState, old: ResourceState | None, started: float, *, imported: bool = False
    ) -> ResourceState:
        work = self._work
        recreating = not imported and new.urn in self._recreate
        new = self._checked(goal, new, None if recreating or old is None or old.external else old)
        new = self._analysis.of_resource(new)
        if old is None:
            return work.create(new, started)
        if recreating:
            verdict = replacement(*self._recreate.pop(new.urn))
            work.add_step("replace", new)
            self._replaced.add(new.urn)
            return work.create(new, started, old, verdict)
        if old.external:  # read so far, managed from now on
            created = work.create(new, started, old, delete_later=True)
            work.add_step("replace", new)
            return created
        verdict = self._verdict(new, old)
        if verdict.replace or (old.pending_replacement and not imported):
            return self._replace(goal, new, old, verdict, started)
        if verdict.changed or (old.init_errors and not imported):
            return work.update(new, old, verdict, started)
        return old if imported else work.same(new, old, started)

    def _checked(self, goal: Goal, new: ResourceState, old: ResourceState | None) -> ResourceState:
        news = goal.new.input_message
        if old is not None and new.ignore_changes:
            values = wire.to_python(news)
            if failed := property_paths.restore_ignored(values, old.inputs, new.ignore_changes):
                message = f'cannot ignore changes in added or removed elements of the path: "{", ".join(failed)}"'
                self._work.warn(new.urn, message)
            news = wire.to_struct(values)
        inputs, failures = self._work.provider(new).check(new, old and old.input_message, news)
        if failures:
            self._refuse(new, inputs, failures)
        return replace(new, input_message=inputs)

    def _refuse(self, new: ResourceState, inputs: struct_pb2.Struct, failures: Sequence[CheckFailure]) -> None:
        values = wire.to_python(inputs) or new.inputs
        for failure in failures:
            subject = f"{new.type} resource '{new.name}'"
            if failure.property:
                value = values.get(failure.property)
                printed = "[secret]" if wire.is_secret(value) else value
                subject += f": property {failure.property} value {printed!r}"
            self._work.add_failure(new.urn, f"{subject} has a problem: {failure.reason}")
        self._work.stop()

    def _verdict(self, new: ResourceState, old: ResourceState) -> DiffVerdict:
        if is_triggered(old.replacement_trigger, new.replacement_trigger):
            return replacement()
        if not self._replaced.isdisjoint(new.replace_with):
            return replacement("replaceWith")
        if self._provider_changed(new, old):
            return replacement("provider")
        return verdict_of(self._diff(new, old), new.replace_on_changes, bool(old.init_errors))

    def _diff(self, new: ResourceState, old: ResourceState) -> DiffResponse:
        provider = self._work.provider(new)
        if isinstance(provider, Plugin) and not provider.configuration_known:
            self._work.warn(new.urn, UNKNOWN_CONFIGURATION)
            # Pulumi previews an update then, and leaves the question of a replacement to the run.
            return DiffResponse(changes=DiffResponse.DIFF_SOME)
        diff = provider.diff(new.urn, old, new.input_message, new.ignore_changes)
        return diff if diff.changes != DiffResponse.DIFF_UNKNOWN else self._input_diff(new, old)

    @staticmethod
    def _input_diff(new: ResourceState, old: ResourceState) -> DiffResponse:
        """The diff of the inputs alone, for a provider that answers DIFF_UNKNOWN."""
        olds, news = old.inputs, new.inputs
        property_paths.restore_ignored(news, olds, new.ignore_changes)
        keys = sorted(key for key in {*olds, *news} if olds.get(key) != news.get(key))
        return DiffResponse(changes=DiffResponse.DIFF_SOME if keys else DiffResponse.DIFF_NONE, diffs=keys)

    def _provider_changed(self, new: ResourceState, old: ResourceState) -> bool:
        if old.provider == new.provider:
            return False
        if not (old.provider and new.provider):
            return True
        old_urn, new_urn = provider_urn(old.provider), provider_urn(new.provider)
        if self._aliased.get(old_urn) == new_urn:
            return False  # the same provider under a new name
        old_provider, new_provider = self._snapshot.old(old_urn), self._snapshot.new(new_urn)
        plugin = self._work.registry.find(new.provider)
        if old_provider is None or new_provider is None or plugin is None:
            raise RefusedError(f'failed to resolve provider reference: "{old.provider}"')
        diff = plugin.diff_config(new_urn, old_provider, new_provider.input_message)
        return verdict_of(diff, (), init_errors=False).replace

    # Replacing

    def _replace(
        self, goal: Goal, new: ResourceState, old: ResourceState, verdict: DiffVerdict, started: float
    ) -> ResourceState:
        work = self._work
        self._refuse_replacing(goal, new, old)
        self._replaced.add(new.urn)
        new = self._checked(goal, new, None)
        delete_first = verdict.delete_first if goal.delete_before_replace is None else goal.delete_before_replace
        if not delete_first:
            created = work.create(new, started, old, verdict, delete_later=True)
            work.add_step("replace", new, verdict)
            return created
        for dependent, keys in reversed(self._dependents(old)):
            self._delete_dependent(dependent, keys, replaced=new.urn)
        if not old.pending_replacement:
            work.delete(old, "delete-replaced", replacement_follows=True)
        work.add_step("replace", new, verdict)
        return work.create(new, started, old, verdict)

    def _refuse_replacing(self, goal: Goal, new: ResourceState, old: ResourceState) -> None:
        work = self._work
        if new.protect and old.protect:
            message = (
                f'unable to replace resource "{new.urn}"\nas it is currently marked for protection. To unprotect the '
                "resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`"
            )
            if not work.preview:
                work.fail(new.urn, message)
            work.add_failure(new.urn, message)
        if goal.new.import_id:
            message = (
                "previously-imported resources that still specify an ID may not be replaced; "
                "please remove the `import` declaration from your program"
            )
            if not work.preview:
                raise RefusedError(message)
            work.warn(new.urn, message)

    def _dependents(self, root: ResourceState) -> list[tuple[ResourceState, tuple[str, ...]]]:
        """The old resources that a change of their dependency would replace, with the properties that would."""
        replacements: list[tuple[ResourceState, tuple[str, ...]]] = []
        replaced = {root.urn}
        for dependent in dependents_of([root.urn], self._snapshot.after(root)):
            if dependent.custom and not dependent.external and (verdict := self._would_replace(dependent, replaced)):
                replaced.add(dependent.urn)
                replacements.append((dependent, verdict.replaces))
        return replacements

    def _would_replace(self, dependent: ResourceState, replaced: set[str]) -> DiffVerdict | None:
        if provider_urn(dependent.provider) in replaced:
            return replacement()
        if not replaced.isdisjoint(dependent.replace_with):
            return replacement("replaceWith")
        unknown = [key for key, urns in dependent.property_dependencies.items() if not replaced.isdisjoint(urns)]
        values = {key: wire.UNKNOWN if key in unknown else value for key, value in dependent.inputs.items()}
        if not any(key in values for key in unknown):
            return None
        provider = self._work.provider_of_old(dependent)
        diff = provider.diff(dependent.urn, dependent, wire.to_struct(values), dependent.ignore_changes)
        verdict = verdict_of(diff, dependent.replace_on_changes, init_errors=False)
        return verdict if verdict.replace else None

    def _delete_dependent(self, dependent: ResourceState, keys: tuple[str, ...], replaced: str) -> None:
        if dependent.urn in self._recreate:
            return
        if dependent.protect:
            self._work.fail(
                replaced,
                f'unable to replace resource "{dependent.urn}" as part of replacing "{replaced}" as it is currently '
                "marked for protection. To unprotect the resource, remove the `protect` flag from the resource in your "
                f"Pulumi program and run `pulumi up`, or use the command:\n`pulumi state unprotect '{dependent.urn}'`",
            )
        self._work.delete(dependent, "delete-replaced", replacement_follows=True)
        self._recreate[dependent.urn] = keys

    # Deleting

    def _delete_remaining(self, old: ResourceState, now: ResourceState, deleted: set[str]) -> None:
        work = self._work
        if now.pending_replacement:
            work.snapshot.drop(old)
            work.add_step("remove-pending-replace", now)
            return
        if _is_protected(now):
            message = (
                f'resource "{now.urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either '
                "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`, or use the "
                f"command:\n`pulumi state unprotect '{now.urn}'`"
            )
            work.add_failure(now.urn, message)
            return
        if now.external:
            operation: Operation = "discard-replaced" if now.delete else "discard"
        else:
            operation = "delete-replaced" if now.delete else "delete"
        work.delete(old, operation, deleted_with_another=now.deleted_with in deleted)


def _is_protected(old: ResourceState) -> bool:
    """True for a protected resource that has neither been replaced already nor been deleted before its replacement."""
    return old.protect and not old.delete and not old.pending_replacement
