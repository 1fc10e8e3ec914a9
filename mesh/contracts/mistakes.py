"""Mistake of a contract: its path of keys, the sentence on it, and its severity."""

from __future__ import annotations

from typing import NamedTuple

from mesh.findings import KeyPath, Severity


class ContractMistake(NamedTuple):
    """A mistake of a contract, before the file that holds the contract is known."""

    path: KeyPath
    message: str
    severity: Severity = "error"
