"""Data contracts (Open Data Contract Standard): the tables, columns and types that the catalog shows of them."""
