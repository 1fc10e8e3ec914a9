"""Questions of a call to Athena: its action on the workgroup, also of a query that is named by its id, or on a catalog.

Service Authorization Reference, "Actions, resources, and condition keys for Amazon Athena": what names an execution or
a named query is asked on the workgroup in which it is. Athena User Guide, "Control access to Amazon S3 from Athena": to
see a result takes the rights on its object, which Athena reads as who asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sandbox.enforcement import general
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Question, Stored
from sandbox.enforcement.s3 import through_s3

_ON_CATALOGS: Final = frozenset(
    "CreateDataCatalog DeleteDataCatalog GetDataCatalog GetDatabase GetTableMetadata ListDatabases ListTableMetadata "
    "UpdateDataCatalog".split()
)
_IN_PRIMARY: Final = frozenset({"StartQueryExecution", "CreateNamedQuery", "ListQueryExecutions", "ListNamedQueries"})
"""Operations that are about the workgroup `primary` where they name none (API Reference)."""

_RESULTS: Final = frozenset({"GetQueryResults", "GetQueryResultsStream"})
_IDS: Final = ("QueryExecutionId", "NamedQueryId")
_LISTS_OF_IDS: Final = ("QueryExecutionIds", "NamedQueryIds")


def asks(call: AwsCall, account: str, stored: Stored) -> Iterable[Question]:
    """Questions of a call to Athena; one for each workgroup of what it names."""
    prefix = f"arn:aws:athena:{call.region}:{account}"
    action = f"athena:{call.operation}"
    if call.operation in _ON_CATALOGS:
        name = call.text("CatalogName") or call.text("Name")
        return [Question(action, f"{prefix}:datacatalog/{name}")]
    ids = _named(call)
    if not ids and call.operation in _IN_PRIMARY and not call.text("WorkGroup"):
        return [Question(action, f"{prefix}:workgroup/primary")]
    if not ids:
        return general.asks(call, account, stored)
    found = {each: None for each in stored.workgroups(account, call.region, ids) if each}
    if not found:  # of what there is not, nobody can say where it would be
        return [Question(action, exact=False)]
    questions = [Question(action, f"{prefix}:workgroup/{workgroup}") for workgroup in found]
    place = stored.result(account, call.region, ids[0]) if call.operation in _RESULTS else ""
    return [*questions, *_reads(call, place, stored)] if place else questions


def _reads(call: AwsCall, place: str, stored: Stored) -> Iterable[Question]:
    """Questions of the read of a result, `bucket/key`, by Athena in the caller's name."""
    bucket, _, key = place.partition("/")
    through = {"aws:ViaAWSService": True, "aws:CalledVia": ["athena.amazonaws.com"]}
    yield Question("s3:GetObject", f"arn:aws:s3:::{place}", through)
    if kms_key := stored.object_key(bucket, key, ""):
        used = through_s3(call, "kms:Decrypt", kms_key)
        yield Question(used.action, used.resource, {**used.context, **through})


def _named(call: AwsCall) -> Sequence[str]:
    """Ids of executions and named queries in a call."""
    several: Iterable[str] = (each for name in _LISTS_OF_IDS for each in call.parameters.get(name) or ())
    return [*(call.text(name) for name in _IDS if call.text(name)), *several]
