"""SCP on the domains unit: one of a domain's two deployments decides who reads, and the other cannot become a reader.

At the root deployments change the roles of the mesh. Here it is `mesh/deploy-access` alone, and `mesh/deploy`, which
administers keys, buckets and jobs, is held to them: whoever could rewrite the trust of a clearance's role, or of a role
that some policy admits by its name, would read every domain with it.
"""

from __future__ import annotations

from mesh import names
from mesh.iam.perimeter import caller_is_not, deploy_access_roles
from mesh.iam.scp.roles import CHANGE_ROLES, ROLES_OF_THE_MESH
from mesh.iam.statement import Document, Statement, document


def who_reads_is_decided_apart() -> Document:
    """SCP on domains: only `mesh/deploy-access` and StackSets make roles of the mesh; no reader's role is passed."""
    return document(
        Statement(
            sid="RefuseMakingReaders",
            what="In a domain only `mesh/deploy-access` changes roles and policies of the mesh.",
            why="Clearances are valid in every domain: one that could be entered by another road would read them all.",
            but="`access-<d>` makes the roles of people and jobs; StackSets make those of stacks.",
            actions=CHANGE_ROLES,
            resources=ROLES_OF_THE_MESH,
            conditions=(caller_is_not(deploy_access_roles(), names.BOOTSTRAP_ROLE),),
        ),
        Statement(
            sid="RefusePassingReaders",
            what="In a domain nobody passes a role of people or of stacks to a service.",
            why="A stack gives jobs the roles of pipelines, and S3 that of a delivery; no other is for a service.",
            actions=("iam:PassRole",),
            resources=(
                names.check_role("*"),
                names.clearance_role("*", "*"),
                *(names.staff_role("*", duty) for duty in names.STAFF),
                f"{names.deploy_role('*')}*",
                names.preview_role("*"),
            ),
        ),
        Statement(
            sid="RefuseOtherDrafters",
            what="In a domain nobody reads or changes drafts in the catalog but those who make, write and check them.",
            why="A draft is not published: it is open to all whom IAM admits, and people read what was checked.",
            but="Pipelines and optimizers commit, the check reads, deployments make them; previews and owners look.",
            actions=("glue:*",),
            resources=(f"arn:aws:glue:*:*:database/{names.DRAFTS}", f"arn:aws:glue:*:*:table/{names.DRAFTS}/*"),
            conditions=(
                caller_is_not(
                    names.pipeline_roles("*"),
                    names.check_role("*"),
                    names.retention_role("*"),
                    names.deploy_role("*"),
                    deploy_access_roles(),
                    names.preview_role("*"),
                    names.staff_role("*", "owner"),
                ),
            ),
        ),
    )
