"""Work of a preview: a refresh of everything that the program makes, and so the plugin's reads of each resource type.

What it must not do, M10 asks.
"""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.aws.plugin_table import plugin_reads
from mesh.evaluator.decide import Request
from mesh.proof.claims import Claim
from mesh.proof.subject import Subject


def preview_claims(subject: Subject) -> Iterator[Claim]:
    """Claims that the preview's own policies, which are the same in all accounts, let a refresh through."""
    preview = names.preview_role(subject.hub)
    here = f"{subject.region}:{subject.hub}"
    scripts = f"arn:aws:s3:::{subject.perimeter.buckets.every_scripts}"
    own = {
        "glue:GetConnection": f"arn:aws:glue:{here}:connection/{names.CONNECTION}",
        "glue:GetJob": f"arn:aws:glue:{here}:job/{names.PATH}--x",
        "glue:GetTrigger": f"arn:aws:glue:{here}:trigger/{names.PATH}--x--run",
        "glue:GetWorkflow": f"arn:aws:glue:{here}:workflow/{names.PATH}--x",
        "states:DescribeStateMachine": f"arn:aws:states:{here}:stateMachine:{names.PATH}--x",
        "s3:GetObject": f"{scripts}/x",
        "s3:GetObjectTagging": f"{scripts}/x",
        "cloudwatch:DescribeAlarms": f"arn:aws:cloudwatch:{subject.region}:{subject.hub}:alarm:{names.PATH}-x",
        "lambda:GetFunction": f"arn:aws:lambda:{subject.region}:{subject.hub}:function:{names.PATH}-x",
        "lambda:ListVersionsByFunction": f"arn:aws:lambda:{subject.region}:{subject.hub}:function:{names.PATH}-x",
    }
    for action in sorted(plugin_reads()):
        request = Request(preview, action, own.get(action, "*"))
        yield Claim("the preview of the governance account", request, free=("identity",), granted=True)
