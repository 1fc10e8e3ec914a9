"""Settings of pipelines, of what they share, of publication, optimizers and drafts: every input, as it has to be.

What the Plan has data of is compared with that; what AWS or a decision says stands here as a value of its own, and is
not taken from the component that sends it: what is changed there is a difference here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from mesh import names
from mesh.plan import Plan, nodes
from mesh.plan.nodes.job_runs import GLUE_RUNTIMES
from tests.program.sample import Document, Found
from tests.program.settings_of_publication import of_publication

About = tuple[str, str, str]
"""Stack, type and logical name of a resource."""
Inputs = dict[str, Any]
Settings = dict[About, Inputs]

COMPONENTS: Final = tuple(
    f"mesh:aws:{each}$" for each in ("Pipeline", "JobBaseline", "Publication", "TableOptimizers", "DraftTables")
)
ELSEWHERE: Final = ("mesh:aws:PrivateBucket$",)
"""Components within these whose resources other checks compare."""

KEPT: Final = 50
"""Snapshots that stay whatever their age: more than a pipeline commits between two looks (decision 0046)."""

WORDS: Final = frozenset({"description", "alarmDescription", "displayName"})
"""Inputs that only people read."""

BY_FACTS: Final = frozenset({"policy", "columns", "partitionKeys", "schema", "partitionSpec"})
"""Inputs that `facts` compares: documents, columns with their types and ids, partitions."""

OF: Final = {
    "alarmActions": ("Topic",),
    "arn": ("Queue", "Workflow", "StateMachine", "Function"),
    "eventSourceArn": ("Queue",),
    "functionName": ("Function",),
    "kmsKeyArn": ("Key",),
    "kmsKeyId": ("Key",),
    "securityGroupIdLists": ("SecurityGroup",),
    "securityGroupIds": ("SecurityGroup",),
    "sourceArn": ("EventRule",),
    "StateMachineArn": ("StateMachine",),
    "subnetIds": ("Subnet",),
    "topic": ("Topic",),
}
"""Types of what stands at an input that only AWS knows; which one it is, the dependencies of the resource say."""

DAY_MILLISECONDS: Final = 86_400_000


# ---- what the program registers


def registered(document: Document) -> Settings:
    """Inputs of every resource of these components, with names in the place of what only AWS will say."""
    return {
        (part["stack"], _kind(resource), resource["name"]): _shown(resource, "", resource["inputs"])
        for part in document["stacks"]
        for resource in part["resources"]
        if resource["type"].startswith("aws:") and _compared(resource["urn"].split("::")[2])
    }


def _compared(within: str) -> bool:
    return any(each in within for each in COMPONENTS) and not any(each in within for each in ELSEWHERE)


def _kind(resource: Found) -> str:
    return str(resource["type"]).rpartition(":")[2]


def _shown(resource: Found, key: str, value: Any) -> Any:
    """A value with names of what only AWS knows; of an archive the sources at its top, without packages."""
    if value == "<unknown>":
        named = [each.split("::")[-2:] for each in resource["dependencies"]]
        found = sorted(f"{kind.rpartition(':')[2]} {name}" for kind, name in named if kind.endswith(_ends(key)))
        return found[0] if len(found) == 1 else found
    if key == "code":
        texts = {path: asset["text"] for path, asset in value["assets"].items()}
        return {path: text for path, text in texts.items() if path.endswith(".py") and "/" not in path}
    if isinstance(value, list):
        return [_shown(resource, key, each) for each in cast("list[Any]", value)]
    if isinstance(value, Mapping):
        inside = cast("Mapping[str, Any]", value)
        return {name: _shown(resource, name, each) for name, each in inside.items() if name not in WORDS | BY_FACTS}
    return value


def _ends(key: str) -> tuple[str, ...]:
    return tuple(f":{kind}" for kind in OF.get(key, ()))


# ---- what they have to be


def planned(plan: Plan) -> Settings:
    """The same, of what the Plan says and of what AWS asks for."""
    said: Settings = {}
    for domain, each in plan.domains.items():
        stack = f"domain-{domain}"
        if each.job_baseline:
            said |= {(stack, kind, name): value for kind, name, value in _baseline(each.job_baseline)}
        for product, job in each.jobs.items():
            if job.runtime != "external":
                subnet = each.job_baseline.subnet if each.job_baseline else ""
                said |= {(stack, kind, name): value for kind, name, value in _pipeline(product, job, subnet)}
        for product, optimized in each.optimizers.items():
            said |= {(stack, kind, name): value for kind, name, value in _optimizers(product, optimized)}
        for product, drafts in each.drafts.items():
            said |= {(stack, kind, name): value for kind, name, value in _drafts(product, drafts)}
    return said | {
        ("governance", kind, name): value
        for kind, name, value in of_publication(plan.governance.publication, plan.governance.network.subnets)
    }


Said = Iterator[tuple[str, str, dict[str, Any]]]


def _baseline(args: nodes.JobBaselineArgs) -> Said:
    """Jobs reach each other, and what is encrypted; nothing comes in from elsewhere.

    (Glue Developer Guide, "Setting up Amazon VPC to connect to JDBC data stores": a rule to itself for all TCP ports.)
    """
    own = {"protocol": "tcp", "fromPort": 0, "toPort": 65535, "self": True}
    https = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}
    rules = {"ingress": [own], "egress": [own, https]}
    yield "SecurityGroup", "jobs", {"name": f"mesh-jobs-of-{args.domain}", "vpcId": args.perimeter.network, **rules}
    place = {"subnetId": args.subnet, "availabilityZone": args.zone, "securityGroupIdLists": ["SecurityGroup jobs"]}
    inputs = {"name": args.connection, "connectionType": "NETWORK", "physicalConnectionRequirements": place}
    yield "Connection", "jobs", inputs


def _pipeline(name: str, args: nodes.PipelineArgs, subnet: str) -> Said:
    tags, key = {"tags": dict(args.tags)}, f"Key {name}"
    encrypted = {"encryptionOption": "SSE_KMS", "kmsKeyArn": key}
    result = {"outputLocation": args.results, "expectedBucketOwner": args.account_id}
    configuration = {
        "enforceWorkgroupConfiguration": True,
        "publishCloudwatchMetricsEnabled": True,
        "requesterPaysEnabled": False,
        "bytesScannedCutoffPerQuery": 10 * 1024**4,
        "resultConfiguration": {**result, "encryptionConfiguration": encrypted},
    }
    yield "Workgroup", name, {"name": args.workgroup, "configuration": configuration, "forceDestroy": True, **tags}
    for group in args.log_groups:
        end = group.removeprefix(args.log_group).replace("/", "-")
        yield "LogGroup", f"{name}{end}", {"name": group, "retentionInDays": 90, "kmsKeyId": key, **tags}
    if args.runtime in GLUE_RUNTIMES:
        yield from _glue(name, args)
    elif args.runtime == "step-functions":
        made = {"name": args.job, "roleArn": args.role, "definition": args.definition, "type": "STANDARD"}
        yield "StateMachine", name, {**made, **tags}
    else:
        yield "Function", name, {**_function(args, subnet), **tags}
    yield from _starts(name, args)
    yield from _alarms(name, args)


def _glue(name: str, args: nodes.PipelineArgs) -> Said:
    tags, spark = {"tags": dict(args.tags)}, args.runtime == "glue-spark"
    script = {"bucket": args.scripts_bucket, "key": args.script_key, "content": args.script}
    yield "BucketObjectv2", name, {**script, "contentType": "text/x-python", "serverSideEncryption": "AES256"}
    # Python 3 of Glue 5.0 and a worker of four cores, or a Python shell of one unit (Glue API, JobCommand, Job).
    size = (
        {"glueVersion": "5.0", "workerType": "G.1X", "numberOfWorkers": args.workers} if spark else {"maxCapacity": 1}
    )
    command = {"name": "glueetl", "pythonVersion": "3"} if spark else {"name": "pythonshell", "pythonVersion": "3.9"}
    yield (
        "Job",
        name,
        {
            "name": args.job,
            "roleArn": args.role,
            "command": {**command, "scriptLocation": args.script_location},
            "connections": [names.CONNECTION],
            "defaultArguments": dict(args.overridable),
            "nonOverridableArguments": dict(args.fixed),
            # Two runs at once would commit over one another.
            "executionProperty": {"maxConcurrentRuns": 1},
            "maxRetries": args.retries,
            "timeout": args.timeout_minutes,
            **size,
            **tags,
        },
    )
    starts: dict[str, dict[str, Any]] = {names.RUN: {}}
    starts |= {names.window(window): dict(given) for window, given in args.windows.items()}
    kinds: dict[str, dict[str, Any]] = {start: {"type": "ON_DEMAND", "enabled": False} for start in starts}
    if args.schedule:
        kinds[names.SCHEDULE] = {"type": "SCHEDULED", "enabled": True, "schedule": args.schedule}
    if args.event:
        kinds[names.EVENT] = {"type": "EVENT", "enabled": True, "workflowName": args.job}
        yield "Workflow", name, {"name": args.job, "maxConcurrentRuns": 1, **tags}
    for start, kind in kinds.items():
        given = {f"--{key}": value for key, value in starts.get(start, {}).items()}
        action = {"jobName": args.job, **({"arguments": given} if given else {})}
        trigger = {"name": names.trigger(args.product, start), "actions": [action], **kind, **tags}
        yield "Trigger", f"{name}-{start}", trigger


def _function(args: nodes.PipelineArgs, subnet: str) -> dict[str, Any]:
    told = {"MESH_BUCKET": args.bucket, "MESH_DRAFT": args.draft}
    return {
        "name": args.job,
        "role": args.role,
        "runtime": "python3.13",
        "architectures": ["arm64"],
        "handler": f"{args.script_name.removesuffix('.py')}.handler",
        "code": {args.script_name: args.script},
        "timeout": 60 * args.timeout_minutes,
        "memorySize": 1024,
        "environment": {"variables": {**told, **({"MESH_SECRETS": args.secret_names} if args.secrets else {})}},
        "vpcConfig": {"subnetIds": [subnet], "securityGroupIds": ["SecurityGroup jobs"]},
        "loggingConfig": {"logFormat": "JSON", "logGroup": args.log_group},
    }


def _starts(name: str, args: nodes.PipelineArgs) -> Said:
    glue, tags = args.runtime in GLUE_RUNTIMES, {"tags": dict(args.tags)}
    target = "Workflow" if glue else "StateMachine" if args.runtime == "step-functions" else "Function"
    seen: dict[str, dict[str, Any]] = {}
    if args.schedule and not glue:
        seen[names.SCHEDULE] = {"scheduleExpression": args.schedule}
    if args.event:
        seen[names.EVENT] = {"eventPattern": args.start_pattern}
    for start, seeing in seen.items():
        rule = names.trigger(args.product, start)
        yield "EventRule", f"{name}-{start}", {"name": rule, **seeing, **tags}
        by = {} if target == "Function" else {"roleArn": args.start_role}
        given = {} if glue else {"input": json.dumps(dict(args.arguments))}
        to = {"rule": rule, "targetId": "pipeline", "arn": f"{target} {name}"}
        yield "EventTarget", f"{name}-{start}", {**to, **by, **given}
        if target == "Function":
            lets = {"statementId": start, "action": "lambda:InvokeFunction", "principal": "events.amazonaws.com"}
            lets |= {"function": args.job, "sourceArn": f"EventRule {name}-{start}"}
            yield "Permission", f"{name}-{start}", lets


def _alarms(name: str, args: nodes.PipelineArgs) -> Said:
    """A run that failed within five minutes; no run that ended well in any of the hours."""
    tags: dict[str, Any] = {"tags": dict(args.tags)}
    watched: dict[str, dict[str, Any]] = {}
    for end in (names.FAILED, names.SUCCEEDED):
        rule = names.trigger(args.product, end)
        if (pattern := args.runs_that(end)) is not None:
            yield "EventRule", f"{name}-{end}", {"name": rule, "eventPattern": pattern, **tags}
            watched[end] = {"namespace": "AWS/Events", "metricName": "TriggeredRules", "dimensions": {"RuleName": rule}}
    if args.runtime == "step-functions":
        machine = {"StateMachineArn": f"StateMachine {name}"}
        well = {"namespace": "AWS/States", "metricName": "ExecutionsSucceeded"}
        watched[names.SUCCEEDED] = {**well, "dimensions": machine}
    function: Inputs = {"namespace": "AWS/Lambda", "dimensions": {"FunctionName": args.job}}
    if args.runtime == "lambda":
        watched[names.FAILED] = {**function, "metricName": "Errors"}
    failed: Inputs = {"evaluationPeriods": 1, "comparisonOperator": "GreaterThanOrEqualToThreshold"}
    failed |= {"threshold": 1, "treatMissingData": "notBreaching", **watched[names.FAILED]}
    alarm = {"name": names.trigger(args.product, names.FAILED), "statistic": "Sum", "period": 300}
    yield "MetricAlarm", f"{name}-{names.FAILED}", {**alarm, **failed, **tags}
    if args.quiet_hours is None:
        return
    quiet: Inputs = {"evaluationPeriods": args.quiet_hours, "comparisonOperator": "LessThanThreshold"}
    quiet |= {"threshold": 1, "treatMissingData": "breaching", "name": names.trigger(args.product, names.SUCCEEDED)}
    if args.runtime == "lambda":  # runs that failed have to come off
        hourly = {**function, "stat": "Sum", "period": 3600}
        looked = [("every", "Invocations"), ("other", "Errors")]
        queries: list[Any] = [{"id": id_, "metric": {**hourly, "metricName": metric}} for id_, metric in looked]
        well = {"id": "well", "expression": "every - FILL(other, 0)", "label": "ended well", "returnData": True}
        quiet["metricQueries"] = [*queries, well]
    else:
        quiet |= {"statistic": "Sum", "period": 3600, **watched[names.SUCCEEDED]}
    yield "MetricAlarm", f"{name}-{names.SUCCEEDED}", {**quiet, **tags}


def _optimizers(name: str, args: nodes.TableOptimizersArgs) -> Said:
    """As many snapshots stay as can be published: the one that is, and each that one can go back to."""
    snapshots = {"snapshotRetentionPeriodInDays": args.days, "numberOfSnapshotsToRetain": KEPT}
    daily = {"runRateInHours": 24}
    retention = {"icebergConfiguration": {**snapshots, "cleanExpiredFiles": True, **daily}}
    orphans = {"icebergConfiguration": {"orphanFileRetentionPeriodInDays": args.days, **daily}}
    more: dict[str, dict[str, Any]] = {
        "compaction": {},
        "orphan_file_deletion": {"orphanFileDeletionConfiguration": orphans},
        "retention": {"retentionConfiguration": retention},
    }
    for table in args.tables:
        of = {"catalogId": args.account_id, "databaseName": args.database, "tableName": table}
        for kind, settings in more.items():
            inputs = {**of, "type": kind, "configuration": {"enabled": True, "roleArn": args.role, **settings}}
            yield "CatalogTableOptimizer", f"{name}-{table}-{kind}", inputs


def _drafts(name: str, args: nodes.DraftTablesArgs) -> Said:
    """Clients keep what optimizers keep (Iceberg documentation, "Table behavior properties")."""
    properties = {
        "history.expire.max-snapshot-age-ms": str(args.snapshots * DAY_MILLISECONDS),
        "history.expire.min-snapshots-to-keep": str(KEPT),
        "write.metadata.delete-after-commit.enabled": "false",
    }
    hive = "org.apache.hadoop.hive.ql.io.parquet"
    for table in args.tables:
        place = {"location": f"s3://{args.location}/{table.name}/"}
        made: dict[str, Any] = {"name": table.name, "catalogId": args.account_id, "databaseName": args.database}
        if table.format == "iceberg":
            iceberg = {"icebergTableInput": {**place, "properties": properties}, "version": "2"}
            made["openTableFormatInput"] = {"icebergInput": {**iceberg, "metadataOperation": "CREATE"}}
        else:
            made |= {"tableType": "EXTERNAL_TABLE", "parameters": {"classification": "parquet", "EXTERNAL": "TRUE"}}
            made["storageDescriptor"] = {
                **place,
                "inputFormat": f"{hive}.MapredParquetInputFormat",
                "outputFormat": f"{hive}.MapredParquetOutputFormat",
                "serDeInfo": {"serializationLibrary": f"{hive}.serde.ParquetHiveSerDe"},
            }
        yield "CatalogTable", f"{name}-{table.name}", made
