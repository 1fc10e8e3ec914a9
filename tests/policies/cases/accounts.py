"""Cases of the rules on accounts and providers."""

from __future__ import annotations

from typing import Final

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, made, passes, reports

QUEUE: Final = "aws:sqs/queue:Queue"

CASES: Final[list[Case]] = [
    passes("no-default-provider", made(QUEUE)),
    passes("no-default-provider", made(QUEUE, name="q", provider="governance", policy=UNKNOWN)),
    passes("no-default-provider", made("pulumi:pulumi:StackReference", provider="default")),
    reports(
        "no-default-provider", "made by the default provider 'default_7_51_1'", made(QUEUE, provider="default_7_51_1")
    ),
]
