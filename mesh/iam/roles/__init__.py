"""Roles that the mesh makes: trust and permissions of each, and the one boundary."""
