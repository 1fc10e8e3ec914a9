"""Acceptance: whether AWS would take what the program emits, asked of AWS's models and pages, and not of an emulator.

Pure: it reads resources as `mesh plan --json` has them, and imports `mesh/aws`, `mesh/evaluator` and quotas only.
"""
