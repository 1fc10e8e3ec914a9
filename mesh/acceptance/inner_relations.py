"""Values of one resource that have to fit one another: numbers that rise, names that stand once, what excludes what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from mesh.acceptance.emitted import objects_at, values_at

Wrong = Iterator[tuple[str, str]]
_PORTS: Final = ("tcp", "udp", "6", "17")
_EVERY: Final = ("-1", "all")


def stands_once(inputs: Mapping[str, Any], path: str, *names: str) -> Wrong:
    """Objects of a list of which two have the same values of some properties."""
    keys = [tuple(str(each.get(name)) for name in names) for each in objects_at(inputs, path)]
    for key, number in Counter(keys).items():
        if number > 1 and set(key) != {"None"}:
            said = ", ".join(f"{name} {value}" for name, value in zip(names, key, strict=True))
            yield f"{path}.{names[0]}", f"{said} stands twice"


def wrong_lifecycle(inputs: Mapping[str, Any]) -> Wrong:
    """Rules of a lifecycle whose ids stand twice, which do nothing, or whose days do not rise."""
    yield from stands_once(inputs, "rules", "id")
    for rule in objects_at(inputs, "rules"):
        moves = [_whole(each.get("days")) for each in objects_at(rule, "transitions")]
        ends = [_whole(each.get("days")) for each in objects_at(rule, "expiration")]
        yield from _rising("rules.transitions.days", [*moves, *ends])
        old = [_whole(each.get("noncurrentDays")) for each in objects_at(rule, "noncurrentVersionTransitions")]
        gone = [_whole(each.get("noncurrentDays")) for each in objects_at(rule, "noncurrentVersionExpiration")]
        yield from _rising("rules.noncurrentVersionTransitions.noncurrentDays", [*old, *gone])
        if not any(rule.get(action) for action in _ACTIONS):
            yield "rules", f"rule {rule.get('id')} does nothing: one of {', '.join(_ACTIONS)} is asked for"
        for each in objects_at(rule, "expiration"):
            if sum(each.get(name) not in (None, False) for name in ("date", "days", "expiredObjectDeleteMarker")) > 1:
                yield "rules.expiration", "days, a date and expiredObjectDeleteMarker exclude each other"


_ACTIONS: Final = (
    "abortIncompleteMultipartUpload",
    "expiration",
    "noncurrentVersionExpiration",
    "noncurrentVersionTransitions",
    "transitions",
)


def wrong_replication(inputs: Mapping[str, Any]) -> Wrong:
    """Rules of a replication with the same id or priority, or with a filter and without what a filter asks for."""
    yield from stands_once(inputs, "rules", "id")
    yield from stands_once(inputs, "rules", "priority")
    for rule in objects_at(inputs, "rules"):
        if rule.get("filter") is not None:
            for name in ("priority", "deleteMarkerReplication"):
                if rule.get(name) is None:
                    yield f"rules.{name}", "a rule with a filter says it"
        elif len(objects_at(inputs, "rules")) > 1:
            yield "rules.filter", "one of several rules has a filter"
        for destination in objects_at(rule, "destination"):
            if destination.get("bucket") == f"arn:aws:s3:::{inputs.get('bucket')}":
                yield "rules.destination.bucket", "a bucket is not replicated into itself"
            if objects_at(destination, "accessControlTranslation") and not destination.get("account"):
                yield "rules.destination.account", "who becomes the owner of replicas is said with their account"
        if objects_at(rule, "sourceSelectionCriteria.sseKmsEncryptedObjects") and not any(
            values_at(rule, "destination.encryptionConfiguration.replicaKmsKeyId")
        ):
            yield "rules.destination.encryptionConfiguration", "encrypted objects are replicated with a key of theirs"


def wrong_ports(inputs: Mapping[str, Any]) -> Wrong:
    """Rules of a network whose first port is above the last, or that name ports of a protocol without any."""
    for side in ("ingress", "egress"):
        for rule in objects_at(inputs, side):
            first, last, protocol = _whole(rule.get("fromPort")), _whole(rule.get("toPort")), str(rule.get("protocol"))
            if first is None or last is None:
                continue
            if first > last:
                yield f"{side}.fromPort", f"{first} is above toPort, {last}"
            if protocol.lower() in _EVERY and (first, last) != (0, 0):
                yield f"{side}.fromPort", "all protocols are all ports: 0 and 0"
            elif protocol.lower() in _PORTS and first < 0:
                yield f"{side}.fromPort", f"{first} is no port"


def wrong_network_acl(inputs: Mapping[str, Any]) -> Wrong:
    """Rules of a network ACL that are numbered twice in one direction, besides their ports."""
    for side in ("ingress", "egress"):
        yield from stands_once(inputs, side, "ruleNo")
    yield from wrong_ports(inputs)


def wrong_budget(inputs: Mapping[str, Any]) -> Wrong:
    """A budget in a unit that its type has not, and notifications that stand twice, are too many or tell nobody."""
    kind, unit = inputs.get("budgetType"), inputs.get("limitUnit")
    if kind == "COST" and isinstance(unit, str) and unit not in _CURRENCIES:
        yield "limitUnit", f"{unit!r} is no currency: a budget of costs is in one"
    if isinstance(kind, str) and kind in _COVERED and unit is not None and unit != "PERCENTAGE":
        yield "limitUnit", f"{unit!r}: a budget of {kind} is in PERCENTAGE"
    notifications = objects_at(inputs, "notifications")
    yield from stands_once(
        inputs, "notifications", "notificationType", "comparisonOperator", "threshold", "thresholdType"
    )
    if len(notifications) > _NOTIFICATIONS:
        yield "notifications", f"{len(notifications)} are more than {_NOTIFICATIONS}"
    for each in notifications:
        mails, topics = (list(values_at(each, f"subscriber{kind}")) for kind in ("EmailAddresses", "SnsTopicArns"))
        if not mails and not topics and not each.get("subscriberSnsTopicArns"):
            yield "notifications", "one tells nobody: a subscriber is asked for"
        if len(mails) > _MAILS:
            yield "notifications.subscriberEmailAddresses", f"{len(mails)} are more than {_MAILS}"


_CURRENCIES: Final = ("USD", "CNY")
_COVERED: Final = frozenset({"RI_UTILIZATION", "RI_COVERAGE", "SAVINGS_PLANS_UTILIZATION", "SAVINGS_PLANS_COVERAGE"})
_NOTIFICATIONS: Final = 5
_MAILS: Final = 10


def wrong_hive_table(inputs: Mapping[str, Any]) -> Wrong:
    """Columns of a table that stand twice, among its data or among its partitions."""
    names = [
        str(name).lower()
        for path in ("storageDescriptor.columns.name", "partitionKeys.name")
        for _, name in values_at(inputs, path)
    ]
    for name, number in Counter(names).items():
        if number > 1:
            yield "storageDescriptor.columns.name", f"column {name} stands twice"


def wrong_trail(inputs: Mapping[str, Any]) -> Wrong:
    """Event selectors of a trail that lack what their category asks for."""
    for selector in objects_at(inputs, "advancedEventSelectors"):
        fields = {str(each.get("field")): each for each in objects_at(selector, "fieldSelectors")}
        category = [value for _, value in values_at(fields.get("eventCategory"), "equals")]
        path = "advancedEventSelectors.fieldSelectors.field"
        if len(category) != 1:
            yield path, f"selector {selector.get('name')} has not one eventCategory by equals"
        elif category == ["Data"] and not any(values_at(fields.get("resources.type"), "equals")):
            yield path, f"selector {selector.get('name')} of Data has no resources.type by equals"
    yield from stands_once(inputs, "advancedEventSelectors", "name")


def wrong_metric_period(inputs: Mapping[str, Any]) -> Wrong:
    """An alarm of short periods that looks back over more than a day, or of long ones over more than a week."""
    periods = _whole(inputs.get("evaluationPeriods"))
    queried = [_whole(each.get("period")) for each in objects_at(inputs, "metricQueries.metric")]
    for period in filter(None, [_whole(inputs.get("period")), *queried]):
        if periods and period * periods > (_DAY if period < _HOUR else 7 * _DAY):
            yield "evaluationPeriods", f"{periods} of {period} seconds are more than CloudWatch looks back over"


_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR


def wrong_object_lock(inputs: Mapping[str, Any]) -> Wrong:
    """A retention in days and years, or in neither."""
    for each in objects_at(inputs, "rule.defaultRetention"):
        if (each.get("days") is None) == (each.get("years") is None):
            yield "rule.defaultRetention", "days or years are said, and not both"


def wrong_settings_of_lake(inputs: Mapping[str, Any]) -> Wrong:
    """Parameters of Lake Formation with a value that none of them takes."""
    for name, allowed in _LAKE_PARAMETERS.items():
        for _, value in values_at(inputs, f"parameters.{name}"):
            if value not in allowed:
                yield f"parameters.{name}", f"{value!r} is none of {', '.join(allowed)}"


_LAKE_PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
    "CROSS_ACCOUNT_VERSION": ("1", "2", "3", "4", "5"),
    "SET_CONTEXT": ("TRUE",),
    "SET_SOURCE_IDENTITY": ("TRUE", "FALSE"),
}


def _rising(path: str, days: Iterable[int | None]) -> Wrong:
    for before, after in pairwise(day for day in days if day is not None):
        if after <= before:
            yield path, f"{after} days come after {before}: each is later than the one before"


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if abs(value) < 1e12 else None
