"""Policy of the bucket of publications: what is published of each product, and of what was before. Quota: 20,480 bytes.

An object is called `<account id of the domain>/<product>.json`, so that who may read it is one sentence for all.
"""

from __future__ import annotations

from mesh import names
from mesh.iam.buckets import (
    ADD_OBJECTS,
    CONFIGURE_BUCKET,
    DELETE_OBJECTS,
    LIST_BUCKET,
    READ_OBJECTS,
    encrypted_in_transit,
)
from mesh.iam.perimeter import (
    Perimeter,
    caller_is,
    caller_is_not,
    in_organization,
    inside_units,
    not_a_service,
    outside_units,
)
from mesh.iam.statement import Document, Statement, document

SEE_PUBLICATIONS = ("engineer", "owner")
"""Staff of a domain that sees what is published of its products, and why the last was refused."""


def publications_bucket_policy(perimeter: Perimeter, bucket: str) -> Document:
    """Resource policy of the bucket: the publication function writes, staff of a domain reads what is its own."""
    whole, objects, own = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*", own_publications(bucket)
    staff = tuple(names.staff_role("*", duty) for duty in SEE_PUBLICATIONS)
    return document(
        *encrypted_in_transit(whole, objects),
        Statement(
            sid="StaffSeesItsOwn",
            what="Engineers and owners of a domain read what is published of the products of their own account.",
            why="The first part of an object's name is the account, so no list of domains is needed.",
            effect="Allow",
            principal="*",
            actions=("s3:GetObject",),
            resources=(own,),
            conditions=(in_organization(perimeter), inside_units(perimeter.domains), caller_is(*staff)),
        ),
        Statement(
            sid="RefuseOtherUnits",
            what="Callers outside the domains unit and the governance unit reach nothing.",
            why="What is published, and what was refused, is nothing for partners.",
            principal="*",
            actions=("s3:*",),
            resources=(whole, objects),
            conditions=(outside_units(perimeter.domains, perimeter.governance), not_a_service()),
        ),
        *_only_whom_it_concerns(perimeter, objects, own, staff),
        *_only_the_function_writes(perimeter, whole, objects),
    )


def _only_whom_it_concerns(
    perimeter: Perimeter, objects: str, own: str, staff: tuple[str, ...]
) -> tuple[Statement, ...]:
    """Statements about reading: the function all, staff of a domain what is of its own account."""
    function = names.publication_role(perimeter.governance_id)
    return (
        Statement(
            sid="RefuseOtherReaders",
            what="Nobody reads an object but the publication function, and staff of domains.",
            why="It says which files are current, and in sentences what was wrong with a draft.",
            but="The function remembers by it; who answers for a product hears why it was refused.",
            principal="*",
            actions=READ_OBJECTS,
            resources=(objects,),
            conditions=(caller_is_not(function, *staff), not_a_service()),
        ),
        Statement(
            sid="RefuseObjectsOfOtherDomains",
            what="Nobody but the publication function reads an object that is not of the caller's own account.",
            why="The sentences about a product are for its own people, whatever Allow is added later.",
            but="The function works on the products of all domains.",
            principal="*",
            actions=READ_OBJECTS,
            not_resources=(own,),
            conditions=(caller_is_not(function), not_a_service()),
        ),
    )


def _only_the_function_writes(perimeter: Perimeter, whole: str, objects: str) -> tuple[Statement, ...]:
    """Statements about listing, writing, deleting and setting up."""
    function, deploys = names.publication_role(perimeter.governance_id), names.deploy_role(perimeter.governance_id)
    return (
        Statement(
            sid="RefuseOtherListers",
            what="Nobody lists the objects but the publication function, and the deployment that made the bucket.",
            why="Names of objects are the products of all domains.",
            but="Without the list S3 answers of an object that is not there as of one that may not be read.",
            principal="*",
            actions=LIST_BUCKET,
            resources=(whole,),
            conditions=(
                caller_is_not(function, deploys, names.preview_role(perimeter.governance_id)),
                not_a_service(),
            ),
        ),
        Statement(
            sid="RefuseOtherWriters",
            what="Nobody writes an object but the publication function.",
            why="Whoever writes one says what the function publishes next, and where a product goes back to.",
            but="The function writes what it is about to do before it does it.",
            principal="*",
            actions=(*ADD_OBJECTS, "s3:AbortMultipartUpload"),
            resources=(objects,),
            conditions=(caller_is_not(function), not_a_service()),
        ),
        Statement(
            sid="RefuseDeletion",
            what="Nobody deletes an object but the deployment, which empties a bucket that goes.",
            why="Without it nothing can be undone, and a publication that died in the middle is not finished.",
            but="The deployment of governance removes the bucket of a mesh that is given up.",
            principal="*",
            actions=DELETE_OBJECTS,
            resources=(objects,),
            conditions=(caller_is_not(deploys), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherAdministrators",
            what="Only the account's deployment changes how the bucket is set up.",
            why="Policy, encryption and lifecycle decide who reads and what stays.",
            but="The stack `governance` makes the bucket.",
            principal="*",
            actions=CONFIGURE_BUCKET,
            resources=(whole,),
            conditions=(caller_is_not(deploys), not_a_service()),
        ),
    )


def own_publications(bucket: str) -> str:
    """ARN of the objects of the caller's own account in the bucket of publications.

    A caller without an account, as a service, has none there: a variable without a value has a default of its own (IAM
    User Guide, "IAM policy elements: Variables and tags", Specifying default values).
    """
    return f"arn:aws:s3:::{bucket}/${{aws:PrincipalAccount, 'nobody'}}/*"
