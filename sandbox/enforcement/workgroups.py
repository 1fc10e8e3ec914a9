"""Questions of a call to Athena: its action on the workgroup, also of a query that is named by its id, or on a catalog.

Service Authorization Reference, "Actions, resources, and condition keys for Amazon Athena": what names an execution or
a named query is asked on the workgroup in which it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sandbox.enforcement import general
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Question, Stored

_ON_CATALOGS: Final = frozenset(
    "CreateDataCatalog DeleteDataCatalog GetDataCatalog GetDatabase GetTableMetadata ListDatabases ListTableMetadata "
    "UpdateDataCatalog".split()
)
_IN_PRIMARY: Final = frozenset({"StartQueryExecution", "CreateNamedQuery", "ListQueryExecutions", "ListNamedQueries"})
"""Operations that are about the workgroup `primary` where they name none (API Reference)."""

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
    return [Question(action, f"{prefix}:workgroup/{workgroup}") for workgroup in found]


def _named(call: AwsCall) -> Sequence[str]:
    """Ids of executions and named queries in a call."""
    several: Iterable[str] = (each for name in _LISTS_OF_IDS for each in call.parameters.get(name) or ())
    return [*(call.text(name) for name in _IDS if call.text(name)), *several]
