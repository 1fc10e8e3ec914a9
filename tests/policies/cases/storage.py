"""Cases of the rules on storage."""

from __future__ import annotations

from typing import Any, Final

from mesh_guardrails.themes.storage import BLOCK, BUCKET, SWITCHES

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, Made, made, passes, reports, waits


def bucket(name: str = "bucket", **props: Any) -> Made:
    """A bucket whose name is known."""
    return made(BUCKET, name, **{"bucket": f"example-{name}", **props})


def companion(type_: str, of: str = "bucket", **props: Any) -> Made:
    """A resource about a bucket, whose name was made from the bucket."""
    return made(type_, made_from={"bucket": of}, bucket=f"example-{of}", **props)


ON: Final = dict.fromkeys(SWITCHES, True)

CASES: Final[list[Case]] = [
    passes("bucket-has-public-access-block", bucket(), companion(BLOCK, **ON)),
    passes("bucket-has-public-access-block", bucket(bucket=UNKNOWN), companion(BLOCK, **ON)),
    reports("bucket-has-public-access-block", "has no BucketPublicAccessBlock", bucket()),
    reports(
        "bucket-has-public-access-block",
        "leaves blockPublicAcls off",
        bucket(),
        companion(BLOCK, **{**ON, SWITCHES[0]: False}),
    ),
    waits("bucket-has-public-access-block", bucket(), companion(BLOCK, **{**ON, SWITCHES[0]: UNKNOWN})),
]
