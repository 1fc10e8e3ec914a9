"""Cases of the rules on the catalog and Lake Formation."""

from __future__ import annotations

from typing import Final

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, made, passes, reports, waits

GRANT: Final = "aws:lakeformation/permissions:Permissions"
EVERYBODY: Final = "IAM_ALLOWED_PRINCIPALS"

CASES: Final[list[Case]] = [
    passes("no-grant-to-iam-allowed-principals", made(GRANT, principal="arn:aws:iam::111122223333:role/x")),
    reports("no-grant-to-iam-allowed-principals", "grants to IAM_ALLOWED_PRINCIPALS", made(GRANT, principal=EVERYBODY)),
    waits("no-grant-to-iam-allowed-principals", made(GRANT, principal=UNKNOWN)),
]
