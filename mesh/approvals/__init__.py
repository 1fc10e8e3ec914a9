"""Approvals: whose yes a change of the mesh needs, by the files that it touches and by what it does."""
