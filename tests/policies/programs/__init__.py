"""Bad programs written with pulumi-aws, each with one mistake, and the rule that refuses it."""

from __future__ import annotations

from typing import Final

from tests.policies.programs.second import SEEDED_BY_SECOND

SEEDED: Final[dict[str, str]] = {
    "any_account": "provider-names-one-account",
    "forgotten_versions": "bucket-is-versioned",
    "hybrid_location": "no-hybrid-access",
    "key_gone_in_a_week": "key-deletion-waits",
    "open_bucket": "bucket-has-public-access-block",
    "password_in_connection": "connection-has-no-password",
    "plain_http": "bucket-refuses-plain-http",
    "read_by_name": "grant-is-by-label",
}
"""Modules of this folder, each with a `program`, by the rule that reports it: in preview, and after an update."""

EVERY_PROGRAM: Final = SEEDED | SEEDED_BY_SECOND
"""Those of both tables."""
