"""Providers, one for each account: the role of a preview or an update, and the account that it may act on."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
from pulumi import Resource, ResourceOptions

from mesh.plan.nodes import AccountAccess


def provider(name: str, access: AccountAccess) -> aws.Provider:
    """A provider that can only reach `access.account_id`, and read only in a preview."""
    role = access.preview_role if pulumi.runtime.is_dry_run() else access.deploy_role
    # AWS takes 64 characters.
    session = f"pulumi-{pulumi.get_stack()}"[:64]
    return aws.Provider(
        name,
        region=access.region,
        allowed_account_ids=[access.account_id],
        # Objects, not dicts: the SDK sends a dict's `role_arn` as it is, and the plugin knows only `roleArn`.
        assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=role, session_name=session)],
        default_tags=aws.ProviderDefaultTagsArgs(tags=dict(access.tags)),
    )


def inside(provider: aws.Provider) -> ResourceOptions:
    """Options of the top component of an account; `parent=self` hands the provider on to everything below."""
    return ResourceOptions(providers={"aws": provider})


def after(options: ResourceOptions, *first: Resource) -> ResourceOptions:
    """The same options, after these components and everything in them."""
    return ResourceOptions.merge(options, ResourceOptions(depends_on=list(first)))
