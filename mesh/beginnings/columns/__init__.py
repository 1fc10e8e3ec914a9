"""Columns of a new table, as a file that is there has them: Parquet, CSV, DDL, Glue's JSON, a contract; or as typed."""
