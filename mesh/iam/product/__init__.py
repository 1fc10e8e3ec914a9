"""Policies of a data product's bucket and of its key."""
