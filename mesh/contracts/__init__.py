"""From a data contract (Open Data Contract Standard) to what the catalog shows."""
