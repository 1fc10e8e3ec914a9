"""A role of one's own with the form of the mesh's: a path, one inline policy, the boundary."""

import pulumi
from acme import SALES, account

from components import MeshRole
from components.mesh_role import MeshRoleArgs
from mesh import names
from mesh.iam.roles.pipeline import pipeline_trust
from mesh.iam.statement import Statement, document

report = MeshRole(
    "report",
    MeshRoleArgs(
        arn=names.role(SALES, "job/report"),
        description="Mails the weekly report",
        trust=pipeline_trust(SALES),
        permissions=document(
            Statement(sid="MailTheReport", effect="Allow", actions=("ses:SendEmail",), resources=("*",)),
        ),
        boundary=names.boundary(SALES),
    ),
    opts=account("sales", SALES),
)
pulumi.export("role", report.arn)
