"""Work of `mesh/deploy-access`: to make what decides who reads in a domain, and nothing that a domain owns."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.iam.mesh_catalog import ATHENAS_DATABASE
from mesh.plan.nodes import DomainPlan
from mesh.proof.duties import Duty, RoleWork, each
from mesh.proof.subject import Subject

_MAKES = (
    "CreateRole DeleteRole DeleteRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole "
    "ListRolePolicies PutRolePolicy PutRolePermissionsBoundary TagRole UntagRole UpdateAssumeRolePolicy UpdateRole "
    "UpdateRoleDescription"
)


def of_deploy_access(subject: Subject, domain: DomainPlan) -> RoleWork:
    """The work of the deployment of who reads: roles of people and jobs, their boundary, grants, and links.

    Sources: design ("Stacks, accounts, and who deploys what"); the plugin's calls for roles, policies, settings and
    grants of Lake Formation, and databases of Glue; Service Authorization Reference, AWS Glue (to delete a database
    takes its tables and functions, too).
    """
    account = domain.access.account_id
    bounded = {"iam:PermissionsBoundary": names.boundary(account)}
    link = names.database("x", "y")
    glue, elsewhere = (f"arn:aws:glue:{subject.region}:{each_account}" for each_account in (account, subject.hub))
    return RoleWork(
        who=f"the deployment of who reads in {domain.name}",
        role=domain.deciding.deploy_role,
        duties=(
            *(duty for role in _made(account) for duty in each(f"iam: {_MAKES}", role, bounded)),
            *each(
                "iam: CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion "
                "ListPolicyVersions TagPolicy UntagPolicy",
                names.boundary(account),
            ),
            *each(
                "lakeformation: GetDataLakeSettings PutDataLakeSettings GrantPermissions RevokePermissions "
                "ListPermissions",
                "*",
            ),
            *each("glue: CreateDatabase GetDatabase UpdateDatabase DeleteDatabase", f"{glue}:catalog"),
            *_on_a_database(glue, link),
            *_on_a_database(glue, ATHENAS_DATABASE),
        ),
        beside=(
            names.deploy_role(account),
            names.deploy_access_role(account),
            names.preview_role(account),
            names.role(account, "clearances"),
            names.role(account, "engineers"),
            names.role(account, "engineer/x"),
            names.role(account, "pipeline/x"),
            *_made(subject.hub),
            names.boundary(subject.hub),
            f"{elsewhere}:catalog",
            *(
                f"{elsewhere}:{part}"
                for database in (link, ATHENAS_DATABASE)
                for part in (f"database/{database}", f"table/{database}/a", f"userDefinedFunction/{database}/a")
            ),
            f"arn:aws:iam::{account}:role/somebody",
            f"arn:aws:iam::{account}:role/stacksets-exec-0123",
            names.policy(account, "boundaries"),
            f"arn:aws:iam::{account}:policy/boundary",
            f"{glue}:database/defaults",
            *(f"arn:aws:s3:::{product.bucket}" for product in list(domain.products.values())[:1]),
            *(f"arn:aws:s3:::{product.bucket}/tables/a" for product in list(domain.products.values())[:1]),
            *(subject.product_key(product) for product in list(domain.products.values())[:1]),
        ),
    )


def _on_a_database(glue: str, database: str) -> Iterator[Duty]:
    """Duties on a database, and on what is below it: to delete it takes that, too."""
    tags = "GetTags TagResource UntagResource"
    yield from each(
        f"glue: CreateDatabase GetDatabase UpdateDatabase DeleteDatabase {tags}", f"{glue}:database/{database}"
    )
    yield from each(f"glue: DeleteDatabase {tags}", f"{glue}:table/{database}/a")
    yield from each("glue: DeleteDatabase", f"{glue}:userDefinedFunction/{database}/a")


def _made(account: str) -> tuple[str, ...]:
    """The roles that it makes, one of each kind, in an account."""
    roles = (names.clearance_role(account, "x"), names.pipeline_role(account, "x"), names.delivery_role(account, "x"))
    of_services = (names.retention_role, names.start_role, names.forward_role, names.check_role)
    return (
        *roles,
        *(names.staff_role(account, duty) for duty in names.STAFF),
        *(role(account) for role in of_services),
    )
