"""A permission set that steps into one clearance's role, and the group that holds it in one account."""

from acme import MANAGEMENT, SALES, account

from components import PermissionSets
from mesh import names
from mesh.plan.nodes import Assignment, PermissionSet, PermissionSetsArgs

PermissionSets(
    "people",
    PermissionSetsArgs(
        instance="arn:aws:sso:::instance/ssoins-0123456789abcdef",
        permission_sets=(
            PermissionSet(name="pii", description="Clearance pii", role=names.clearance_role("*", "pii")),
        ),
        assignments=(
            Assignment(
                group="fraud-team",
                group_id="8112722e-46b1-cda3-8aab-86176888c3fc",
                permission_set="pii",
                account="domain-sales",
            ),
        ),
    ),
    accounts={"domain-sales": SALES},
    opts=account("management", MANAGEMENT),
)
