"""Changes to Glue's jobs, triggers and connections: the emulated Glue makes and deletes them, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final


def glue_jobs() -> Iterator[tuple[Any, str, Any]]:
    """Change jobs, triggers, connections; delete connections; a trigger on demand stays as it is when it is started.

    Glue overwrites the whole definition with an update, and keeps runs and tags (Glue API, UpdateJob, UpdateTrigger,
    UpdateConnection); "on-demand triggers never enter the ACTIVATED state" (Developer Guide, "AWS Glue triggers").
    """
    from moto.glue.models import FakeTrigger
    from moto.glue.responses import GlueResponse

    for name, operation in _OPERATIONS.items():
        yield GlueResponse, name, operation
    start = FakeTrigger.start_trigger

    def start_trigger(trigger: Any) -> None:
        if trigger.trigger_type != "ON_DEMAND":
            start(trigger)

    yield FakeTrigger, "start_trigger", start_trigger


def _update_job(response: Any) -> Any:
    from moto.core.responses import ActionResult

    backend, said = response.glue_backend, response.parameters
    before = backend.get_job(said["JobName"])
    del backend.jobs[before.name]
    response.body, tags = _as_creation({**said["JobUpdate"], "Name": before.name}), backend.get_tags(before.arn)
    response.create_job()
    after = backend.get_job(before.name)
    after.job_runs, after.created_on = before.job_runs, before.created_on
    backend.tag_resource(after.arn, tags)
    return ActionResult({"JobName": before.name})


def _update_trigger(response: Any) -> Any:
    from moto.core.responses import ActionResult

    backend, said = response.glue_backend, response.parameters
    before = backend.get_trigger(said["Name"])
    kept = {"Name": before.name, "Type": before.trigger_type, "WorkflowName": before.workflow_name}
    response.body, tags = _as_creation({**said["TriggerUpdate"], **kept}), backend.get_tags(before.arn)
    response.create_trigger()
    after = backend.get_trigger(before.name)
    after.state = before.state
    backend.tag_resource(after.arn, tags)
    return ActionResult({"Trigger": after.as_dict()})


def _update_connection(response: Any) -> Any:
    from moto.core.responses import EmptyResult

    backend, said = response.glue_backend, response.parameters
    before = backend.get_connection(said.get("CatalogId"), said["Name"], None)
    tags = backend.get_tags(before.arn)
    del backend.connections[before.name]
    backend.create_connection(said.get("CatalogId"), {**said["ConnectionInput"], "Name": before.name}, tags)
    return EmptyResult()


def _delete_connection(response: Any) -> Any:
    from moto.core.responses import EmptyResult

    backend, name = response.glue_backend, response.parameters["ConnectionName"]
    backend.get_connection(None, name, None)
    del backend.connections[name]
    return EmptyResult()


def _as_creation(body: dict[str, Any]) -> str:
    import json

    return json.dumps({name: value for name, value in body.items() if value is not None})


_OPERATIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "update_job": _update_job,
    "update_trigger": _update_trigger,
    "update_connection": _update_connection,
    "delete_connection": _delete_connection,
}
"""Operations by moto's names of them."""
