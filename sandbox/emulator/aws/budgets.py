"""Budgets."""

from __future__ import annotations

from typing import Any, Final

from sandbox.emulator.aws.fields import Fields, PropertyValues, many, number, text, texts
from sandbox.emulator.aws.resource import AwsError, Call, IdAndOutputs, ResourceType, recorded_tags

_NOTIFICATION: Final[Fields] = {
    "comparisonOperator": text(required=True),
    "notificationType": text(required=True),
    "threshold": number(required=True),
    "thresholdType": text(required=True),
    "subscriberEmailAddresses": texts(),
    "subscriberSnsTopicArns": texts(),
}


def _budget(call: Call) -> PropertyValues:
    inputs = call.inputs
    cost_filters: list[PropertyValues] = inputs.get("costFilters", call.state.get("costFilters")) or []
    filters = {item["name"]: item["values"] for item in cost_filters}
    limit = {"Amount": inputs["limitAmount"], "Unit": inputs["limitUnit"]} if "limitAmount" in inputs else None
    budget: PropertyValues = {
        **call.request("name", "budgetType", "timeUnit"),
        "BudgetLimit": limit,
        "CostFilters": filters or None,
    }
    return {name: value for name, value in budget.items() if value is not None}


def _notifications(call: Call) -> list[PropertyValues]:
    notifications: list[PropertyValues] = call.inputs.get("notifications") or []
    return [_with_subscribers(notification) for notification in notifications]


def _with_subscribers(notification: PropertyValues) -> PropertyValues:
    names = ("comparisonOperator", "notificationType", "threshold", "thresholdType")
    emails: list[str] = notification.get("subscriberEmailAddresses") or []
    topics: list[str] = notification.get("subscriberSnsTopicArns") or []
    subscribers = [*(("EMAIL", address) for address in emails), *(("SNS", arn) for arn in topics)]
    return {
        "Notification": {name[0].upper() + name[1:]: notification[name] for name in names},
        "Subscribers": [{"SubscriptionType": k, "Address": a} for k, a in subscribers],
    }


def _create(call: Call) -> IdAndOutputs:
    name = call.inputs["name"]
    notifications = _notifications(call) or None
    call.aws("create_budget", AccountId=call.account, Budget=_budget(call), NotificationsWithSubscribers=notifications)
    call.id = f"{call.account}:{name}"
    _TAGS.update(call)
    arn = call.arn("budgets", f"budget/{name}", region=False)
    return call.id, {"arn": arn, "accountId": call.account, "costFilters": [], "timePeriodStart": "2026-01-01_00:00"}


def _read(call: Call) -> PropertyValues:
    account, _, name = call.id.partition(":")
    budget: Any = call.aws("describe_budget", AccountId=account, BudgetName=name)["Budget"]
    filters = [{"name": key, "values": values} for key, values in budget.get("CostFilters", {}).items()]
    limit = budget.get("BudgetLimit", {})
    arn = call.arn("budgets", f"budget/{name}", region=False)
    amount = {"limitAmount": limit.get("Amount"), "limitUnit": limit.get("Unit")}
    return {**call.properties(budget), "costFilters": filters, "accountId": account, **amount, "arn": arn}


def _update(call: Call) -> None:
    """Delete the budget, unless a failed update did so, and create it under its name: moto has no UpdateBudget."""
    try:
        _delete(call)
    except AwsError as error:
        if not error.not_found:
            raise
    _create(call)


def _delete(call: Call) -> None:
    account, _, name = call.id.partition(":")
    call.aws("delete_budget", AccountId=account, BudgetName=name)


_TAGS: Final = recorded_tags("moto does not tag budgets")

BUDGET: Final = ResourceType(
    "aws:budgets/budget:Budget",
    "Budget",
    "budgets",
    {
        "name": text("BudgetName", required=True, replaces=True),
        "accountId": text(replaces=True, computed=True, by_hand=True),
        "budgetType": text(required=True),
        "timeUnit": text(required=True),
        "limitAmount": text(by_hand=True),
        "limitUnit": text(by_hand=True),
        "timePeriodStart": text(local=True, computed=True),
        "timePeriodEnd": text(local=True, default="2087-06-15_00:00"),
        "costFilters": many(
            {"name": text(required=True), "values": texts(required=True)}, by_hand=True, unordered=True, computed=True
        ),
        "notifications": many(_NOTIFICATION, unread=True, unordered=True),
    },
    _create,
    _read,
    _update,
    _delete,
    outputs=("arn",),
    name="name",
    regional=False,
    tagging=_TAGS,
)

RESOURCES: Final = (BUDGET,)
