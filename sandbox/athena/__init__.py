"""Athena in the emulated organisation: SQL on DuckDB, over the columns that Lake Formation shows."""
