"""Proofs: invariants of the mesh, each a function over the Plan; and mutants of its policies."""
