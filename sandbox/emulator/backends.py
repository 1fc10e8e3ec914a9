"""Stored state of the emulated accounts: IAM, S3, queues, buses, functions; a bucket by its name, a key by its id.

A preview reads none of it, and loading it takes a second: moto is imported with the first call.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any


def iam(account: str) -> Any:
    """The IAM of an account: its roles, users, groups, policies and access keys."""
    from moto.iam.models import iam_backends

    return iam_backends[account]["aws"]


def s3(account: str) -> Any:
    """The S3 of an account."""
    from moto.s3.models import s3_backends

    return s3_backends[account]["aws"]


def bucket(name: str) -> Any:
    """The bucket of a name, which is in one account only; None without one."""
    from moto.s3.models import s3_backends

    owner = s3_backends.bucket_accounts.get(name)
    return s3(owner[1]).buckets.get(name) if owner else None


def key(account: str, region: str, name: str) -> Any:
    """The KMS key of an id or of an alias (`alias/…`); None without one."""
    from moto.kms.models import kms_backends

    keys: Any = kms_backends[account][region].keys
    if name.startswith("alias/"):
        return next((stored for stored in [*keys.values()] if name in stored.aliases), None)
    return keys.get(name)


def networks_of(subnets: Iterable[str], region: str) -> list[str]:
    """Ids of the VPCs of subnets, in whichever account they are: subnets are shared."""
    from moto.ec2.models import ec2_backends

    wanted, found = frozenset(subnets), set[str]()
    accounts: list[Any] = [*ec2_backends.values()] if wanted else []
    for account in accounts:
        zones: Any = account[region].subnets.values()
        found |= {each.vpc_id for zone in zones for each in zone.values() if each.id in wanted}
    return sorted(found)


def organization(management: str) -> Any:
    """The organisation of a management account: its accounts, units and policies."""
    from moto.organizations.models import organizations_backends

    return organizations_backends[management]["aws"]


def identity_center(management: str, region: str) -> Any:
    """The Identity Center of an organisation, in its management account: permission sets and assignments."""
    from moto.ssoadmin.models import ssoadmin_backends

    return ssoadmin_backends[management][region]


def databases(account: str, region: str) -> Any:
    """The databases of Glue in an account, by name."""
    from moto.glue.models import glue_backends

    return glue_backends[account][region].databases


def forget_table(account: str, region: str, database: str, table: str) -> None:
    """Let go of a table of Glue, if there is one, and of the LF-tags of its columns."""
    from moto.lakeformation.models import lakeformation_backends

    stored = databases(account, region).get(database)
    if stored is not None:
        stored.tables.pop(table, None)
    tags: Any = lakeformation_backends[account][region].lf_columns_tags
    for key in [key for key in tags if key[:3] == (account, database, table)]:
        del tags[key]


def secret(account: str, region: str, name: str) -> Any:
    """The secret of a name; None without one."""
    from moto.secretsmanager.models import secretsmanager_backends

    stored: Any = secretsmanager_backends[account][region].secrets
    return next((each for each in [*stored.values()] if each.name == name), None)


def queues(account: str, region: str) -> Any:
    """The queues of SQS in an account, by name."""
    from moto.sqs.models import sqs_backends

    return sqs_backends[account][region].queues


def buses(account: str, region: str) -> Any:
    """The event buses of EventBridge in an account, by name."""
    from moto.events.models import events_backends

    return events_backends[account][region].event_buses


def workflows(account: str, region: str) -> Any:
    """Glue of an account: its workflows, jobs and triggers, and their runs."""
    from moto.glue.models import glue_backends

    return glue_backends[account][region]


def state_machines(account: str, region: str) -> Any:
    """Step Functions of an account."""
    from moto.stepfunctions.models import stepfunctions_backends

    return stepfunctions_backends[account][region]


def functions(account: str, region: str) -> Any:
    """Lambda of an account: its functions and event source mappings."""
    from moto.awslambda.models import lambda_backends

    return lambda_backends[account][region]


def functions_of_all(region: str) -> list[Any]:
    """Lambda of every account that has had a call to it, in a region."""
    loaded: Any = sys.modules.get("moto.awslambda.models")  # it takes a second to load, for functions that nobody made
    if loaded is None:
        return []
    return [backends[region] for backends in [*loaded.lambda_backends.values()] if region in backends]


def buses_of_all(region: str) -> list[Any]:
    """EventBridge of every account that has had a call to it, in a region."""
    loaded: Any = sys.modules.get("moto.events.models")
    if loaded is None:
        return []
    return [backends[region] for backends in [*loaded.events_backends.values()] if region in backends]
