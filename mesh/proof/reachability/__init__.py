"""Reachability: who can become whom, or act through whom, and what can be read, written and loosened by it."""
