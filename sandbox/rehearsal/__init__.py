"""Rehearsal of access: live checks by real calls to the emulated organisation, and credentials for `mesh as`.

The calls are decided by what was deployed, and each answer is compared with what the evaluator says of the Plan.
"""
