"""Names of column types: ours, their aliases, and those of other platforms with the nearest of ours.

Our names are those of Athena's DDL, which Glue has too, and `timestamptz` of Iceberg. A name is an alias when it means
one type wherever it is used, and an Iceberg type holds every value of it. Any other name of a platform is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

PLAIN: Final = frozenset(
    "boolean tinyint smallint int bigint float double date timestamp timestamptz string binary".split()
)
"""Names of types without numbers or parts."""


class Alias(NamedTuple):
    """Another name of a type, and who uses it."""

    name: str
    source: str


ALIASES: Final[Mapping[str, Alias]] = {
    # Text. A length is not kept: Iceberg has none, and Athena shows every text of such a table as varchar.
    "varchar": Alias("string", "Athena DML, Trino, SQL; `import glue`, `import athena`, `import sql`"),
    "char": Alias("string", "Athena DDL, Hive, SQL"),
    "character": Alias("string", "SQL"),
    "character varying": Alias("string", "SQL, PostgreSQL's catalog"),
    "char varying": Alias("string", "SQL"),
    "character large object": Alias("string", "SQL"),
    "char large object": Alias("string", "SQL"),
    "clob": Alias("string", "SQL; `import sql`"),
    "nchar": Alias("string", "SQL; `import sql`"),
    "nvarchar": Alias("string", "`import sql`"),
    "nclob": Alias("string", "SQL; `import sql`"),
    "nchar varying": Alias("string", "SQL"),
    "national character": Alias("string", "SQL"),
    "national character varying": Alias("string", "SQL"),
    "national char": Alias("string", "SQL"),
    "national char varying": Alias("string", "SQL"),
    "text": Alias("string", "`import sql`; PostgreSQL, DuckDB, Databricks"),
    "bpchar": Alias("string", "PostgreSQL's catalog, `import sql`"),
    "large_string": Alias("string", "`import parquet`"),
    "str": Alias("string", "`import pydantic`"),
    # Athena does not know Iceberg's uuid, and Glue has no such type.
    "uuid": Alias("string", "Iceberg, Trino; `import iceberg`, `import sql`"),
    "json": Alias("string", "Trino; `import sql`"),
    "jsonb": Alias("string", "`import sql`"),
    # Whole numbers. One byte to Arrow, eight to SQL: the wider of the two holds both.
    "int8": Alias("bigint", "PostgreSQL, Redshift; `import parquet` for one byte"),
    "integer": Alias("int", "Athena, Trino, SQL"),
    "int4": Alias("int", "PostgreSQL, Redshift"),
    "int32": Alias("int", "`import parquet`"),
    "int2": Alias("smallint", "PostgreSQL, Redshift"),
    "int16": Alias("smallint", "`import parquet`"),
    "int64": Alias("bigint", "BigQuery; `import parquet`, `import sql`"),
    "long": Alias("bigint", "Iceberg, Spark; `import iceberg`"),
    "short": Alias("smallint", "Spark"),
    "byte": Alias("tinyint", "Spark"),
    # Without a sign, as Arrow writes them: the next wider type holds every value.
    "uint8": Alias("smallint", "`import parquet`"),
    "uint16": Alias("int", "`import parquet`"),
    "uint32": Alias("bigint", "`import parquet`"),
    # `float` has 32 bits to Athena, Glue, Spark and Iceberg, and 64 to the platforms in `MEANINGS`.
    "real": Alias("float", "Athena DML, Trino, SQL"),
    "float4": Alias("float", "PostgreSQL, Redshift"),
    "float32": Alias("float", "Arrow"),
    "float16": Alias("float", "Arrow"),
    "half_float": Alias("float", "`import parquet`"),
    "double precision": Alias("double", "SQL"),
    "float8": Alias("double", "PostgreSQL, Redshift"),
    "float64": Alias("double", "BigQuery; `import sql`"),
    "bool": Alias("boolean", "Iceberg's writers, PostgreSQL, BigQuery; `import sql`"),
    # `timestamp` has no time zone to Athena, Glue, Iceberg and SQL, and has one to the platforms in `MEANINGS`.
    "timestamp without time zone": Alias("timestamp", "Athena DML, Trino, SQL"),
    "timestamp_ntz": Alias("timestamp", "Spark; `import unity`"),
    "timestampntz": Alias("timestamp", "`import sql`"),
    "datetime": Alias("timestamp", "`import sql`; BigQuery, MySQL"),
    "timestamp with time zone": Alias("timestamptz", "Athena DML, Trino, SQL"),
    "timestamp with local time zone": Alias("timestamptz", "Hive; `import sql`"),
    "timestamp_ltz": Alias("timestamptz", "Spark"),
    "timestampltz": Alias("timestamptz", "`import sql`"),
    "timestamp_tz": Alias("timestamptz", "`import sql`"),
    # Its symbols are texts.
    "enum": Alias("string", "Avro; `import avro`"),
    # Bytes. A length is not kept.
    "varbinary": Alias("binary", "Athena DML, Trino, SQL"),
    "binary varying": Alias("binary", "SQL"),
    "binary large object": Alias("binary", "SQL"),
    "blob": Alias("binary", "SQL; `import sql`"),
    "bytes": Alias("binary", "BigQuery, Avro; `import sql`"),
    "bytea": Alias("binary", "PostgreSQL; `import sql`"),
    "large_binary": Alias("binary", "`import parquet`"),
    "fixed_size_binary": Alias("binary", "`import parquet`"),
}
"""Other names of `PLAIN`, in lower case and without numbers.

Sources: Athena User Guide, "Data types in Amazon Athena" and "Supported data types for Iceberg tables"; Trino, "Data
types"; Spark SQL, "Data Types"; Iceberg table spec, "Schemas"; SQL:2016, <data type>; and what `datacontract import`
of datacontract-cli 1.2 writes.
"""

NESTED: Final[Mapping[str, str]] = {
    "array": "array",
    "list": "array",
    "large_list": "array",
    "fixed_size_list": "array",
    "vector": "array",
    "map": "map",
    "struct": "struct",
    "row": "struct",
    "record": "struct",
    "object": "struct",
    "message": "struct",
}
"""Names of nested types; alone, each says that what is in it stands below: in `properties`, `items` or `map`.

Sources: Hive and Spark (array, map, struct), Trino (row), Iceberg (list), `import parquet` (list, large_list,
fixed_size_list), `import bigquery` and `import avro` (record), `import json` (object), `import protobuf` (message),
PostgreSQL and Snowflake (vector).
"""

DECIMAL: Final = frozenset({"decimal", "numeric", "dec"})
"""Names of numbers with digits after the point (Athena, Trino, SQL, Spark, Iceberg)."""


class ForeignType(NamedTuple):
    """A type that tables here do not have: whose it is, and what to write instead.

    An empty `nearest` stands for a decimal of the same numbers.
    """

    platform: str
    nearest: str


def _foreign(platform: str, nearest: str, names: str) -> dict[str, ForeignType]:
    return {name: ForeignType(platform, nearest) for name in names.split()}


FOREIGN: Final[Mapping[str, ForeignType]] = {
    **_foreign("Snowflake and Oracle", "", "number"),
    **_foreign("Snowflake", "string", "variant"),
    **_foreign("Snowflake, BigQuery and Redshift", "string, as text such as WKT", "geography geometry"),
    **_foreign("Redshift", "string, as JSON", "super"),
    **_foreign("Redshift", "binary", "hllsketch varbyte"),
    **_foreign("BigQuery", "decimal(38,9), or string if 38 digits are too few", "bignumeric bigdecimal"),
    **_foreign("BigQuery", "struct<start:timestamp,end:timestamp>", "range"),
    **_foreign("SQL Server", "timestamptz", "datetimeoffset"),
    **_foreign("SQL Server", "timestamp", "datetime2 smalldatetime"),
    **_foreign("SQL Server and PostgreSQL", "decimal(19,4)", "money"),
    **_foreign("SQL Server", "decimal(10,4)", "smallmoney"),
    **_foreign("SQL Server", "string", "uniqueidentifier ntext sql_variant hierarchyid sysname"),
    **_foreign("SQL Server", "binary", "image rowversion"),
    **_foreign("SQL Server and PostgreSQL", "string", "xml"),
    **_foreign("SQL Server, where it is boolean, and PostgreSQL, where it is binary", "one of these", "bit"),
    **_foreign("PostgreSQL", "binary", "varbit"),
    **_foreign("PostgreSQL", "smallint", "smallserial serial2"),
    **_foreign("PostgreSQL", "int", "serial serial4"),
    **_foreign("PostgreSQL and Redshift", "bigint", "bigserial serial8"),
    **_foreign("PostgreSQL", "bigint", "oid"),
    **_foreign("PostgreSQL", "string", "inet cidr macaddr macaddr8 name citext tsvector tsquery"),
    **_foreign("PostgreSQL", "string, as text such as WKT", "point line lseg box path polygon circle"),
    **_foreign("PostgreSQL", "map<string,string>", "hstore"),
    **_foreign("PostgreSQL", "struct<start:int,end:int>", "int4range int8range"),
    **_foreign("PostgreSQL", "struct<start:timestamp,end:timestamp>", "tsrange tstzrange daterange numrange"),
    **_foreign("PostgreSQL", "array<float>", "halfvec sparsevec"),
    **_foreign("MySQL", "string", "set tinytext mediumtext longtext"),
    **_foreign("MySQL", "binary", "tinyblob mediumblob longblob"),
    **_foreign("MySQL", "int", "mediumint year"),
    # Iceberg's own is written with brackets, which `types` reads: Athena does not know it, and binary holds it.
    **_foreign("MySQL", "decimal(p,s), or fixed[16] for the type of Iceberg", "fixed"),
    **_foreign("Oracle", "string", "varchar2 nvarchar2 rowid urowid"),
    **_foreign("Oracle", "binary", "raw bfile"),
    **_foreign("Oracle", "float", "binary_float"),
    **_foreign("Oracle", "double", "binary_double"),
    **_foreign("Teradata", "tinyint", "byteint"),
    **_foreign("Teradata", "struct<start:timestamp,end:timestamp>", "period"),
    **_foreign("DuckDB", "decimal(20,0)", "ubigint"),
    **_foreign("DuckDB", "bigint", "uinteger"),
    **_foreign("DuckDB", "int", "usmallint"),
    **_foreign("DuckDB", "smallint", "utinyint"),
    **_foreign("DuckDB", "decimal(38,0), or string if 38 digits are too few", "hugeint uhugeint"),
    **_foreign("Arrow and ClickHouse, wider than bigint", "decimal(20,0)", "uint64"),
    **_foreign("ClickHouse", "decimal(38,0), or string if 38 digits are too few", "int128 int256 uint128 uint256"),
    **_foreign("ClickHouse and pandas", "timestamp", "datetime64"),
    **_foreign("ClickHouse", "string", "fixedstring enum8 enum16 ipv4 ipv6"),
    **_foreign("ClickHouse", "the type within", "nullable lowcardinality"),
    **_foreign("pandas", "string", "category"),
    **_foreign("MongoDB", "string", "objectid"),
    **_foreign("Avro", "one type", "union"),
    **_foreign("Iceberg's format 3, and tables here are of format 2", "timestamp", "timestamp_ns"),
    **_foreign("Iceberg's format 3, and tables here are of format 2", "timestamptz", "timestamptz_ns"),
    **_foreign("SQL that neither Athena nor Glue stores", "string, as HH:MM:SS", "time timetz"),
    **_foreign("SQL that neither Athena nor Glue stores", "bigint, in a unit that the name says", "interval duration"),
    **_foreign("a column without any value", "the type that values will have", "null void unknown"),
    # `import protobuf` writes the number of the type (descriptor.proto, FieldDescriptorProto.Type).
    **_foreign("Protocol Buffers", "array, with its 'items' below", "repeated"),
    **_foreign("Protocol Buffers, by its number", "double", "1"),
    **_foreign("Protocol Buffers, by its number", "float", "2"),
    **_foreign("Protocol Buffers, by its number", "bigint", "3 13 16 18"),
    **_foreign("Protocol Buffers, by its number", "decimal(20,0)", "4 6"),
    **_foreign("Protocol Buffers, by its number", "int", "5 15 17"),
    **_foreign("Protocol Buffers, by its number", "bigint or decimal(20,0)", "7"),
    **_foreign("Protocol Buffers, by its number", "boolean", "8"),
    **_foreign("Protocol Buffers, by its number", "string", "9 14"),
    **_foreign("Protocol Buffers, by its number", "binary", "12"),
}
"""Types of other platforms, in lower case.

Sources: the pages on data types of Snowflake, BigQuery, Redshift, SQL Server, PostgreSQL, MySQL, Oracle, Teradata,
DuckDB and ClickHouse; Iceberg table spec, "Schemas", for its format 3.
"""


class Meaning(NamedTuple):
    """A name that means more on a platform than in a table here, and the type that holds what it means there."""

    told: str
    nearest: str


_WHOLE: Final = "tinyint smallint int integer byteint"


def _means(told: str, nearest: str, names: str) -> dict[str, Meaning]:
    return {name: Meaning(told, nearest) for name in names.split()}


_FLOAT_IS_DOUBLE: Final = _means("has 64 bits", "double", "float")

MEANINGS: Final[Mapping[str, Mapping[str, Meaning]]] = {
    "bigquery": {
        **_means("has 64 bits", "bigint", _WHOLE),
        **_FLOAT_IS_DOUBLE,
        **_means("has a time zone", "timestamptz", "timestamp"),
    },
    "snowflake": {
        **_means("has up to 38 digits", "bigint or decimal(38,0)", f"{_WHOLE} bigint"),
        **_means("has 64 bits", "double", "float float4 real"),
    },
    "databricks": _means("has a time zone", "timestamptz", "timestamp"),
    "postgres": _FLOAT_IS_DOUBLE,
    "postgresql": _FLOAT_IS_DOUBLE,
    "redshift": _FLOAT_IS_DOUBLE,
    "sqlserver": {**_FLOAT_IS_DOUBLE, **_means("has values up to 255", "smallint", "tinyint")},
    "synapse": {**_FLOAT_IS_DOUBLE, **_means("has values up to 255", "smallint", "tinyint")},
    "mysql": {**_means("has 64 bits", "double", "real"), **_means("has a time zone", "timestamptz", "timestamp")},
    "oracle": {
        **_means("has a time of day", "timestamp", "date"),
        **_means("has up to 126 bits", "double", "float real"),
        **_means("is a text", "string", "long"),
    },
}
"""Names that a kind of server (`servers[].type` of the standard) has for more than a table here holds.

Sources: BigQuery, "Data types" (INT64 and its aliases, TIMESTAMP); Snowflake, "Numeric data types"; Databricks SQL,
"TIMESTAMP type"; PostgreSQL, 8.1.3 (float without a precision); Transact-SQL, "float and real", "int, bigint, smallint,
and tinyint"; MySQL, 11.1.4 and 11.2.2; Oracle, "Built-in Data Types".
"""
