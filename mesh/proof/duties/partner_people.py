"""Work of a partner's people, in the partner's account: they read the inbox, and query what they make of it."""

from __future__ import annotations

from mesh import names
from mesh.access import from_plan
from mesh.plan.nodes import PartnerPlan
from mesh.proof.duties import RoleWork, each
from mesh.proof.duties.querying import (
    browsing,
    catalogs_of_others,
    keys_of_others,
    metadata,
    metadata_of,
    queries,
    results_below,
    workgroups_of_others,
)
from mesh.proof.subject import Subject


def of_partner(subject: Subject, partner: PartnerPlan) -> RoleWork:
    """The work of a partner's people: they read the inbox and query what they make of it, all in their account.

    Sources: design ("One sharing model, three kinds of port") and those of `of_clearance`.
    """
    account = partner.access.account_id
    results = f"arn:aws:s3:::{subject.plan.results_bucket(f'partner-{partner.name}')}"
    inbox = f"arn:aws:s3:::{subject.plan.inbox(partner.name)}"
    return RoleWork(
        who=f"people of partner {partner.name}",
        role=names.role(account, "access"),
        duties=(
            *queries(subject, account, names.WORKGROUP),
            *browsing(subject, account),
            *metadata(subject, account),
            *each("s3: GetObject GetObjectVersion", f"{inbox}/ads/a"),
            *each("s3: ListBucket GetBucketLocation", inbox),
            *each(
                "kms: Decrypt DescribeKey",
                from_plan.key_arn(subject.region, account, names.INBOX_KEY_ALIAS),
                subject.through_s3,
            ),
            *results_below(subject, account, results, ""),
        ),
        beside=(
            *workgroups_of_others(subject, account, names.WORKGROUP),
            *metadata_of(subject, subject.hub),
            *catalogs_of_others(subject),
            *(f"{inbox}{end}" for end in ("x", "x/a")),
            *(f"{results}{end}" for end in ("x", "x/a")),
        ),
        keys={"kms": subject.through_s3},
        otherwise=(
            *each("kms: Decrypt", from_plan.key_arn(subject.region, account, names.INBOX_KEY_ALIAS)),
            *keys_of_others(subject, account, names.INBOX_KEY_ALIAS),
        ),
    )
