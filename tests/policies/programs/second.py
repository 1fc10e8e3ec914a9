"""Bad programs written with pulumi-aws, each with one mistake, and the rule that refuses it."""

from __future__ import annotations

from typing import Final

SEEDED_BY_SECOND: Final[dict[str, str]] = {
    "administrator": "no-administrator",
    "anybodys_tokens": "federated-trust-is-pinned",
    "copies_elsewhere": "replication-goes-to-inboxes",
    "open_queue": "resource-policy-is-closed",
    "password_in_job": "no-secret-in-settings",
    "unheard_function": "pipeline-failure-is-told",
    "unlimited_queries": "query-has-scan-limit",
    "way_out": "no-way-to-the-internet",
}
"""Modules of this folder, each with a `program`, by the rule that reports it: in preview, and after an update."""
