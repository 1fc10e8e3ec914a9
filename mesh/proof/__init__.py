"""The invariants of the mesh, each a function over the Plan, and what is lost when a statement is."""
