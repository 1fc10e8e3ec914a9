"""Questions of a call to Glue's catalog: its action on the catalog, the database and the table together.

Glue Developer Guide, "Data Catalog resource ARNs": "any operation on a Data Catalog resource requires permission on
the resource and all the ancestors of that resource". A deletion needs permission on all that is below, too: every type
that the Service Authorization Reference marks as required is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from mesh.evaluator import facts
from sandbox.enforcement import general, metadata_writes
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.questions import Question, Stored

_DATABASES: Final = frozenset({"CreateDatabase", "GetDatabase", "UpdateDatabase", "DeleteDatabase", "GetDatabases"})
_TABLES: Final = frozenset(
    "CreateTable GetTable UpdateTable DeleteTable GetTables BatchDeleteTable SearchTables GetTableVersion "
    "GetTableVersions DeleteTableVersion BatchDeleteTableVersion GetPartition GetPartitions CreatePartition "
    "UpdatePartition DeletePartition BatchGetPartition BatchCreatePartition BatchDeletePartition "
    "CreatePartitionIndex GetPartitionIndexes DeletePartitionIndex "
    "CreateTableOptimizer GetTableOptimizer UpdateTableOptimizer DeleteTableOptimizer".split()
)
_CATALOG: Final = frozenset({"GetResourcePolicy", "PutResourcePolicy", "DeleteResourcePolicy"})

_BELOW_A_DATABASE: Final = {"table": "table", "userdefinedfunction": "userDefinedFunction"}
"""Resource types below a database, as the reference and as ARNs call them."""


def owner(call: AwsCall, account: str) -> str:
    """The account of the catalog that a call names."""
    return call.text("CatalogId") or account


def database(call: AwsCall) -> str:
    """The database that a call names; empty when it names none."""
    described: dict[str, Any] = call.parameters.get("DatabaseInput") or {}
    name = call.text("Name") if call.operation in _DATABASES else ""
    return call.text("DatabaseName") or name or str(described.get("Name") or "")


def table(call: AwsCall) -> str:
    """The table that a call names; empty when it names none."""
    described: dict[str, Any] = call.parameters.get("TableInput") or {}
    name = call.text("Name") if call.operation in _TABLES else ""
    return call.text("TableName") or name or str(described.get("Name") or "")


def asks(call: AwsCall, account: str, stored: Stored) -> Iterable[Question]:
    """Questions of a call to Glue."""
    action, prefix = f"glue:{call.operation}", f"arn:aws:glue:{call.region}:{owner(call, account)}"
    if call.operation in _CATALOG:
        return [Question(action, f"{prefix}:catalog")]
    if call.operation not in _DATABASES | _TABLES:
        return general.asks(call, account, stored)
    questions = [Question(action, f"{prefix}:catalog")]
    if call.operation == "GetDatabases" or (call.operation == "SearchTables" and not database(call)):
        return questions
    questions.append(Question(action, f"{prefix}:database/{database(call)}"))
    if call.operation in _DATABASES:
        required = facts.required_types("glue", call.operation)
        below = (_BELOW_A_DATABASE[kind] for kind in sorted(required & set(_BELOW_A_DATABASE)))
        return [*questions, *(Question(action, f"{prefix}:{kind}/{database(call)}/*") for kind in below)]
    names = call.parameters.get("TablesToDelete") or [table(call) or "*"]
    questions += [Question(action, f"{prefix}:table/{database(call)}/{name}") for name in names]
    return [*questions, *metadata_writes.asks(call, owner(call, account), stored)]
