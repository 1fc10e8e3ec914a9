"""The page `docs/statements.md`: every Sid of every policy of the sample mesh, for who reviews its security."""
