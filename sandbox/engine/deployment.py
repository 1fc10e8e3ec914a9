"""One run over one stack: decides what each resource needs, and in the end what has to go.

It follows Pulumi's engine (`pkg/resource/deploy/step_generator.go`), messages included.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from google.protobuf import struct_pb2
from pulumi.runtime.proto import alias_pb2

from sandbox.engine import paths, wire
from sandbox.engine.grpc_calls import RefusedError
from sandbox.engine.plugin import UNKNOWN_CONFIGURATION, CheckFailure, DiffResponse, Plugin
from sandbox.engine.snapshot import Snapshot
from sandbox.engine.state import Operation, ResourceState
from sandbox.engine.steps import DiffVerdict, depend_on, is_import, needs, replacing, triggered, verdict_of
from sandbox.engine.urns import STACK_TYPE, UrnRegistry, is_provider, name_of, provider_urn
from sandbox.engine.work import Work


@dataclass(frozen=True, slots=True)
class Goal:
    """What the program asks for. `aliases` are the old names that the program gives."""

    new: ResourceState
    aliases: Sequence[alias_pb2.Alias] = ()
    delete_before_replace: bool | None = None


class Deployment:
    """What one run decides; knows nothing of the SDK."""

    def __init__(self, stack: str, project: str, work: Work) -> None:
        self._work = work
        self._aliases: dict[str, str] = {}
        self._names = UrnRegistry(stack, project, self._aliases)
        self._aliased: dict[str, str] = {}
        self._seen: set[str] = set()
        self._recreate: dict[str, tuple[str, ...]] = {}
        self._replaced: set[str] = set()

    @property
    def _snapshot(self) -> Snapshot:
        return self._work.snapshot

    # What a program asks for

    def claim(self, parent: str, type_: str, name: str) -> str:
        """The URN of a resource that is about to be registered or read; each can be claimed once."""
        work = self._work
        with work.lock:
            work.go_on()
            urn = self._names.of(parent, type_, name)
            if parent and parent not in self._seen:
                work.fail(urn, f"could not find parent resource {parent}")
            if urn in self._seen:
                work.fail(urn, f"Duplicate resource URN '{urn}'; try giving it a unique name")
            self._seen.add(urn)
            return urn

    def register(self, goal: Goal) -> ResourceState:
        """Bring a resource to where the program wants it; what it has become."""
        started = time.perf_counter()
        new, old = self._find_old(goal)
        with self._work.failing_as(new.urn):
            if not is_import(new, old):
                return self._settle(goal, new, old, started)
            read = self._work.import_(new, None if new.urn in self._recreate else old, started)
            return self._settle(goal, new, read, started, imported=True)

    def read(self, new: ResourceState) -> ResourceState:
        """Read a resource that is not ours to manage."""
        started = time.perf_counter()
        with self._work.failing_as(new.urn):
            return self._work.read(new, self._snapshot.old(new.urn), started)

    def outputs(self, urn: str, outputs: struct_pb2.Struct) -> None:
        """The outputs of a component, or of the stack."""
        with self._work.lock:
            new = self._snapshot.new(urn)
            if new is None or new.custom:
                self._work.fail(urn, f"cannot complete a resource '{urn}' whose registration isn't pending")
            done = replace(new, output_message=outputs)
            self._snapshot.keep(done)
        if done.operation in ("create", "update"):
            self._work.after(f"after_{done.operation}", self._snapshot.old(urn), done)

    def refresh(self) -> None:
        """Read every resource as it is, in order; what is gone is forgotten, and nothing depends on it any more."""
        gone: set[str] = set()
        for old, now in reversed(list(self._snapshot.left())):
            if now.delete:
                continue
            if not old.custom or is_provider(old.type) or old.pending_replacement:
                self._work.keep(old)
                continue
            with self._work.failing_as(old.urn):
                if self._work.refresh(old) is None:
                    gone.add(old.urn)
        if gone:
            self._snapshot.forget(gone)

    def finish(self) -> None:
        """The program is done: delete what it no longer has, dependents first; what something protected needs stays."""
        self._work.go_on()
        left = list(self._snapshot.left())
        going = {now.urn for _, now in left}
        needed: set[str] = set()
        for old, now in left:
            if now.urn not in needed:
                self._delete_left(old, now, going)
            if now.urn in needed or _is_kept(now):
                needed |= {now.parent, *needs(now)}

    def close(self) -> None:
        """The run has ended. When it has failed, it may not have reached an output of the stack: the old one stays."""
        if not self._work.failures:
            return
        for new in self._snapshot.news():
            if new.type == STACK_TYPE and (old := self._snapshot.old(new.urn)):
                outputs = wire.to_struct({**old.outputs, **new.outputs})
                self._snapshot.keep(replace(new, output_message=outputs))

    # The old resource, under whatever name

    def _find_old(self, goal: Goal) -> tuple[ResourceState, ResourceState | None]:
        new = goal.new
        with self._work.lock:
            if taken := self._aliased.get(new.urn):
                self._work.fail(
                    new.urn, f"Duplicate resource URN '{new.urn}' conflicting with alias on resource with URN '{taken}'"
                )
            if old := self._snapshot.old(new.urn):
                return new, old
            for urn in self._names.before(new.type, name_of(new.urn), new.parent, goal.aliases):
                if urn != new.urn and (old := self._snapshot.old(urn)):
                    self._adopt(urn, new.urn)
                    return replace(new, aliases=(urn,)), old
        return new, None

    def _adopt(self, old: str, new: str) -> None:
        taken = new if old in self._seen else self._aliased.get(old)
        if taken:
            self._work.fail(
                new,
                f"Duplicate resource alias '{old}' applied to resource with URN '{new}'"
                f" conflicting with resource with URN '{taken}'",
            )
        self._aliased[old] = new
        self._aliases[new] = old
        self._work.registry.rename(old, new)

    # Deciding

    def _settle(
        self, goal: Goal, new: ResourceState, old: ResourceState | None, started: float, *, imported: bool = False
    ) -> ResourceState:
        work = self._work
        recreating = not imported and new.urn in self._recreate
        new = self._checked(goal, new, None if recreating or old is None or old.external else old)
        if old is None:
            return work.create(new, started)
        if recreating:
            verdict = replacing(*self._recreate.pop(new.urn))
            work.step("replace", new)
            self._replaced.add(new.urn)
            return work.create(new, started, old, verdict)
        if old.external:
            done = work.create(new, started, old, wait=True)
            work.step("replace", new)
            return done
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
            if missed := paths.ignoring(values, old.inputs, new.ignore_changes):
                listed = ", ".join(missed)
                message = f'cannot ignore changes in added or removed elements of the path: "{listed}"'
                self._work.warn(new.urn, message)
            news = wire.to_struct(values)
        inputs, problems = self._work.provider(new).check(new, old and old.input_message, news)
        if problems:
            self._refuse(new, inputs, problems)
        return replace(new, input_message=inputs)

    def _refuse(self, new: ResourceState, inputs: struct_pb2.Struct, problems: Sequence[CheckFailure]) -> None:
        values = wire.to_python(inputs) or new.inputs
        for problem in problems:
            subject = f"{new.type} resource '{new.name}'"
            if problem.property:
                value = values.get(problem.property)
                shown = "[secret]" if wire.is_secret(value) else value
                subject += f": property {problem.property} value {shown!r}"
            self._work.note(new.urn, f"{subject} has a problem: {problem.reason}")
        self._work.stop()

    def _verdict(self, new: ResourceState, old: ResourceState) -> DiffVerdict:
        if triggered(old.replacement_trigger, new.replacement_trigger):
            return replacing()
        if not self._replaced.isdisjoint(new.replace_with):
            return replacing("replaceWith")
        if self._provider_changed(new, old):
            return replacing("provider")
        return verdict_of(self._diff(new, old), new.replace_on_changes, bool(old.init_errors))

    def _diff(self, new: ResourceState, old: ResourceState) -> DiffResponse:
        provider = self._work.provider(new)
        if isinstance(provider, Plugin) and not provider.known:
            self._work.warn(new.urn, UNKNOWN_CONFIGURATION)
            return DiffResponse(changes=DiffResponse.DIFF_SOME)
        diff = provider.diff(new.urn, old, new.input_message, new.ignore_changes)
        return diff if diff.changes != DiffResponse.DIFF_UNKNOWN else self._compared(new, old)

    @staticmethod
    def _compared(new: ResourceState, old: ResourceState) -> DiffResponse:
        """The provider cannot say: compare the inputs."""
        olds, news = old.inputs, new.inputs
        paths.ignoring(news, olds, new.ignore_changes)
        keys = sorted(key for key in {*olds, *news} if olds.get(key) != news.get(key))
        return DiffResponse(changes=DiffResponse.DIFF_SOME if keys else DiffResponse.DIFF_NONE, diffs=keys)

    def _provider_changed(self, new: ResourceState, old: ResourceState) -> bool:
        if old.provider == new.provider:
            return False
        if not (old.provider and new.provider):
            return True
        before, now = provider_urn(old.provider), provider_urn(new.provider)
        if self._aliased.get(before) == now:
            return False
        old_provider, new_provider = self._snapshot.old(before), self._snapshot.new(now)
        plugin = self._work.registry.find(new.provider)
        if old_provider is None or new_provider is None or plugin is None:
            raise RefusedError(f'failed to resolve provider reference: "{old.provider}"')
        diff = plugin.diff_config(now, old_provider, new_provider.input_message)
        return verdict_of(diff, (), init_errors=False).replace

    # Replacing

    def _replace(
        self, goal: Goal, new: ResourceState, old: ResourceState, verdict: DiffVerdict, started: float
    ) -> ResourceState:
        work = self._work
        self._refuse_replacing(goal, new, old)
        self._replaced.add(new.urn)
        new = self._checked(goal, new, None)
        first = verdict.delete_first if goal.delete_before_replace is None else goal.delete_before_replace
        if not first:
            done = work.create(new, started, old, verdict, wait=True)
            work.step("replace", new, verdict)
            return done
        for dependent, keys in reversed(self._dependents(old)):
            self._delete_dependent(dependent, keys, because_of=new.urn)
        if not old.pending_replacement:
            work.delete(old, "delete-replaced", first=True)
        work.step("replace", new, verdict)
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
            work.note(new.urn, message)
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
        found: list[tuple[ResourceState, tuple[str, ...]]] = []
        replaced = {root.urn}
        for one in depend_on([root.urn], self._snapshot.after(root)):
            if one.custom and not one.external and (verdict := self._would_replace(one, replaced)):
                replaced.add(one.urn)
                found.append((one, verdict.replaces))
        return found

    def _would_replace(self, one: ResourceState, replaced: set[str]) -> DiffVerdict | None:
        if provider_urn(one.provider) in replaced:
            return replacing()
        if not replaced.isdisjoint(one.replace_with):
            return replacing("replaceWith")
        lost = [key for key, urns in one.property_dependencies.items() if not replaced.isdisjoint(urns)]
        values = {key: wire.UNKNOWN if key in lost else value for key, value in one.inputs.items()}
        if not any(key in values for key in lost):
            return None
        provider = self._work.provider_of_old(one)
        diff = provider.diff(one.urn, one, wire.to_struct(values), one.ignore_changes)
        verdict = verdict_of(diff, one.replace_on_changes, init_errors=False)
        return verdict if verdict.replace else None

    def _delete_dependent(self, one: ResourceState, keys: tuple[str, ...], because_of: str) -> None:
        if one.urn in self._recreate:
            return
        if one.protect:
            self._work.fail(
                because_of,
                f'unable to replace resource "{one.urn}" as part of replacing "{because_of}" as it is currently marked '
                "for protection. To unprotect the resource, remove the `protect` flag from the resource in your Pulumi "
                f"program and run `pulumi up`, or use the command:\n`pulumi state unprotect '{one.urn}'`",
            )
        self._work.delete(one, "delete-replaced", first=True)
        self._recreate[one.urn] = keys

    # Deleting

    def _delete_left(self, old: ResourceState, now: ResourceState, going: set[str]) -> None:
        work = self._work
        if now.pending_replacement:
            work.snapshot.drop(old)
            work.step("remove-pending-replace", now)
            return
        if _is_kept(now):
            message = (
                f'resource "{now.urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either '
                "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`, or use the "
                f"command:\n`pulumi state unprotect '{now.urn}'`"
            )
            work.note(now.urn, message)
            return
        if now.external:
            operation: Operation = "discard-replaced" if now.delete else "discard"
        else:
            operation = "delete-replaced" if now.delete else "delete"
        work.delete(old, operation, goes_with_another=now.deleted_with in going)


def _is_kept(old: ResourceState) -> bool:
    """True for what is protected, unless it has been replaced already or deleted first."""
    return old.protect and not old.delete and not old.pending_replacement
