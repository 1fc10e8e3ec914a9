"""CloudTrail: trails and the delegated administrator."""

from __future__ import annotations

from typing import Final

from sandbox.emulator.aws.fields import Fields, PropertyValues, flag, many, text, texts
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType, Tagging, recorded

_SELECTOR: Final[Fields] = {
    "name": text(),
    "fieldSelectors": many(
        {
            "field": text(required=True),
            "equals": texts(),
            "startsWiths": texts("StartsWith"),
            "endsWiths": texts("EndsWith"),
            "notEquals": texts(),
            "notStartsWiths": texts("NotStartsWith"),
            "notEndsWiths": texts("NotEndsWith"),
        },
        required=True,
        unordered=True,
    ),
}
_SELECTORS: Final = ("advancedEventSelectors",)


class _TrailTags(Tagging):
    """The tags of a trail: CloudTrail removes them by pairs and lists them for several trails at once."""

    __slots__ = ()

    def update(self, call: Call) -> None:
        """Bring the tags in AWS from those of the state to those of the call."""
        before: dict[str, str] = call.state.get("tagsAll") or {}
        if surplus := [{"Key": k, "Value": v} for k, v in before.items() if k not in call.tags]:
            call.aws("remove_tags", ResourceId=call.id, TagsList=surplus)
        if call.tags:
            call.aws("add_tags", ResourceId=call.id, TagsList=call.tag_list())

    def read(self, call: Call) -> dict[str, str]:
        """The tags of the trail."""
        lists = call.aws("list_tags", ResourceIdList=[call.id])["ResourceTagList"]
        return {pair["Key"]: pair["Value"] for item in lists for pair in item["TagsList"]}


def _create_trail(call: Call) -> IdAndOutputs:
    answer = call.aws("create_trail", **call.request(without=_SELECTORS), TagsList=call.tag_list())
    call.id = answer["TrailARN"]
    _select(call)
    _log(call)
    return call.id, _outputs(call)


def _select(call: Call) -> None:
    if call.inputs.get("advancedEventSelectors"):
        call.aws("put_event_selectors", TrailName=call.id, **call.request(*_SELECTORS))


def _log(call: Call) -> None:
    call.aws("start_logging" if call.inputs.get("enableLogging", True) else "stop_logging", Name=call.id)


def _outputs(call: Call) -> PropertyValues:
    topic = call.inputs.get("snsTopicName")
    return {"arn": call.id, "homeRegion": call.region, "snsTopicArn": call.arn("sns", topic) if topic else ""}


def _read_trail(call: Call) -> PropertyValues:
    trail = call.aws("get_trail", Name=call.id)["Trail"]
    selectors = call.aws("get_event_selectors", TrailName=call.id)
    status = call.aws("get_trail_status", Name=call.id)
    answer = {**trail, **selectors, "EnableLogFileValidation": trail["LogFileValidationEnabled"]}
    return {**call.properties(answer), "enableLogging": status["IsLogging"], **_outputs(call)}


def _update_trail(call: Call) -> None:
    call.aws("update_trail", **{**call.request(without=_SELECTORS), "Name": call.id})
    _select(call)
    if call.inputs.get("enableLogging", True) != call.old.get("enableLogging", True):
        _log(call)


def _delete_trail(call: Call) -> None:
    call.aws("delete_trail", Name=call.id.rpartition("/")[2])


TRAIL: Final = ResourceType(
    "aws:cloudtrail/trail:Trail",
    "CloudTrail Trail",
    "cloudtrail",
    {
        "name": text(required=True, replaces=True),
        "s3BucketName": text(required=True),
        "s3KeyPrefix": text(),
        "kmsKeyId": text(),
        "snsTopicName": text(),
        "cloudWatchLogsGroupArn": text("CloudWatchLogsLogGroupArn"),
        "cloudWatchLogsRoleArn": text(),
        "isOrganizationTrail": flag(default=False),
        "isMultiRegionTrail": flag(default=False),
        "includeGlobalServiceEvents": flag(default=True),
        "enableLogFileValidation": flag(default=False),
        "enableLogging": flag(by_hand=True, default=True),
        "advancedEventSelectors": many(_SELECTOR),
    },
    _create_trail,
    _read_trail,
    _update_trail,
    _delete_trail,
    outputs=("arn", "homeRegion", "snsTopicArn"),
    name="name",
    tagging=_TrailTags("", "", ""),
)


def _delegate(call: Call) -> IdAndOutputs:
    account = call.inputs["accountId"]
    described = call.aws("describe_account", "organizations", AccountId=account)["Account"]
    outputs = {"arn": described["Arn"], "email": described["Email"], "name": described["Name"]}
    return account, {**outputs, "servicePrincipal": "cloudtrail.amazonaws.com"}


DELEGATION: Final = recorded(
    "aws:cloudtrail/organizationDelegatedAdminAccount:OrganizationDelegatedAdminAccount",
    "CloudTrail Organization Delegated Admin Account",
    {"accountId": text(required=True, replaces=True)},
    "moto has no RegisterOrganizationDelegatedAdmin",
    _delegate,
    outputs=("arn", "email", "name", "servicePrincipal"),
    regional=False,
)

RESOURCES: Final = (TRAIL, DELEGATION)
