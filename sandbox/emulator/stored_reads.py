"""Reads of pipelines in an emulated organisation: whether a role's policy, as it is stored, opens other products."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

OF_OTHERS: Final = ("ReadTablesOfOthers", "ReadFilesOfOthers")
"""Statements of a pipeline's role that open products of others (`mesh.iam.roles.pipeline_reads`)."""


def reads_of_others(role: str) -> bool:
    """Whether a role, by its ARN, is there and may read products that it does not write."""
    from sandbox.emulator import backends

    stored = next((each for each in backends.iam(role.split(":")[4]).roles.values() if each.arn == role), None)
    texts = (unquote(str(text)) for text in stored.policies.values()) if stored else ()
    return any(f'"{sid}"' in text for text in texts for sid in OF_OTHERS)
