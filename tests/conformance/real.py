"""Programs on Pulumi's own engine, through the Automation API, with outcomes in the form of `outcome`."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import grpc
from pulumi import automation
from pulumi.automation import errors
from pulumi.automation.events import EngineEvent, OpType, StepEventMetadata
from pulumi.runtime.proto import provider_pb2_grpc
from semver import VersionInfo

from sandbox.runs.pulumi_cli import Cli, find
from tests.conformance.embedded import PROJECT
from tests.conformance.lost_connection import tell_the_cause
from tests.conformance.outcome import Outcome, StepOutcome, in_order, plain
from tests.conformance.programs import Verb
from tests.conformance.provider import Served

_COLOR: Final = re.compile(r"<\{%.*?%\}>")
_VALUE: Final = re.compile(r"value \{(.*?)\}(?= has a problem)")
_ONE_ERROR: Final = re.compile(r"^1 error occurred:\s+\* ")
_PREVIEW_FAILED: Final = "Preview failed: "
_COMMANDS: Final = {
    ("up", False): "up",
    ("up", True): "preview",
    ("refresh", False): "refresh",
    ("destroy", False): "destroy",
    ("destroy", True): "preview_destroy",
}
_SUMMARIES: Final = ("update failed", "preview failed", "destroy failed", "refresh failed")
"""Messages of Pulumi about the whole run, which repeat the failures."""
_RECORDED: Final = (
    "urn",
    "type",
    "custom",
    "id",
    "parent",
    "provider",
    "inputs",
    "outputs",
    "dependencies",
    "propertyDependencies",
    "protect",
    "retainOnDelete",
    "deletedWith",
    "external",
    "delete",
    "pendingReplacement",
    "additionalSecretOutputs",
    "ignoreChanges",
    "replaceOnChanges",
    "importID",
    "initErrors",
    "customTimeouts",
)


class _Command(automation.PulumiCommand):
    """A `pulumi` that need not be on PATH."""

    def __init__(self, cli: Cli) -> None:  # pyright: ignore[reportMissingSuperCall]
        self.command = str(cli.path)
        self.version = VersionInfo.parse(cli.version)


class RealEngine:
    """Pulumi's engine with a backend of its own and our provider attached; a stack for every name."""

    def __init__(self, cli: Cli, home: Path, port: int, served: Served) -> None:
        self.home = home
        self.served = served
        self._stacks: dict[str, automation.Stack] = {}
        self._workspace = automation.LocalWorkspace(
            work_dir=str(home),
            pulumi_command=_Command(cli),
            project_settings=automation.ProjectSettings(
                name=PROJECT,
                runtime="python",
                config={"pulumi:disable-default-providers": {"value": ["aws"]}},
            ),
            env_vars={
                "PULUMI_HOME": str(home / "home"),
                "PULUMI_BACKEND_URL": f"file://{home}",
                "PULUMI_CONFIG_PASSPHRASE": "conformance",
                "PULUMI_SKIP_UPDATE_CHECK": "1",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
                "PULUMI_EXPERIMENTAL": "1",
                "PULUMI_SKIP_CHECKPOINTS": "1",
            },
        )

    def run(
        self,
        stack: str,
        program: Callable[[], Any],
        make: Callable[[], provider_pb2_grpc.ResourceProviderServicer],
        *,
        preview: bool = False,
        verb: Verb = "up",
        policy_packs: Sequence[Path] = (),
        environment: Mapping[str, str] | None = None,
        heard: list[EngineEvent] | None = None,
    ) -> Outcome:
        """Run a program, or a verb without one, over a stack; `heard` gets every event."""
        if stack not in self._stacks:
            self._stacks[stack] = automation.Stack.create(stack, self._workspace)
        self.served.use(make)
        selected = self._stacks[stack]
        events: list[EngineEvent] = [] if heard is None else heard
        options: dict[str, Any] = {"on_event": events.append}
        if verb == "up":
            options["program"] = program
        if policy_packs:
            options["policy_packs"] = [str(pack) for pack in policy_packs]
        before = dict(self._workspace.env_vars)
        self._workspace.env_vars = {**before, **(environment or {})}
        try:
            _command(selected, _COMMANDS[verb, preview], options)
        except errors.CommandError as error:
            if not _failures(events):
                raise AssertionError(f"pulumi failed without a diagnostic: {error}") from error
        finally:
            self._workspace.env_vars = before
        return Outcome(
            steps=in_order(verb, _steps(events)),
            failures=_failures(events),
            previewed=_previewed(events) if preview else {},
            records={} if preview else self._records(stack),
        )

    def forget(self, stacks: Iterable[str]) -> None:
        """Remove stacks with their state: a test that runs again, for its engine went away, begins with nothing."""
        for stack in {*stacks} & {*self._stacks}:
            del self._stacks[stack]
            self._workspace.remove_stack(stack, force=True)

    def configure(self, stack: str, config: Mapping[str, Any]) -> None:
        """Write the configuration of a stack that has not been run yet."""
        # JSON is YAML.
        (self.home / f"Pulumi.{stack}.yaml").write_text(json.dumps({"config": dict(config)}))

    def _records(self, stack: str) -> dict[str, dict[str, Any]]:
        path = self.home / ".pulumi" / "stacks" / PROJECT / f"{stack}.json"
        latest = json.loads(path.read_text())["checkpoint"]["latest"] or {}
        return {
            f"{resource['urn']}{' (replaced)' if resource.get('delete') else ''}": _record(resource)
            for resource in latest.get("resources", ())
        }


@contextmanager
def real_engine() -> Generator[RealEngine]:
    """Pulumi's engine, for as long as the context lasts; raises NotPossibleError where there is no usable `pulumi`."""
    cli = find()
    tell_the_cause()
    served = Served()
    server, port = served.serve()
    with tempfile.TemporaryDirectory() as home:
        try:
            yield RealEngine(cli, Path(home), port, served)
        finally:
            _stop(server)


def _stop(server: grpc.Server) -> None:
    server.stop(None).wait()


class _Finished(Exception):
    """Raised when a command has ended, so that the Automation API runs no other behind it."""


def _command(stack: automation.Stack, name: str, options: dict[str, Any]) -> None:
    """Run a command without the two that the Automation API runs behind it for the result that it returns."""

    def finished(*_: object, **__: object) -> None:
        raise _Finished

    stack.outputs = stack.info = finished
    with suppress(_Finished):
        getattr(stack, name)(**options)


def _steps(events: Sequence[EngineEvent]) -> tuple[StepOutcome, ...]:
    """The steps that were begun and did not fail. A preview has no event for a failed step: its outputs never come."""
    failed = [_key(event.res_op_failed_event.metadata) for event in events if event.res_op_failed_event]
    ended = [_key(event.res_outputs_event.metadata) for event in events if event.res_outputs_event]
    refused = {
        event.diagnostic_event.urn
        for event in events
        if event.diagnostic_event and _PREVIEW_FAILED in event.diagnostic_event.message
    }
    begun = [event.resource_pre_event.metadata for event in events if event.resource_pre_event]
    if any(_key(metadata)[0] == OpType.REFRESH.value for metadata in begun):
        # The event before a refresh announces a read; the operation that comes of it is in the event after.
        begun = [event.res_outputs_event.metadata for event in events if event.res_outputs_event]
    failed += [_key(metadata) for metadata in begun if metadata.urn in refused and _key(metadata) not in ended]
    return tuple(_step_outcome(metadata) for metadata in begun if _key(metadata) not in failed)


def _key(metadata: StepEventMetadata) -> tuple[str, str]:
    return str(OpType(metadata.op).value), metadata.urn


def _step_outcome(metadata: StepEventMetadata) -> StepOutcome:
    state = metadata.new or metadata.old
    return StepOutcome(
        OpType(metadata.op).value,
        metadata.urn,
        plain(metadata.provider),
        state.parent if state else "",
        tuple(metadata.diffs or ()),
        tuple(metadata.keys or ()),
    )


def _failures(events: Sequence[EngineEvent]) -> tuple[str, ...]:
    """Errors as `urn: message`; a violation of a policy that stops the run begins with the policy's name."""
    diagnostics = [event.diagnostic_event for event in events if event.diagnostic_event]
    messages = [
        f"{diagnostic.urn or ''}: {message}"
        for diagnostic in diagnostics
        if diagnostic.severity == "error" and (message := _message(diagnostic.message)) not in _SUMMARIES
    ]
    violations = [
        f"{violation.resource_urn or ''}: {violation.policy_name}: {_message(violation.message)}"
        for event in events
        if (violation := event.policy_event) and violation.enforcement_level == "mandatory"
    ]
    return tuple(sorted(messages + violations))


def _message(text: str) -> str:
    bare = _COLOR.sub("", text).strip().removeprefix(_PREVIEW_FAILED)
    return plain(_VALUE.sub(r"value \1", _ONE_ERROR.sub("", bare)))


def _previewed(events: Sequence[EngineEvent]) -> dict[str, dict[str, Any]]:
    resources: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.res_outputs_event and (new := event.res_outputs_event.metadata.new):
            resources[new.urn] = {
                "inputs": plain(new.inputs or {}),
                "outputs": plain(new.outputs or {}),
                "protect": bool(new.protect),
            }
    return resources


def _record(resource: Mapping[str, Any]) -> dict[str, Any]:
    record = {key: resource[key] for key in _RECORDED if resource.get(key)} | {"custom": resource["custom"]}
    record["dependencies"] = sorted(resource.get("dependencies", ()))
    by_property = {key: sorted(urns) for key, urns in resource.get("propertyDependencies", {}).items() if urns}
    return {
        key: plain(value)
        for key, value in {**record, "propertyDependencies": by_property}.items()
        if value or key == "custom"
    }
