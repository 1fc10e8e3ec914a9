"""Ways in which real systems got their policies wrong, each as an edit of the documents that the mesh generates.

The pitfalls are those of AWS's documentation and of public examples; each names the invariant that has to notice.
"""

from __future__ import annotations

import copy
import dataclasses
import fnmatch
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from mesh.access.chains import DecidedReads
from mesh.access.lake import Lake, Lakes, LocationGrant
from mesh.evaluator.world import World
from mesh.plan.nodes.grants import EVERYONE_IAM_ALLOWS, Covered, Grant, Label, NamedResource
from mesh.proof.subject import Subject

Json = dict[str, Any]
Edit = Callable[[Json], None]


class Bench:
    """A subject whose documents are taken apart, and put together again at the end."""

    def __init__(self, subject: Subject, stack: ExitStack) -> None:
        self.subject, self._stack = subject, stack
        self.hub, self.perimeter = subject.hub, subject.perimeter

    # ---- documents

    def document(self, name: str, edit: Callable[[list[Json]], None], having: str = "") -> None:
        """Edits the statements of every document of that name (a pattern), or of those alone that have a statement."""
        found = [policy for policy in self.subject.policies if fnmatch.fnmatchcase(policy.name, name)]
        if having:
            found = [each for each in found if any(said["Sid"] == having for said in each.document["Statement"])]
        assert found, f"no document is named {name}"
        for policy in found:
            changed = copy.deepcopy(dict(policy.document))
            edit(changed["Statement"])
            assert changed != policy.document, f"{policy.name} is as before"
            self._stack.enter_context(policy.standing_in(changed))

    def statement(self, name: str, sid: str, edit: Edit, *, having: str = "") -> None:
        """Edits one statement of every document of that name."""

        def change(statements: list[Json]) -> None:
            edit(next(each for each in statements if each["Sid"] == sid))

        self.document(name, change, having)

    def statements(self, name: str, edits: dict[str, Edit]) -> None:
        """Edits several statements of every document of that name."""

        def change(statements: list[Json]) -> None:
            for sid, edit in edits.items():
                edit(next(each for each in statements if each["Sid"] == sid))

        self.document(name, change)

    def drop(self, name: str, *sids: str) -> None:
        """Leaves statements out."""

        def change(statements: list[Json]) -> None:
            assert set(sids) <= {each["Sid"] for each in statements}
            statements[:] = [each for each in statements if each["Sid"] not in sids]

        self.document(name, change)

    def add(self, name: str, statement: Json) -> None:
        """One more statement."""
        self.document(name, lambda statements: statements.append(statement))

    # ---- roles

    def unbound(self, pattern: str) -> None:
        """Takes the permissions boundary off roles."""
        world = self.subject.world
        roles = [
            dataclasses.replace(role, boundary=None) if fnmatch.fnmatchcase(arn, pattern) else role
            for arn, role in world.roles.items()
        ]
        assert roles != list(world.roles.values()), f"no role is named {pattern}"
        accounts, resources = world.accounts.values(), world.resources.values()
        endpoints = world.endpoints.values()
        home, now = world.home_address, world.now
        self._put_world(World(world.organization, world.region, accounts, roles, resources, endpoints, home, now))
        self._stack.callback(self._put_world, world)

    def _put_world(self, world: World) -> None:
        self.subject.world = world
        self.subject.access = DecidedReads(self.subject.plan, world, self.subject.lakes)

    # ---- Lake Formation

    def lake(self, account: str, edit: Callable[[Lake], Lake]) -> None:
        """Another Lake Formation in one account."""
        whole = self.subject.lakes
        changed = edit(whole.lakes[account])
        assert changed != whole.lakes[account], "Lake Formation is as before"
        self.subject.put_lakes(Lakes([changed, *(lake for name, lake in whole.lakes.items() if name != account)]))
        self._stack.callback(self.subject.put_lakes, whole)

    def grant(self, account: str, grant: Grant) -> None:
        """One more grant."""
        self.lake(account, lambda lake: dataclasses.replace(lake, grants=(*lake.grants, grant)))

    def regrant(self, account: str, name: str, **changes: Any) -> None:
        """A grant that says something else."""

        def edit(lake: Lake) -> Lake:
            grants = tuple(dataclasses.replace(g, **changes) if g.name == name else g for g in lake.grants)
            return dataclasses.replace(lake, grants=grants)

        self.lake(account, edit)

    def account(self, domain: str) -> str:
        """Account of a domain."""
        return self.subject.plan.domains[domain].access.account_id

    def partner(self, name: str) -> str:
        """Account of a partner."""
        return self.subject.plan.partners[name].access.account_id


@contextmanager
def broken(subject: Subject, fault: Fault) -> Iterator[Subject]:
    """The subject with a fault in it."""
    with ExitStack() as stack:
        stack.callback(_forget, subject)
        fault.breaks(Bench(subject, stack))
        _forget(subject)
        yield subject


def _forget(subject: Subject) -> None:
    for account in subject.world.accounts.values():
        account.selected.clear()


@dataclass(frozen=True, slots=True)
class Fault:
    """A break, the invariant that notices it, and what its first witness says: who does what, and why it can."""

    name: str
    breaks: Callable[[Bench], None]
    noticed_by: str
    says: tuple[str, ...]


FAULTS: list[Fault] = []


def fault(noticed_by: str, *says: str) -> Callable[[Callable[[Bench], None]], Callable[[Bench], None]]:
    """Lists a break; its name is the function's."""

    def listed(breaks: Callable[[Bench], None]) -> Callable[[Bench], None]:
        FAULTS.append(Fault(breaks.__name__, breaks, noticed_by, says))
        return breaks

    return listed


# ---- edits


def when(operator: str, key: str, *values: str) -> Edit:
    """Adds or replaces a condition."""

    def edit(statement: Json) -> None:
        statement.setdefault("Condition", {}).setdefault(operator, {})[key] = list(values)

    return edit


def without(operator: str, key: str) -> Edit:
    """Takes a condition out."""

    def edit(statement: Json) -> None:
        del statement["Condition"][operator][key]

    return edit


def instead(operator: str, other: str, key: str) -> Edit:
    """The same condition by another operator."""

    def edit(statement: Json) -> None:
        values = statement["Condition"][operator].pop(key)
        statement["Condition"].setdefault(other, {})[key] = values

    return edit


def also(operator: str, key: str, *values: str) -> Edit:
    """More values of a condition."""

    def edit(statement: Json) -> None:
        own = statement["Condition"][operator][key]
        statement["Condition"][operator][key] = [*([own] if isinstance(own, str) else own), *values]

    return edit


def less_of(operator: str, key: str, part: str) -> Edit:
    """Values of a condition left out that have a part."""

    def edit(statement: Json) -> None:
        own = statement["Condition"][operator][key]
        statement["Condition"][operator][key] = [each for each in own if part not in each]

    return edit


def element(name: str, *values: str) -> Edit:
    """Another Action, Resource or NotResource."""

    def edit(statement: Json) -> None:
        statement[name] = list(values)

    return edit


def more(name: str, *values: str) -> Edit:
    """More values of an element."""

    def edit(statement: Json) -> None:
        statement[name] = [*statement[name], *values]

    return edit


def less(name: str, *values: str) -> Edit:
    """Some values of an element left out."""

    def edit(statement: Json) -> None:
        assert set(values) <= set(statement[name])
        statement[name] = [value for value in statement[name] if value not in values]

    return edit


def both(*edits: Edit) -> Edit:
    """One edit after another."""

    def edit(statement: Json) -> None:
        for each in edits:
            each(statement)

    return edit


PERIMETER, DOMAINS = "mesh-resources-stay-inside", "mesh-domain-resources"
NETWORKS, CREDENTIALS = "mesh-our-networks", "mesh-credentials-stay-inside"
INSIDE, GUARDRAILS = "mesh-identities-stay-inside", "mesh-guardrails-stay-up"
JOBS = "mesh-jobs-stay-as-made"
DOORS, SIDE_DOORS = "mesh-no-side-doors-domains", "mesh-no-side-doors-*"
ENDPOINT, SENTENCE = "policy of the endpoint of *", "MeshReachesItsOwn"
WALL, ONE_WRITER = "mesh-partner-ad-measurement-stays-inside", "mesh-partner-ad-measurement-one-writer"
BUCKET, KEY = "policy of bucket aurora-identity--profiles", "policy of the key of identity.profiles, *"
CATALOG, BUS = "policy of the mesh catalog", "policy of the mesh bus"
ORG_ID, ORG_PATHS = "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"
SERVICE, ARN = "aws:PrincipalIsAWSService", "aws:PrincipalArn"


# ---- the perimeter


@fault("I3", "partner ad-measurement", "is not refused by a resource control policy")
def the_organisations_id_stands_in_for_the_path_of_the_unit(bench: Bench) -> None:
    """A partner is in the organisation too: OrgID without OrgPaths does not keep it out."""
    edit = both(
        without("ForAllValues:StringNotLike", ORG_PATHS),
        when("StringNotEqualsIfExists", ORG_ID, bench.perimeter.organization),
    )
    bench.statement(DOMAINS, "RefuseOtherUnits", edit)


@fault(
    "I1",
    "an administrator of an account without an organisation",
    "s3:GetBucketTagging",
    "is not refused by the resource's policy",
)
def any_value_of_an_absent_path_is_compared(bench: Bench) -> None:
    """ForAnyValue on a key that the request does not carry never holds: the anonymous caller passes."""
    edit = instead("ForAllValues:StringNotLike", "ForAnyValue:StringNotLike", ORG_PATHS)
    bench.statement(BUCKET, "RefuseOtherUnits", edit)


@fault("I14", "domain identity", "s3:GetObject", "is not refused by the resource's policy")
def a_list_of_readers_has_no_deny_beside_it(bench: Bench) -> None:
    """In the bucket's own account an identity policy is enough: the list of readers stops nobody."""
    bench.drop(BUCKET, "RefuseOtherReaders")


@fault("I2", "a service of the mesh", "s3.amazonaws.com", "is refused by a resource control policy")
def services_are_not_carved_out_of_the_perimeter(bench: Bench) -> None:
    """A service principal has no organisation: without the exception deliveries of logs and trails break."""
    bench.statement(PERIMETER, "RefuseCallersOutsideTheOrganisation", without("BoolIfExists", SERVICE))


@fault("I6", "s3:PutObject", "somebody-elses-bucket", "is not refused by a service control policy")
def a_network_key_is_anded_to_the_organisation_of_the_resource(bench: Bench) -> None:
    """Keys of one block are ANDed: who comes by the endpoint writes to any bucket outside."""
    bench.statement(
        INSIDE, "RefuseResourcesOutsideTheOrganisation", when("StringNotEqualsIfExists", "aws:SourceVpce", "vpce-1a2b")
    )


@fault("I6", "through a service", "aws:ViaAWSService=true", "is not refused by a service control policy")
def calls_that_a_service_makes_for_somebody_are_excepted(bench: Bench) -> None:
    """Athena's UNLOAD and CTAS write as the caller, through the service: to any bucket."""
    edit = when("BoolIfExists", "aws:ViaAWSService", "false")
    bench.statement(INSIDE, "RefuseResourcesOutsideTheOrganisation", edit)


@fault("I15", "compares a tag", "role/mesh/clearance/pii, trust")
def a_tag_alone_is_trusted(bench: Bench) -> None:
    """Every administrator tags their own roles."""
    edit = both(without("ArnLike", ARN), when("StringEquals", "aws:PrincipalTag/clearance", "pii"))
    bench.statement("role/mesh/clearance/pii, trust", "PeopleWithThePermissionSet", edit)


@fault(
    "I1",
    "an outside role named like a clearance",
    "s3:GetObject",
    "aurora-identity--profiles/files/",
    "is not refused by the resource's policy",
)
def a_deny_names_the_bucket_and_not_its_objects(bench: Bench) -> None:
    bench.statement(BUCKET, "RefuseOtherUnits", element("Resource", "arn:aws:s3:::aurora-identity--profiles"))


@fault(
    "I10",
    "over plain HTTP",
    "s3:GetBucketTagging on arn:aws:s3:::aurora-identity--profiles with",
    "is not refused by the resource's policy",
)
def a_deny_names_the_objects_and_not_their_bucket(bench: Bench) -> None:
    bench.statement(BUCKET, "RefusePlainHttp", element("Resource", "arn:aws:s3:::aurora-identity--profiles/*"))


@fault(
    "I3",
    "the governance account",
    "is refused by a resource control policy",
    "RefuseOtherUnits in mesh-domain-resources",
)
def a_path_of_a_unit_does_not_end_in_a_wildcard(bench: Bench) -> None:
    """A path names the account's parents and ends in a slash: without `/*` no account is below it."""
    paths = [path.removesuffix("/*") for path in (bench.perimeter.domains, bench.perimeter.governance)]
    bench.statement(DOMAINS, "RefuseOtherUnits", when("ForAllValues:StringNotLike", ORG_PATHS, *paths))


@fault("I3", "cannot be decided", "takes ForAllValues or ForAnyValue")
def a_path_is_compared_without_a_set_operator(bench: Bench) -> None:
    """AWS leaves open what that means: the evaluator refuses to guess."""
    bench.statement(DOMAINS, "RefuseOtherUnits", instead("ForAllValues:StringNotLike", "StringNotLike", ORG_PATHS))


@fault("I2", "a service of the mesh", "is refused by a resource control policy", "RefuseServicesForOutsiders")
def a_service_without_a_source_is_taken_for_a_confused_one(bench: Bench) -> None:
    """Without `Null aws:SourceAccount` a service that acts for itself is refused."""
    bench.statement(PERIMETER, "RefuseServicesForOutsiders", without("Null", "aws:SourceAccount"))


@fault("I3", "the governance account", "is refused by a resource control policy", "RefuseServicesForOutsiders")
def the_confused_deputy_statement_refuses_everyone(bench: Bench) -> None:
    """Neither `Null` nor the service test, as a published fixture had it: every ordinary caller is refused."""
    edit = both(without("Null", "aws:SourceAccount"), without("Bool", SERVICE))
    bench.statement(PERIMETER, "RefuseServicesForOutsiders", edit)


@fault(
    "I2", "a service for an outsider", "aws:SourceAccount=777777777777", "is not refused by a resource control policy"
)
def the_source_is_looked_for_by_its_organisation(bench: Bench) -> None:
    """A source account of no organisation has no SourceOrgID: it passes."""
    edit = both(without("Null", "aws:SourceAccount"), when("Null", "aws:SourceOrgID", "false"))
    bench.statement(PERIMETER, "RefuseServicesForOutsiders", edit)


@fault("I1", "an account without an organisation", "is not refused by a resource control policy")
def the_deny_asks_that_the_caller_has_an_organisation(bench: Bench) -> None:
    """Who has none passes, the anonymous caller included."""
    bench.statement(PERIMETER, "RefuseCallersOutsideTheOrganisation", when("Null", ORG_ID, "false"))


@fault("I1", "anonymous", "is not refused by a resource control policy")
def an_absent_key_is_compared_without_if_exists(bench: Bench) -> None:
    """As with MFA: `Bool` on a key that is not there never holds, and the anonymous caller has none."""
    bench.statement(PERIMETER, "RefuseCallersOutsideTheOrganisation", instead("BoolIfExists", "Bool", SERVICE))


@fault("I1", "sqs:SendMessage", "is not refused by a resource control policy")
def a_resource_control_policy_lists_s3_only(bench: Bench) -> None:
    bench.statement(
        PERIMETER, "RefuseCallersOutsideTheOrganisation", element("Action", "s3:*", "kms:*", "sts:AssumeRole")
    )


@fault("I9", "a fresh presigned URL", "s3:signatureAge=900000", "RefuseOldPresignedUrls")
def the_age_of_a_signature_is_given_in_seconds(bench: Bench) -> None:
    """`s3:signatureAge` counts milliseconds."""
    bench.statement(PERIMETER, "RefuseOldPresignedUrls", when("NumericGreaterThan", "s3:signatureAge", "900"))


@fault("I9", "is refused", "RefuseForeignNetworks")
def a_foreign_network_is_any_that_names_no_organisation(bench: Bench) -> None:
    """Whoever comes by no endpoint at all is refused."""
    bench.statement(NETWORKS, "RefuseForeignNetworks", without("Null", "aws:SourceVpce"))


@fault("I9", "through an endpoint of no organisation", "is not refused by a resource control policy")
def an_endpoint_is_foreign_when_it_names_its_organisation(bench: Bench) -> None:
    """An account without an organisation has none to name: the worst network of all was let through."""
    change = both(without("Null", "aws:SourceVpce"), when("Null", "aws:VpceOrgID", "false"))
    bench.statement(NETWORKS, "RefuseForeignNetworks", change)


@fault("I9", "the pipeline of", "is refused (scp)", "RefuseGlueCredentialsElsewhere")
def jobs_are_bound_by_the_names_of_their_roles(bench: Bench) -> None:
    """A job that runs with another role is bound no more; and what Glue does itself with that role is refused."""
    change = both(
        without("Null", "glue:CredentialIssuingService"), when("ArnLike", ARN, "arn:aws:iam::*:role/mesh/pipeline/*/*")
    )
    bench.statement(CREDENTIALS, "RefuseGlueCredentialsElsewhere", change)


@fault("I9", "a service that writes a job's log", "RefuseGlueCredentialsElsewhere")
def glue_writes_no_log_of_a_job(bench: Bench) -> None:
    bench.statement(CREDENTIALS, "RefuseGlueCredentialsElsewhere", element("NotAction", "logs:CreateLogGroup"))


@fault("I9", "with credentials of a function", "is not refused by a service control policy")
def a_network_counts_as_ours_when_it_names_nobody(bench: Bench) -> None:
    keys = ("aws:VpceOrgID", "aws:SourceVpc")
    edits = [instead("StringNotEqualsIfExists", "StringEqualsIfExists", key) for key in keys]
    bench.statement(CREDENTIALS, "RefuseFunctionCredentialsElsewhere", both(*edits))
    bench.drop(CREDENTIALS, "RefuseForeignEndpoints")


@fault("I9", "clearance", "198.51.101.0", "is not refused by a service control policy")
def the_list_of_addresses_is_a_bit_wider_than_it_was_written(bench: Bench) -> None:
    change = when("NotIpAddressIfExists", "aws:SourceIp", "198.51.100.0/23", "2001:db8:a0::/48")
    bench.statement(CREDENTIALS, "RefusePeopleElsewhere", change)


@fault("I9", "a service for", "is refused by a service control policy", "RefusePeopleElsewhere")
def athena_is_a_person_elsewhere(bench: Bench) -> None:
    """It reads the catalog and S3 for the caller, from its own addresses."""
    bench.statement(CREDENTIALS, "RefusePeopleElsewhere", without("BoolIfExists", "aws:ViaAWSService"))


@fault("I9", "whoever has a session of check", "is not refused by a service control policy")
def who_checks_drafts_works_from_anywhere(bench: Bench) -> None:
    """A session that a function's session begins carries no `lambda:SourceFunctionArn`."""
    bench.drop(CREDENTIALS, "RefuseChecksAndPublishersElsewhere")


@fault("I9", "whoever has a session of publish-", "is not refused by a service control policy")
def publishers_are_forgotten_where_checks_are_bound(bench: Bench) -> None:
    edit = when("ArnLike", ARN, "arn:aws:iam::*:role/mesh/check")
    bench.statement(CREDENTIALS, "RefuseChecksAndPublishersElsewhere", edit)


@fault("I9", "a service for check", "RefuseChecksAndPublishersElsewhere")
def athena_cannot_ask_for_the_gate(bench: Bench) -> None:
    """It reads S3 and the catalog for the check, from its own addresses."""
    edit = without("BoolIfExists", "aws:ViaAWSService")
    bench.statement(CREDENTIALS, "RefuseChecksAndPublishersElsewhere", edit)


@fault("M21", "a job with the retention of", "s3:DeleteObject", "/tables/", "is not refused by a service")
def a_job_deletes_with_the_role_of_optimizers(bench: Bench) -> None:
    """Glue takes the role for optimizers and for jobs alike, and a domain's deployment passes it."""
    bench.drop(CREDENTIALS, "RefuseJobsOfOptimizers")


@fault("I9", "AWS, with retention", "is refused by a service control policy", "RefuseJobsOfOptimizers")
def optimizers_are_taken_for_jobs(bench: Bench) -> None:
    edit = without("Null", "glue:CredentialIssuingService")
    bench.statement(CREDENTIALS, "RefuseJobsOfOptimizers", edit)


@fault("I9", "AWS, with ", "is refused by a resource control policy", "RefuseForeignNetworks")
def lake_formation_reads_through_no_endpoint_of_its_own(bench: Bench) -> None:
    bench.statement(NETWORKS, "RefuseForeignNetworks", without("ArnNotLikeIfExists", ARN))


@fault("I9", "whoever holds a presigned URL", "s3:authType=POST")
def a_presigned_form_is_forgotten(bench: Bench) -> None:
    bench.statement(NETWORKS, "RefusePresignedUrls", when("StringEquals", "s3:authType", "REST-QUERY-STRING"))


@fault("I15", "sts:TagSession", "is not refused by a resource control policy")
def session_tags_are_forgotten(bench: Bench) -> None:
    bench.drop(PERIMETER, "RefuseForgedSessionTags")


# ---- guardrails


@fault("I16", "a role named Deploy", "is not refused by a service control policy")
def the_exception_for_the_deployment_is_a_wide_pattern(bench: Bench) -> None:
    """Whoever may make a role may make one of that name."""
    bench.statement(GUARDRAILS, "RefuseChangesToProtection", also("ArnNotLike", ARN, "arn:aws:iam::*:role/Deploy*"))


@fault("I16", "a role named mesh/clearance/x", "is not refused by a service control policy")
def every_role_of_the_mesh_is_excepted(bench: Bench) -> None:
    """The roles of people and pipelines are roles of the mesh too."""
    edit = when("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/*")
    bench.statement(GUARDRAILS, "RefuseLakeFormationAdministration", edit)


@fault("I17", "administrator", "iam:", "without the boundary", "is not refused by a service control policy")
def a_role_without_any_boundary_passes(bench: Bench) -> None:
    edit = when("Null", "iam:PermissionsBoundary", "false")
    bench.statement(GUARDRAILS, "RefuseRolesWithoutTheBoundary", edit)


@fault("I17", "stacksets-exec", "is not refused by a service control policy")
def the_role_that_makes_the_deployment_is_forgotten(bench: Bench) -> None:
    """Who can change the role of StackSets is the deployment."""
    edit = less("Resource", "arn:aws:iam::*:role/stacksets-exec-*")
    bench.statement(GUARDRAILS, "RefuseChangesToFirstRoles", edit)


@fault("I17", "AWSReservedSSO_", "is not refused by a service control policy")
def roles_of_permission_sets_are_anybodys(bench: Bench) -> None:
    edit = less("Resource", "arn:aws:iam::*:role/aws-reserved/*")
    bench.statement(GUARDRAILS, "RefuseChangesToFirstRoles", edit)


@fault("I17", "the deployment of", "role/mesh/ci/access", "is not refused by a service control policy")
def the_deployment_of_governance_rewrites_the_ci_of_access(bench: Bench) -> None:
    """Whoever decides how another deployment is entered is that deployment."""
    edit = less("Resource", f"arn:aws:iam::{bench.subject.hub}:role/mesh/ci/access")
    bench.statement(GUARDRAILS, "RefuseChangesToFirstRoles", edit)


@fault("I17", "the deployment of", "role/mesh/break-glass/", "is not refused by a service control policy")
def the_deployment_of_governance_rewrites_the_role_for_emergencies(bench: Bench) -> None:
    edit = less("Resource", f"arn:aws:iam::{bench.subject.hub}:role/mesh/break-glass/emergencies")
    bench.statement(GUARDRAILS, "RefuseChangesToFirstRoles", edit)


@fault("I16", "RefuseChangesToFirstRoles", "UpdateAssumeRolePolicy")
def a_deployment_is_spared_by_the_guard_of_first_roles(bench: Bench) -> None:
    spared = also("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/deploy")
    bench.statement(GUARDRAILS, "RefuseChangesToFirstRoles", spared)


@fault("I16", "s3:PutBucketPolicy", "is not refused by the permissions boundary")
def a_role_carries_no_boundary(bench: Bench) -> None:
    bench.unbound("arn:aws:iam::*:role/mesh/publisher/publish-ads")


@fault("M1", "on a global service", "iam:ListRoles", "RefuseOtherRegions")
def the_statement_of_the_region_forgets_global_services(bench: Bench) -> None:
    """IAM answers from us-east-1: without it nobody can look at their roles."""
    bench.statement("mesh-no-side-doors-*", "RefuseOtherRegions", less("NotAction", "iam:*"))


@fault("I7", "sns:Subscribe", "sns:Protocol=sqs", "is not refused by a service control policy")
def subscriptions_are_refused_by_protocol(bench: Bench) -> None:
    """A queue of another account has no protocol that stands out."""
    edit = both(
        without("StringNotLike", "sns:Endpoint"), when("StringEquals", "sns:Protocol", "http", "https", "email", "sms")
    )
    bench.statement(DOORS, "RefuseSubscriptionsOutside", edit)


@fault("I7", "s3:PutReplicationConfiguration", "is not refused by a service control policy")
def replication_is_forgotten_among_the_side_doors(bench: Bench) -> None:
    """S3 replicates under its own name, and no condition key names the destination."""
    bench.statement(DOORS, "RefuseExportConfigurations", less("Action", "s3:PutReplicationConfiguration"))


@fault("I8", "glue:UpdateJob", "outside a network", "is not refused by a service control policy")
def a_job_is_moved_out_of_its_network_later(bench: Bench) -> None:
    """Making is guarded, changing is not."""
    bench.statement(DOORS, "RefuseGlueOutsideANetwork", less("Action", "glue:UpdateJob"))


@fault("I8", "ec2:ModifyVpcEndpoint ", "is not refused by a service control policy")
def an_endpoint_gets_another_policy_later(bench: Bench) -> None:
    bench.statement(SIDE_DOORS, "RefuseOtherEndpoints", less("Action", "ec2:ModifyVpcEndpoint"))


@fault("I8", "partner ad-measurement", "is let through by the endpoint's policy")
def an_endpoint_admits_the_whole_organisation(bench: Bench) -> None:
    """AWS's own example; a partner's account is of the organisation, too."""
    bench.statement(ENDPOINT, SENTENCE, without("ForAnyValue:StringLike", ORG_PATHS))


@fault("I8", "an account of another organisation", "in our network", "is allowed")
def an_endpoint_has_the_policy_that_aws_gives_it(bench: Bench) -> None:
    bench.statement(ENDPOINT, SENTENCE, lambda statement: statement.pop("Condition"))


@fault("I8", "an account without an organisation", "is let through by the endpoint's policy")
def an_endpoint_asks_for_units_of_those_who_have_one(bench: Bench) -> None:
    """`ForAllValues` holds for a caller without the key."""
    edit = both(
        instead("ForAnyValue:StringLike", "ForAllValues:StringLike", ORG_PATHS), without("StringEquals", ORG_ID)
    )
    bench.statement(ENDPOINT, SENTENCE, edit)


@fault("I8", "s3:PutObject", "bucket-of-", "is let through by the endpoint's policy")
def an_endpoint_takes_a_bucket_that_does_not_say_whose_it_is(bench: Bench) -> None:
    """S3 says whose a bucket is unless it belongs to no organisation: `IfExists` lets just that one through."""
    edit = instead("StringEquals", "StringEqualsIfExists", "aws:ResourceOrgID")
    bench.statement("policy of the endpoint of s3", SENTENCE, edit)


@fault("I19", "domain ads", "sns:SetTopicAttributes", "is not refused by a service control policy")
def sharing_inside_the_organisation_is_left_open(bench: Bench) -> None:
    """Partners are inside the organisation."""

    def edit(statement: Json) -> None:
        statement["Condition"] = {"Bool": {"ram:RequestedAllowsExternalPrincipals": "true"}}

    bench.statement(DOORS, "RefuseSharing", edit)


@fault("I19", "the deployment of domain ads", "sns:SetTopicAttributes", "is not refused by a service control policy")
def every_deployment_shares(bench: Bench) -> None:
    """Which deployment: a domain's own makes no share, and ends none of governance's."""
    bench.statement(DOORS, "RefuseSharing", when("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/deploy"))


@fault("I19", "the deployment of", "cloudwatch:AssumeAccessProfile", "is not refused by a service control policy")
def the_deployment_is_excepted_from_sharing(bench: Bench) -> None:
    """The allow lists refuse the same in the units: two lines, with one exception in both."""
    edit = when("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/deploy")
    bench.statement(INSIDE, "RefuseSharingAtAll", edit)
    for subject in ("Accounts", "Data", "Workloads"):
        bench.statement(f"mesh-actions-of-{subject.lower()}", f"RefuseOtherActionsOf{subject}", edit)


@fault(
    "I19", "for everybody", "ram:RequestedAllowsExternalPrincipals=true", "is not refused by a service control policy"
)
def a_share_is_open_to_every_account(bench: Bench) -> None:
    bench.drop(INSIDE, "RefuseSharesOutside")


@fault("I19", "for somebody else", "ram:Principal=", "organization/", "is not refused by a service control policy")
def a_share_is_with_the_whole_organisation(bench: Bench) -> None:
    """Partners are of the organisation, too."""
    edit = instead("ForAnyValue:StringNotEquals", "ForAnyValue:StringNotLike", "ram:Principal")
    more = also("ForAnyValue:StringNotLike", "ram:Principal", "arn:aws:organizations::*:organization/*")
    bench.statement(INSIDE, "RefuseSharesWithOthers", both(edit, more))


@fault(
    "I19", "for a stranger", "lambda:AddPermission", "lambda:Principal=", "is not refused by a service control policy"
)
def a_function_is_opened_by_the_deployment(bench: Bench) -> None:
    edit = also("StringNotLike", "lambda:Principal", "*")
    bench.statement(INSIDE, "RefuseFunctionsForOthers", edit)


@fault("I19", "for a stranger", "events:PutTargets", "666666666666", "is not refused by a service control policy")
def a_target_is_told_by_its_text(bench: Bench) -> None:
    """A function's alias may be our account id: a text has it, the account's place in the ARN has not."""
    edit = instead("ForAnyValue:ArnNotLike", "ForAnyValue:StringNotLike", "events:TargetArn")
    bench.statement(INSIDE, "RefuseTargetsOutside", edit)


@fault("I19", "for a stranger", "cloudwatch:PutMetricAlarm", "is not refused by a service control policy")
def an_alarm_tells_a_stranger(bench: Bench) -> None:
    bench.drop(INSIDE, "RefuseAlarmsToOthers")


@fault("I19", "for a stranger", "kms:CreateGrant", "is not refused by a service control policy")
def a_grant_is_for_anybody(bench: Bench) -> None:
    bench.statement(INSIDE, "RefuseGrantsToOthers", instead("BoolIfExists", "Bool", "kms:GrantIsForAWSResource"))


@fault("I19", "to a telephone", "sns:Publish on *", "cannot be decided")
def a_message_goes_to_a_telephone(bench: Bench) -> None:
    bench.statement(INSIDE, "RefuseMessagesToPhones", element("NotResource", "*"))


@fault("I6", "to a stranger", "ec2:CreateVpcEndpoint", "is not refused by a service control policy")
def an_endpoint_leads_to_a_strangers_service(bench: Bench) -> None:
    edit = also("StringNotEquals", "ec2:VpceServiceOwner", "aws-marketplace")
    bench.statement(INSIDE, "RefuseEndpointsOfStrangers", edit)


@fault("I6", "access-analyzer:", "777777777777", "is not refused by a service control policy")
def the_perimeter_is_a_list_of_services(bench: Bench) -> None:
    """AWS's sample refuses every action: a list has what its author thought of."""

    def edit(statement: Json) -> None:
        del statement["NotAction"]
        statement["Action"] = ["s3:*", "kms:*", "sqs:*", "sts:AssumeRole"]

    bench.statement(INSIDE, "RefuseResourcesOutsideTheOrganisation", edit)


@fault("I6", "at what AWS owns", "iam:GetPolicy", "is refused by a service control policy")
def what_aws_owns_is_refused(bench: Bench) -> None:
    bench.statement(INSIDE, "RefuseResourcesOutsideTheOrganisation", less("NotResource", "arn:aws:iam::aws:policy/*"))


@fault("I6", "the deployment of governance", "ec2:CreateVpcEndpoint", "RefuseResourcesOutsideTheOrganisation")
def what_tells_no_owner_is_refused(bench: Bench) -> None:
    """A negated condition holds for a request without the key."""
    edit = less("NotAction", "ec2:CreateVpcEndpoint")
    bench.statement(INSIDE, "RefuseResourcesOutsideTheOrganisation", edit)


@fault("I6", "an administrator of domain", "events:PutEvents", "is not refused by a service control policy")
def a_bus_whose_owner_nobody_tells_is_open(bench: Bench) -> None:
    bench.drop(INSIDE, "RefuseBusesOfUnknownOwners")


@fault("I16", "organizations:AcceptHandshake", "is not refused by a service control policy")
def an_account_leaves_by_accepting(bench: Bench) -> None:
    bench.statement(GUARDRAILS, "RefuseLeavingTheOrganisation", less("Action", "organizations:Accept*"))


@fault("I16", "the deployment of domain ads", "cloudtrail:DeleteTrail", "is not refused by a service control policy")
def a_domain_changes_what_protects_all(bench: Bench) -> None:
    edit = when("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/deploy")
    bench.statement(GUARDRAILS, "RefuseChangesToProtectionOfAll", edit)


@fault("M9", "mesh.ads.", "is not refused by the caller's own policy")
def a_pipeline_speaks_for_every_product_of_its_domain(bench: Bench) -> None:
    edit = when("ForAnyValue:StringNotLike", "events:source", "mesh.ads.*")
    bench.statement("role/mesh/pipeline/none/impressions, mesh", "RefuseEventsOfOthers", edit)


@fault("M9", "please open the attachment", "is not refused by the resource's policy")
def the_bus_takes_events_of_any_type(bench: Bench) -> None:
    bench.drop(BUS, "RefuseUnknownEvents")


@fault("M9", "a pipeline (", "product published", "is not refused by the resource's policy")
def the_bus_takes_verdicts_of_anybody(bench: Bench) -> None:
    bench.drop(BUS, "RefuseVerdictsOfOthers")


@fault("M9", "a pipeline (", "publication requested", "is not refused by the resource's policy")
def the_bus_takes_requests_of_anybody_who_may_tell(bench: Bench) -> None:
    bench.drop(BUS, "RefuseRequestsOfOthers")


@fault("M9", "the publication function (", "contract changed", "is not refused by the resource's policy")
def the_function_tells_what_pipelines_tell(bench: Bench) -> None:
    bench.drop(BUS, "RefuseTellingForPipelines")


@fault("M9", "a rule of a domain (", "aws.ec2", "is not refused by the resource's policy")
def rules_of_domains_pass_everything_on(bench: Bench) -> None:
    bench.drop(BUS, "RefuseOtherWakeUps")


@fault("M9", "an owner (", "mesh.adsx.x", "is not refused by the caller's own policy")
def an_owner_asks_for_products_of_others(bench: Bench) -> None:
    bench.drop("role/mesh/owner, mesh", "RefuseEventsOfOthers")


WAKE_UPS = "policy of queue mesh-publication"


@fault("M20", "a rule of another account (events.amazonaws.com)", "is admitted by the resource's policy")
def every_rule_wakes_the_function(bench: Bench) -> None:
    """Any rule of any account could then send events that say they are of whom they like."""
    bench.statement(WAKE_UPS, "TheRulesWake", lambda s: s.pop("Condition"))


@fault("M20", "sqs:SendMessage", "is not refused by the resource's policy")
def whoever_may_send_to_queues_writes_wake_ups(bench: Bench) -> None:
    bench.drop(WAKE_UPS, "RefuseOtherSenders")


@fault("M20", "sqs:ChangeMessageVisibility", "is not refused by the resource's policy")
def administrators_take_wake_ups_away(bench: Bench) -> None:
    bench.drop(WAKE_UPS, "RefuseOtherReceivers")


PUBLICATIONS = "policy of bucket aurora-publications-200000000002-eu-west-1-an"


@fault("M20", "of others (", "is not refused by the resource's policy")
def staff_reads_what_is_published_of_every_domain(bench: Bench) -> None:
    bench.drop(PUBLICATIONS, "RefuseObjectsOfOtherDomains")


@fault("M20", "s3:PutObject", "is not refused by the resource's policy")
def the_deployment_writes_what_is_published(bench: Bench) -> None:
    bench.drop(PUBLICATIONS, "RefuseOtherWriters")


@fault("M20", "s3:DeleteObject", "is not refused by the resource's policy")
def the_function_deletes_what_it_could_go_back_to(bench: Bench) -> None:
    bench.drop(PUBLICATIONS, "RefuseDeletion")


@fault("M20", "another rule (events.amazonaws.com)", "sts:AssumeRole", "is allowed")
def rules_of_any_account_send_as_a_domain(bench: Bench) -> None:
    bench.statement("role/mesh/forward, trust", "RulesOfTheAccount", lambda s: s.pop("Condition"))


@fault("I25", "-of-another:log-stream:x", "is allowed")
def logs_are_told_by_the_beginning_of_a_name(bench: Bench) -> None:
    """`/mesh/<product>*` takes every product whose name begins with this one's."""

    def edit(statement: Json) -> None:
        statement["Resource"] = statement["Resource"][0] + "*"

    bench.statement("role/mesh/pipeline/none/impressions, mesh", "WriteLogs", edit)


@fault("I25", "the deployment of domain", "logs:", "is not refused by a service control policy")
def the_deployment_reads_the_logs_of_pipelines(bench: Bench) -> None:
    edit = when("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/deploy")
    bench.statement(JOBS, "RefuseReadingLogsOfTheMesh", edit)


@fault("I25", "an administrator of", "glue:UpdateTrigger", "is not refused by a service control policy")
def a_trigger_brings_its_own_arguments(bench: Bench) -> None:
    bench.statement(JOBS, "RefuseStartingJobs", less("Action", "glue:UpdateTrigger"))


@fault(
    "M12", "role/mesh/pipeline/none/impressions", "role/mesh/clearance/general", "is admitted by the resource's policy"
)
def a_pipeline_steps_into_a_clearance(bench: Bench) -> None:
    """The change of one line that "32 of 32 invariants" did not see."""
    edit = also("ArnLike", ARN, f"arn:aws:iam::{bench.account('ads')}:role/mesh/pipeline/*/*")
    bench.statement("role/mesh/clearance/general, trust", "PeopleWithThePermissionSet", edit)


@fault("M12", "role/somebody-else", "is allowed")
def a_role_of_a_chance_name_steps_into_a_publisher(bench: Bench) -> None:
    edit = also("ArnLike", ARN, "arn:aws:iam::*:role/somebody-else")
    bench.statement("role/mesh/publisher/*, trust", "ThePublicationFunction", edit)


@fault("M12", "the deployment of domain ads", "role/mesh/publisher/publish-ads is allowed")
def a_deployment_publishes_without_a_check(bench: Bench) -> None:
    """It was so: the stack of a domain had a provider in governance, as its publisher."""
    deploys = {
        "Sid": "DeploymentOfTheDomain",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{bench.account('ads')}:root"},
        "Action": "sts:AssumeRole",
    }
    bench.add("role/mesh/publisher/publish-ads, trust", deploys)


@fault("M12", "a function of another name", "role/mesh/check is allowed")
def a_function_of_another_name_reads_drafts(bench: Bench) -> None:
    edit = also("ArnLike", ARN, f"arn:aws:iam::{bench.hub}:role/mesh/functions/*")
    bench.statement("role/mesh/check, trust", "ThePublicationFunction", edit)


# ---- partners


@fault("I4", "no policy of partner account", "aws:ResourceAccount")
def the_wall_of_a_partner_is_a_variable_of_its_caller(bench: Bench) -> None:
    edit = when("StringNotEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}")
    bench.statement(WALL, "RefuseResourcesOfOtherAccounts", edit)


@fault("I4", "partner ad-measurement", "is not refused by a service control policy")
def the_wall_of_a_partner_is_a_variable_that_is_always_true(bench: Bench) -> None:
    edit = when("StringNotEquals", "aws:ResourceAccount", "${aws:ResourceAccount}")
    bench.statement(WALL, "RefuseResourcesOfOtherAccounts", edit)


@fault("I4", "partner ad-measurement", "aurora-partner-subtitling-logs", "is not refused by a service control policy")
def the_wall_of_a_partner_stands_around_another(bench: Bench) -> None:
    edit = when("StringNotEquals", "aws:ResourceAccount", bench.partner("subtitling"))
    bench.statement(WALL, "RefuseResourcesOfOtherAccounts", edit)


@fault("I4", "partner ad-measurement", "s3:", "is not refused by a service control policy")
def the_wall_of_a_partner_excepts_all_buckets(bench: Bench) -> None:
    """A bucket's ARN names no account: an exception for AWS's own buckets is one for all."""
    edit = element("NotResource", "arn:aws:iam::aws:policy/*", "arn:aws:ssm:*::parameter/aws/*", "arn:aws:s3:::*")
    bench.statement(WALL, "RefuseResourcesOfOtherAccounts", edit)


@fault("I4", "ram:GetResourceShareInvitations", "is not refused by a service control policy")
def actions_without_a_resource_account_are_forgotten(bench: Bench) -> None:
    bench.drop(WALL, "RefuseReachingOtherAccounts")


@fault("I5", "domain ads", "s3:ReplicateObject", "is not refused by a resource control policy")
def the_writer_of_an_inbox_is_an_account(bench: Bench) -> None:
    """Every role of the account then writes, not the delivery alone."""
    writer = f"arn:aws:iam::{bench.account('ads')}:*"
    bench.statement(ONE_WRITER, "RefuseAllButTheWriter", also("ArnNotLikeIfExists", ARN, writer))
    bench.statements(
        "policy of bucket aurora-partner-ad-measurement--inbox",
        {
            "RefuseOtherAccounts": also("ArnNotLikeIfExists", ARN, writer),
            "DeclaredWritersDeliverUntil20281231": also("ArnLike", ARN, writer),
        },
    )


# ---- products


@fault("I14", "a role with mesh/", "role/x:role/mesh/", "is not refused by the resource's policy")
def an_arn_is_compared_as_a_string(bench: Bench) -> None:
    """`*` of StringLike spans colons: a role whose path holds `:role/mesh/...` is taken for one of the mesh."""
    bench.statement(BUCKET, "RefuseOtherReaders", instead("ArnNotLike", "StringNotLike", ARN))


@fault("I13", "clearance pii", "s3:GetObject", "is refused", "RefuseOtherReaders")
def a_pattern_is_compared_as_it_is_written(bench: Bench) -> None:
    """StringNotEquals knows no wildcard: nobody is named `arn:aws:iam::*:role/...`."""
    bench.statement(BUCKET, "RefuseOtherReaders", instead("ArnNotLike", "StringNotEquals", ARN))


@fault(
    "I13",
    "clearance general of",
    "aurora-identity--profiles",
    "is not refused by the resource's policy",
    "is allowed, by ReadFilesOfProducts",
)
def every_clearance_reads_the_files_of_a_product(bench: Bench) -> None:
    pattern = "arn:aws:iam::*:role/mesh/clearance/*"
    reads = {"ClearedPeopleRead": also("ArnLike", ARN, pattern)}
    bench.statements(
        BUCKET, reads | {sid: also("ArnNotLike", ARN, pattern) for sid in ("RefuseOtherReaders", "RefuseOtherListers")}
    )
    bench.statements(
        KEY,
        {"ClearedPeopleDecrypt": also("ArnLike", ARN, pattern), "RefuseOtherUsers": also("ArnNotLike", ARN, pattern)},
    )


@fault("I13", "clearance financial", "aurora-identity--profiles", "is not refused by the resource's policy")
def files_are_open_to_a_clearance_that_does_not_cover_every_label(bench: Bench) -> None:
    pattern = "arn:aws:iam::*:role/mesh/clearance/financial"
    bench.statements(
        BUCKET, {sid: also("ArnNotLike", ARN, pattern) for sid in ("RefuseOtherReaders", "RefuseOtherListers")}
    )


@fault("I14", "is admitted by the resource's policy")
def an_account_is_admitted_instead_of_a_role(bench: Bench) -> None:
    bench.statement(BUCKET, "LakeFormationReads", without("ArnLike", ARN))


@fault("I14", "a service of the mesh", "is refused by the resource's policy", "RefuseOtherReaders")
def services_are_not_carved_out_of_a_list_of_readers(bench: Bench) -> None:
    bench.statement(BUCKET, "RefuseOtherReaders", without("BoolIfExists", SERVICE))


@fault("I11", "s3:PutObject", "is refused", "RefuseOtherEncryption")
def a_put_without_headers_is_refused(bench: Bench) -> None:
    """The bucket's default would have encrypted it: without the `Null` pair nothing can be written."""
    bench.statement(BUCKET, "RefuseOtherEncryption", without("Null", "s3:x-amz-server-side-encryption"))


@fault("I11", "s3:x-amz-server-side-encryption-aws-kms-key-id", "is not refused by the resource's policy")
def the_mandated_key_is_any_key_of_the_account(bench: Bench) -> None:
    edit = both(
        without("StringNotEquals", "s3:x-amz-server-side-encryption-aws-kms-key-id"),
        when(
            "StringNotLike",
            "s3:x-amz-server-side-encryption-aws-kms-key-id",
            f"arn:aws:kms:*:{bench.account('identity')}:key/*",
        ),
    )
    bench.statement(BUCKET, "RefuseOtherKeys", edit)


@fault("I14", "domain identity", "kms:Decrypt", "admitted by the resource's policy")
def a_key_delegates_to_iam(bench: Bench) -> None:
    """AWS's default statement: every administrator of the account then decrypts."""
    root = {"AWS": f"arn:aws:iam::{bench.account('identity')}:root"}
    bench.add(KEY, {"Sid": "Root", "Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"})


@fault("I12", "the deployment, as KMS's lock-out check", "kms:PutKeyPolicy", "is refused by the resource's policy")
def a_keys_administrator_is_known_by_its_organisation_alone(bench: Bench) -> None:
    """KMS's lock-out check may send no organisation path: the first key of the product is refused."""
    bench.statement(KEY, "RefuseOtherUnits", without("ArnNotLike", "aws:PrincipalArn"))


@fault("I12", "anybody else of whom nothing is said", "is not refused by the resource's policy")
def a_namesake_of_the_deployment_is_excepted(bench: Bench) -> None:
    """The exception is one role of one account, and no role of that name in another one."""
    edit = also("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/mesh/deploy")
    bench.statement(KEY, "RefuseOtherUnits", edit)


@fault("I12", "the pipeline, not through S3", "kms:Decrypt", "is not refused by the resource's policy")
def a_key_is_used_without_its_service(bench: Bench) -> None:
    bench.drop(KEY, "RefuseUseOutsideS3")
    bench.statement(KEY, "PipelineEncrypts", without("StringEquals", "kms:ViaService"))


@fault("I12", "kms:CreateGrant", "is not refused by the resource's policy")
def grants_of_a_key_are_not_restricted(bench: Bench) -> None:
    """A grant is outside every policy afterwards."""
    bench.drop(KEY, "RefuseGrants")


@fault("I12", "an administrator of", "kms:CreateGrant", "is admitted by the resource's policy")
def an_allow_holds_for_a_key_that_is_absent(bench: Bench) -> None:
    """IfExists in an Allow lets through whoever leaves the key out."""
    edit = instead("Bool", "BoolIfExists", "kms:GrantIsForAWSResource")
    bench.statement("policy of the key of account, *", "DisksTakeGrants", edit)


@fault("I21", "s3:DeleteObject", "logs", "is not refused by the resource's policy")
def logs_can_be_deleted(bench: Bench) -> None:
    bench.drop("policy of bucket aurora-ads-logs", "RefuseDeletionOfLogs")


@fault("M14", "another trail", "is allowed", "TrailWrites")
def any_trail_writes_to_the_audit_bucket(bench: Bench) -> None:
    bench.statement("policy of bucket aurora-audit", "TrailWrites", without("StringEquals", "aws:SourceArn"))


# ---- roles


@fault("I2", "S3 for another bucket", "is allowed", "ReplicationOfThisBucket")
def a_delivery_is_assumed_for_any_bucket(bench: Bench) -> None:
    edit = without("ArnEquals", "aws:SourceArn")
    bench.statement("role/mesh/delivery/deliver-impressions, trust", "ReplicationOfThisBucket", edit)


@fault("I2", "Glue for another account", "is allowed", "PipelinesOfThisAccount")
def a_pipeline_is_assumed_for_any_account(bench: Bench) -> None:
    edit = without("StringEquals", "aws:SourceAccount")
    bench.statement("role/mesh/pipeline/none/impressions, trust", "PipelinesOfThisAccount", edit)


@fault("I23", "the publisher of ads", "table/adsx__x/y is allowed", "PublishTheDomainsTables")
def a_publisher_writes_databases_that_contain_its_name(bench: Bench) -> None:
    """`*ads*` is a coincidence of naming, not a scope."""
    hub = f"arn:aws:glue:{bench.subject.region}:{bench.hub}"
    edit = element("Resource", f"{hub}:catalog", f"{hub}:database/*ads*", f"{hub}:table/*ads*/*")
    bench.statement("role/mesh/publisher/publish-ads, mesh", "PublishTheDomainsTables", edit)


@fault("I23", "the publisher of ads", "glue:CreateDatabase", "is granted by the caller's own policies")
def a_publisher_makes_databases(bench: Bench) -> None:
    """A database that is made anew is open until its tags come."""
    edit = _more("Action", "glue:CreateDatabase")
    bench.statement("role/mesh/publisher/publish-ads, mesh", "PublishTheDomainsTables", edit)


@fault("I23", "the deployment of the governance account", "is not refused by the resource's policy")
def the_deployment_of_governance_moves_tables(bench: Bench) -> None:
    edit = also("ArnNotLike", ARN, f"arn:aws:iam::{bench.hub}:role/mesh/deploy")
    bench.statement("policy of the mesh catalog", "RefuseOtherTables", edit)


@fault("I20", "account", "ads__impressions is open to all that IAM admits")
def a_link_is_left_to_iam(bench: Bench) -> None:
    """One of the two switches that hand a table back to IAM; drafts alone have them."""
    on = NamedResource(catalog=bench.account("ads"), database="ads__impressions")
    bench.grant(bench.account("ads"), Grant(name="open", principal=EVERYONE_IAM_ALLOWS, permissions=("ALL",), on=on))


@fault("I16", "that the refusal does not except", "glue:GetTable", "RefuseOtherDrafters")
def a_clearance_sees_drafts(bench: Bench) -> None:
    edit = also("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/clearance/*")
    bench.statement("mesh-who-reads", "RefuseOtherDrafters", edit)


@fault("U2", "the pipeline of", "__draft", "is granted by the caller's own policies")
def a_pipeline_commits_to_drafts_of_others(bench: Bench) -> None:
    own = f"arn:aws:glue:{bench.subject.region}:{bench.account('ads')}"
    edit = _more("Resource", f"{own}:database/*__draft", f"{own}:table/*__draft/*")
    bench.statement("role/mesh/pipeline/none/*, mesh", "CommitToTheDraft", edit)


@fault("M5", "the pipeline", "s3:DeleteObject", "tables/data/part-0.parquet is allowed")
def a_pipeline_deletes_what_is_published(bench: Bench) -> None:
    """It was so: with the clean-up of an Iceberg client the files that the hub names were gone."""
    bench.statement("role/mesh/pipeline/none/*, mesh", "WriteTheProduct", _more("Action", "s3:DeleteObject"))


@fault("M5", "the deployment, of a table", "s3:GetObject", "v1.avro is not refused by the resource's policy")
def who_starts_tables_reads_their_manifests(bench: Bench) -> None:
    """A manifest has bounds of columns, which are values."""
    edit = element("NotResource", "arn:aws:s3:::*/tables/*/metadata/*")
    bench.statement("policy of bucket aurora-ads--impressions", "RefuseStartingWithMore", edit)


@fault("I23", "the publisher of ads", "iam:PassRole", "role/mesh/location/", "is granted by the caller's own policies")
def a_publisher_passes_location_roles(bench: Bench) -> None:
    """It was so, while publishers registered: with another domain's role, another domain's data would be read."""
    roles = f"arn:aws:iam::{bench.hub}:role/mesh/location/*"
    passes = {"Sid": "PassALocationRole", "Effect": "Allow", "Action": "iam:PassRole", "Resource": roles}
    bench.add("role/mesh/publisher/publish-ads, mesh", passes)


@fault("I14", "a bucket of a like name", "is granted by the caller's own policies")
def a_location_role_reads_buckets_of_a_like_name(bench: Bench) -> None:
    """A bucket's name is anyone's to take."""
    bench.statement(
        "role/mesh/location/ads, mesh", "ReadTheDomainsBuckets", without("StringEquals", "aws:ResourceAccount")
    )


@fault("M10", "the preview of", "s3:GetObjectVersion", "is not refused by the caller's own policy")
def a_preview_reads_data(bench: Bench) -> None:
    bench.statement("role/mesh/preview, mesh", "RefuseAllButSettings", more("NotAction", "s3:GetObjectVersion"))


@fault("M12", "an administrator of governance", "role/mesh/deploy is allowed")
def the_deployment_trusts_an_account(bench: Bench) -> None:
    bench.statement("role/mesh/deploy, trust in domains", "ContinuousIntegrationOfTheDomain", without("ArnLike", ARN))


@fault("M12", "CI of domain-", ", in domain ads", "role/mesh/deploy is admitted by the resource's policy")
def the_deployment_trusts_the_ci_of_every_domain(bench: Bench) -> None:
    """One template serves all accounts, and a pattern is the easy way to write it."""
    every = f"arn:aws:iam::{bench.hub}:role/mesh/ci/domain-*"
    bench.statement(
        "role/mesh/deploy, trust in domains", "ContinuousIntegrationOfTheDomain", when("ArnLike", ARN, every)
    )


@fault("M12", "CI of partners, in the management account", "role/mesh/deploy is admitted by the resource's policy")
def the_ci_of_partners_is_trusted_in_every_account(bench: Bench) -> None:
    bench.statement(
        "role/mesh/deploy, trust in *",
        "ContinuousIntegrationOfPartners",
        without("ForAnyValue:StringLike", "aws:ResourceOrgPaths"),
    )


@fault("M12", "CI of governance, in the management account", "role/mesh/deploy is admitted by the resource's policy")
def the_ci_of_governance_is_trusted_in_every_account(bench: Bench) -> None:
    bench.statement(
        "role/mesh/deploy, trust in *",
        "ContinuousIntegrationOfGovernance",
        without("StringEquals", "aws:ResourceAccount"),
    )


# ---- continuous integration

SUB = "token.actions.githubusercontent.com:sub"
AUD = "token.actions.githubusercontent.com:aud"
TOKENS = "TokensOfTheStacksEnvironment"


def as_well(resource: str) -> Edit:
    """One more resource, be there one or many."""

    def edit(statement: Json) -> None:
        resources = statement["Resource"]
        statement["Resource"] = [*([resources] if isinstance(resources, str) else resources), resource]

    return edit


@fault("M18", "as CI of organization", "environment:governance is allowed", "TokensOfTheStacksEnvironment")
def a_subject_ends_in_a_wildcard(bench: Bench) -> None:
    """The pattern of most examples: any branch, pull request and environment of the repository."""

    def edit(statement: Json) -> None:
        repository = statement["Condition"]["StringEquals"].pop(SUB).partition(":environment:")[0]
        statement["Condition"]["StringLike"] = {SUB: f"{repository}:*"}

    bench.statement("role/mesh/ci/organization, trust", TOKENS, edit)


@fault("M18", "as CI of governance", "environment:organization is allowed", "TokensOfTheStacksEnvironment")
def a_subject_takes_every_environment(bench: Bench) -> None:
    def edit(statement: Json) -> None:
        repository = statement["Condition"]["StringEquals"].pop(SUB).partition(":environment:")[0]
        statement["Condition"]["StringLike"] = {SUB: f"{repository}:environment:*"}

    bench.statement("role/mesh/ci/governance, trust", TOKENS, edit)


@fault("M18", "a token of a longer environment", "environment:partnersx is allowed")
def a_subject_is_not_anchored(bench: Bench) -> None:
    def edit(statement: Json) -> None:
        statement["Condition"]["StringLike"] = {SUB: statement["Condition"]["StringEquals"].pop(SUB) + "*"}

    bench.statement("role/mesh/ci/partners, trust", TOKENS, edit)


@fault("M18", "a token in capitals, as CI of access", "ENVIRONMENT:ACCESS is allowed")
def a_subject_is_compared_in_any_case(bench: Bench) -> None:
    edit = instead("StringEquals", "StringEqualsIgnoreCase", SUB)
    bench.statement("role/mesh/ci/access, trust", TOKENS, edit)


@fault("M18", "as CI of previews", "environment:organization is allowed")
def a_subject_is_not_asked_for(bench: Bench) -> None:
    """Whoever has a repository with the issuer gets a token for the audience."""
    bench.statement("role/mesh/ci/previews, trust", TOKENS, without("StringEquals", SUB))


@fault("M18", "a token without an audience, as CI of organization", "is allowed")
def an_audience_is_asked_for_if_it_is_there(bench: Bench) -> None:
    edit = instead("StringEquals", "StringEqualsIfExists", AUD)
    bench.statement("role/mesh/ci/organization, trust", TOKENS, edit)


@fault("M18", "a token of arn:aws:iam::", "oidc-provider/tokens.elsewhere.example", "is admitted")
def another_issuer_is_trusted_as_well(bench: Bench) -> None:
    def edit(statement: Json) -> None:
        other = f"arn:aws:iam::{bench.hub}:oidc-provider/tokens.elsewhere.example"
        statement["Principal"]["Federated"] = [statement["Principal"]["Federated"], other]

    bench.statement("role/mesh/ci/governance, trust", TOKENS, edit)


@fault("M18", "a token of another stack's environment, as CI of access", "environment:partners is allowed")
def a_ci_role_is_of_two_stacks(bench: Bench) -> None:
    def edit(statement: Json) -> None:
        subject = statement["Condition"]["StringEquals"][SUB]
        statement["Condition"]["StringEquals"][SUB] = [subject, subject.replace(":access", ":partners")]

    bench.statement("role/mesh/ci/access, trust", TOKENS, edit)


@fault("M18", "CI of domain-", "in the management account", "role/mesh/deploy is granted by the caller's own policies")
def the_ci_of_a_domain_deploys_every_domain(bench: Bench) -> None:
    everywhere = "arn:aws:iam::*:role/mesh/deploy"
    bench.statement("role/mesh/ci/domain-*, mesh", "DeployTheStack", as_well(everywhere))


@fault("M18", "CI of domain-", "publisher/publish-ads is granted")
def the_ci_of_a_domain_publishes_by_itself(bench: Bench) -> None:
    publishers = f"arn:aws:iam::{bench.hub}:role/mesh/publisher/*"
    bench.statement("role/mesh/ci/domain-*, mesh", "DeployTheStack", as_well(publishers))


@fault("M18", "CI of previews, in the management account", "role/mesh/deploy is granted by the caller's own policies")
def the_ci_of_pull_requests_deploys(bench: Bench) -> None:
    everywhere = "arn:aws:iam::*:role/mesh/deploy"
    bench.statement("role/mesh/ci/previews, mesh", "PreviewTheStack", as_well(everywhere))


@fault("M18", "CI of partners, in the management account", "role/mesh/deploy is granted by the caller's own policies")
def the_ci_of_partners_deploys_domains(bench: Bench) -> None:
    edit = without("ForAnyValue:StringLike", "aws:ResourceOrgPaths")
    bench.statement("role/mesh/ci/partners, mesh", "DeployTheStack", edit)


@fault("M18", "CI of governance", "role/mesh/ci/organization is granted by the caller's own policies")
def a_ci_role_becomes_another(bench: Bench) -> None:
    every = f"arn:aws:iam::{bench.hub}:role/mesh/ci/*"
    bench.statement("role/mesh/ci/governance, mesh", "DeployTheStack", as_well(every))


@fault("M12", "people with permission set general", "role/mesh/clearance/restricted is allowed", "StepIntoTheRole")
def any_permission_set_enters_a_clearance(bench: Bench) -> None:
    trusted = f"arn:aws:iam::{bench.account('ads')}:role/aws-reserved/sso.amazonaws.com/*"
    bench.document(
        "role/mesh/clearance/restricted, trust",
        lambda statements: statements[0]["Condition"]["ArnLike"].update({ARN: trusted}),
    )
    bench.statement(
        "permission set general", "StepIntoTheRole", element("Resource", "arn:aws:iam::*:role/mesh/clearance/*")
    )


# ---- the catalog and its events


@fault("I23", "partner ad-measurement", "glue:", "is admitted by the resource's policy")
def the_catalog_is_read_by_the_organisation(bench: Bench) -> None:
    bench.statement(CATALOG, "DomainsReadTheCatalog", without("ForAnyValue:StringLike", ORG_PATHS))


@fault("I23", "domain ads", "glue:CreateDatabase", "is not refused by the resource's policy")
def anyone_of_the_hub_writes_the_catalog(bench: Bench) -> None:
    bench.drop(CATALOG, "RefuseOtherPublishers", "RefuseOtherDatabases", "RefuseOtherTables")


@fault("M9", "the deployment of domain ads", "events:PutEvents", "event-bus/mesh is admitted by the resource")
def everyone_of_a_domain_tells_the_mesh(bench: Bench) -> None:
    bench.statement(BUS, "PipelinesTellTheMesh", without("ArnLike", ARN))


@fault("I24", "s3:GetObject", "aurora-ads-results/", "is allowed", "KeepQueryResults")
def clearances_share_their_results(bench: Bench) -> None:
    """What one read under restricted, another finds under general."""
    edit = element("Resource", "arn:aws:s3:::aurora-ads-results/*")
    found = {role.arn for role in bench.subject.plan.domains["ads"].clearances.values()}
    names = {policy.name for arn in found for policy in bench.subject.world.roles[arn].identity}
    for name in sorted(names):
        bench.statement(name, "KeepQueryResults", edit)


@fault("I24", "s3:ListBucket", "aurora-ads-results", "is allowed")
def clearances_list_each_others_results(bench: Bench) -> None:
    """Athena's page gives the whole bucket to list."""
    edit = without("StringLike", "s3:prefix")
    bench.statement("role/mesh/clearance/general, mesh", "ListOwnQueryResults", edit)


@fault("U2", "athena:GetTableMetadata", "datacatalog/another", "is granted by the caller's own policies")
def a_clearance_browses_every_data_catalog(bench: Bench) -> None:
    """Athena's example has a star for drivers; a catalog of another source would be open with it."""
    every = f"arn:aws:athena:{bench.subject.region}:{bench.account('ads')}:datacatalog/*"
    bench.statement("role/mesh/clearance/general, mesh", "BrowseTheCatalog", _more("Resource", every))


# ---- Lake Formation


@fault("I20", "aurora-ads--impressions", "is read with", "AWSServiceRoleForLakeFormationDataAccess")
def a_location_is_registered_with_the_service_linked_role(bench: Bench) -> None:
    """No SCP and no RCP binds a service-linked role."""
    linked = (
        f"arn:aws:iam::{bench.hub}:role/aws-service-role/lakeformation.amazonaws.com/"
        "AWSServiceRoleForLakeFormationDataAccess"
    )

    def edit(lake: Lake) -> Lake:
        first, *rest = lake.locations
        return dataclasses.replace(lake, locations=(dataclasses.replace(first, role=linked), *rest))

    bench.lake(bench.hub, edit)


@fault("I20", "in hybrid mode")
def a_location_is_in_hybrid_mode(bench: Bench) -> None:
    """Who has not opted in is left to IAM."""

    def edit(lake: Lake) -> Lake:
        first, *rest = lake.locations
        return dataclasses.replace(lake, locations=(dataclasses.replace(first, hybrid=True), *rest))

    bench.lake(bench.hub, edit)


@fault("I13", "clearance", "ads__campaigns.campaigns it reads", "IAM_ALLOWED_PRINCIPALS")
def new_tables_are_open_to_everyone_whom_iam_allows(bench: Bench) -> None:
    """What Lake Formation starts with."""
    bench.lake(bench.hub, lambda lake: dataclasses.replace(lake, open_by_default=True))


def _opened(lake: Lake, table: str | None = None) -> Lake:
    """The lake in which the database of profiles, or a table of it, says `false` for pii."""
    name = "identity__profiles"
    database = lake.databases[name]
    if table is None:
        changed = dataclasses.replace(database, labels={**database.labels, "pii": "false"})
    else:
        open_table = dataclasses.replace(database.tables[table], labels={"pii": "false"})
        changed = dataclasses.replace(database, tables={**database.tables, table: open_table})
    return dataclasses.replace(lake, databases={**lake.databases, name: changed})


@fault("I13", "clearance financial of", "a table of identity__profiles that nobody labelled: it reads it by financial")
def a_database_opens_what_comes_into_it(bench: Bench) -> None:
    """Its tables and columns inherit the label, until they have their own."""
    bench.lake(bench.hub, _opened)


@fault("I13", "clearance financial of", "a column of identity__profiles.profiles that nobody labelled")
def a_table_opens_its_new_columns(bench: Bench) -> None:
    bench.lake(bench.hub, lambda lake: _opened(lake, "profiles"))


@fault("I20", "lets arn:aws:organizations::", "DESCRIBE, SELECT")
def the_grant_on_databases_reads(bench: Bench) -> None:
    bench.regrant(bench.hub, "every-database", permissions=("DESCRIBE", "SELECT"))


@fault("I20", "is open by default")
def engines_outside_get_whole_tables(bench: Bench) -> None:
    bench.lake(bench.hub, lambda lake: dataclasses.replace(lake, full_table_outside=True))


def _covered(bench: Bench, clearance: str) -> Covered:
    expression = next(c.expression for c in bench.subject.plan.governance.catalog.clearances if c.name == clearance)
    return Covered(catalog=bench.hub, kind="TABLE", expression=expression)


@fault("I20", "goes to 310000000013")
def a_grant_goes_to_an_account(bench: Bench) -> None:
    """Its administrator passes it on to anyone there."""
    on = _covered(bench, "restricted")
    bench.grant(
        bench.hub, Grant(name="x", principal=bench.account("ads"), permissions=("SELECT",), on=on, grantable=True)
    )


@fault("I20", "x goes to arn:aws:organizations::", "ou-aur0-part")
def a_grant_goes_to_the_unit_of_the_partners(bench: Bench) -> None:
    unit = bench.perimeter.domains_unit_arn.replace(bench.perimeter.domains_unit, bench.perimeter.partners_unit)
    bench.grant(bench.hub, Grant(name="x", principal=unit, permissions=("SELECT",), on=_covered(bench, "general")))


@fault(
    "I13", "clearance general of ads", "identity__profiles.profiles it reads birth_year, profile_name by ticket-4711"
)
def a_named_grant_stands_beside_the_labels(bench: Bench) -> None:
    """Grants are joined: a table named to a role is read whatever its labels say."""
    role = bench.subject.plan.domains["ads"].clearances["general"].arn
    on = NamedResource(catalog=bench.hub, database="identity__profiles", table="*")
    bench.grant(bench.hub, Grant(name="ticket-4711", principal=role, permissions=("SELECT",), on=on))


@fault("I20", "ads: ", "role/mesh/clearance/pii")
def a_clearance_may_grant_further(bench: Bench) -> None:
    bench.regrant(bench.account("ads"), "pii-table", grantable=True)


@fault("I20", "role/mesh/clearance/general")
def a_label_is_shown_to_another_account(bench: Bench) -> None:
    """Who sees a label's values may pass on any expression over them."""
    role = bench.subject.plan.domains["ads"].clearances["general"].arn
    on = Label(catalog=bench.hub, key="pii")
    bench.grant(bench.hub, Grant(name="x", principal=role, permissions=("DESCRIBE",), on=on))


@fault("I13", "clearance general of", "it reads", "by general-table")
def an_expression_says_true_for_a_class_that_the_clearance_does_not_cover(bench: Bench) -> None:
    """In the hub and in a domain, for there it is one value."""
    on = _covered(bench, "pii")
    bench.regrant(bench.hub, "general-table", on=on)
    for domain in bench.subject.plan.domains:
        bench.regrant(bench.account(domain), "general-table", on=on)


@fault("I13", "clearance pii of", "does not read")
def the_hub_shares_without_the_grant_option(bench: Bench) -> None:
    """A domain cannot pass on what it was not given to pass on."""
    bench.regrant(bench.hub, "pii-table", grantable=False)


# ---- emergencies

GLASS = "role/mesh/break-glass/emergencies, trust"


@fault("I22", "a keeper without a second factor", "sts:AssumeRole", "is allowed, by BreakTheGlass")
def a_second_factor_that_counts_if_it_is_there(bench: Bench) -> None:
    """Long-lived keys carry no such key, and `IfExists` lets them in."""

    def edit(statement: Json) -> None:
        condition = statement["Condition"]
        condition["BoolIfExists"] = condition.pop("Bool")
        condition["NumericLessThanEqualsIfExists"] = condition.pop("NumericLessThanEquals")

    bench.statement(GLASS, "UsersWithASecondFactor", edit)


@fault("I22", "a keeper under another's name", "sts:SourceIdentity=somebody-else", "is allowed")
def whoever_breaks_the_glass_says_any_name(bench: Bench) -> None:
    def edit(statement: Json) -> None:
        statement["Condition"]["StringEquals"].pop("sts:SourceIdentity")
        statement["Condition"]["StringLike"] = {"sts:SourceIdentity": "*"}

    bench.statement(GLASS, "UsersWithASecondFactor", edit)


@fault("I22", "a keeper at an endpoint where no alarm listens", "aws:RequestedRegion=us-east-1", "is allowed")
def the_glass_is_broken_where_nobody_listens(bench: Bench) -> None:
    """Calls to the global endpoint of STS are logged in another region."""
    bench.statement(
        GLASS, "UsersWithASecondFactor", lambda s: s["Condition"]["StringEquals"].pop("aws:RequestedRegion")
    )


@fault("I22", "another user of the management account", ":user/somebody", "is allowed")
def everybody_of_the_management_account_is_a_keeper(bench: Bench) -> None:
    bench.statement(GLASS, "UsersWithASecondFactor", lambda s: s["Condition"].pop("ArnLike"))


@fault("I22", "who has broken the glass", "s3:GetObject", "is granted")
def the_glass_opens_more_than_the_deployments_door(bench: Bench) -> None:
    everything = {"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"}
    bench.add("role/mesh/break-glass/emergencies, mesh", everything)


@fault("I22", "who has broken the glass, without a name", "role/mesh/deploy is allowed, by DeployByHand")
def the_deployment_does_not_ask_for_the_name(bench: Bench) -> None:
    bench.statement("role/mesh/deploy, trust in *", "EmergenciesUnderAName", lambda s: s["Condition"].pop("Null"))


@fault("I22", "an administrator of the governance account", "events:DeleteRule", "is not refused")
def the_alarm_can_be_silenced(bench: Bench) -> None:
    bench.drop("mesh-guardrails-stay-up", "RefuseSilencingTheAlarm")


@fault("I22", "another rule", "sns:Publish", "is allowed", "TheRuleTells")
def any_rule_of_anybody_sets_the_alarm_off(bench: Bench) -> None:
    """An alarm that anyone sets off is one that nobody heeds."""
    bench.statement("policy of the topic of alarms", "TheRuleTells", lambda s: s.pop("Condition"))


@fault("I4", "partner", "is not refused by a service control policy")
def who_breaks_the_glass_is_exempt_from_the_isolation_of_partners(bench: Bench) -> None:
    """A deployment, which the glass leads to, is bound like everybody."""

    def edit(statement: Json) -> None:
        statement["Condition"]["ArnNotLike"] = {"aws:PrincipalArn": "arn:aws:iam::*:role/mesh/deploy"}

    bench.statement("mesh-partner-*-stays-inside", "RefuseResourcesOfOtherAccounts", edit)


@fault("I7", "sns:Subscribe", "function:", "is not refused by a service control policy")
def a_strangers_function_is_named_like_our_account(bench: Bench) -> None:
    """Wildcards of `StringNotLike` run on over colons, to where the stranger's text says what is wanted."""
    edit = when("StringNotLike", "sns:Endpoint", "arn:aws:*:*:${aws:PrincipalAccount}:*")
    bench.statement("mesh-no-side-doors-*", "RefuseSubscriptionsOutside", edit)


@fault("I17", "policy/x:policy/mesh/boundary", "is not refused by a service control policy")
def a_policy_is_disguised_as_the_boundary(bench: Bench) -> None:
    edit = when("StringNotLike", "iam:PermissionsBoundary", "arn:aws:iam::*:policy/mesh/boundary")
    bench.statement("mesh-guardrails-stay-up", "RefuseRolesWithoutTheBoundary", edit)


@fault("I17", "iam:DeleteRolePermissionsBoundary", "is not refused by a service control policy")
def a_boundary_is_taken_off_by_whoever_has_it(bench: Bench) -> None:
    """The condition key is the boundary that the role has: one that compares it lets it go."""
    bench.drop("mesh-guardrails-stay-up", "RefuseLosingTheBoundary")


@fault("I17", "iam:PassRole", "role/mesh/pipeline/none/x", "is not refused by a service control policy")
def a_pipelines_role_is_handed_to_a_service_that_reads_aloud(bench: Bench) -> None:
    """A state machine with the role of a pipeline tells whoever may read its history."""
    bench.drop("mesh-guardrails-stay-up", "RefusePassingRolesOfTheMesh")


@fault("I1", "sts:AssumeRoleWithWebIdentity", "is not refused by a resource control policy")
def a_role_trusts_google(bench: Bench) -> None:
    """No provider has to be made for it, and its sessions are of our organisation."""
    bench.drop("mesh-resources-stay-inside", "RefuseOtherWebIdentities")


@fault("U1", "no name but those of the files", "lambda:runmicrovm")
def compute_under_a_new_name_is_let_through(bench: Bench) -> None:
    """Somebody tries it, and it works nowhere until the list has it: so into the list it goes."""

    def edit(statement: Json) -> None:
        statement["NotAction"].append("lambda:RunMicrovm")

    bench.statement("mesh-actions-of-workloads", "RefuseOtherActionsOfWorkloads", edit)


@fault("U1", "no name but those of the files", "glue:g")
def a_wildcard_lets_through_what_aws_adds_tomorrow(bench: Bench) -> None:
    """Every action of Glue that reads is allowed: a prefix is shorter to write, and lasts longer."""

    def edit(statement: Json) -> None:
        statement["NotAction"].append("glue:G*")

    bench.statement("mesh-actions-of-data", "RefuseOtherActionsOfData", edit)


@fault("I8", "ec2:AuthorizeSecurityGroupEgress", "is allowed")
def a_team_opens_a_security_group(bench: Bench) -> None:
    bench.drop("mesh-no-side-doors-*", "RefuseOtherSecurityGroups")


@fault("U1", "glue:GetJobRun", "RefuseReadingRuns is the Sid of no statement")
def a_run_tells_what_it_was_given(bench: Bench) -> None:
    """Arguments of a job are nobody's data until somebody puts a name into them."""
    bench.drop("mesh-jobs-stay-as-made", "RefuseReadingRuns")


@fault("I17", "the root user of", "is not refused by a service control policy")
def the_root_user_of_an_account_is_forgotten(bench: Bench) -> None:
    bench.drop("mesh-guardrails-stay-up", "RefuseRootUsers")


@fault("I22", "sns:SetSubscriptionAttributes", "is not refused by a service control policy")
def the_alarm_tells_nobody_any_more(bench: Bench) -> None:
    """A filter that matches nothing, or an end to the subscription, silences it and touches no topic."""
    bench.drop("mesh-guardrails-stay-up", "RefuseEndingSubscriptions")


# ---- duties


def _more(element: str, *entries: str) -> Edit:
    """Entries too many in a list of a statement."""

    def edit(statement: Json) -> None:
        listed = statement[element]
        statement[element] = [*(listed if isinstance(listed, list) else [listed]), *entries]

    return edit


@fault("U2", "s3:DeleteObject", "aurora-ads--impressions", "is refused (identity)")
def a_pipeline_cannot_replace_what_it_wrote(bench: Bench) -> None:
    bench.drop("role/mesh/pipeline/none/impressions, mesh", "DeleteFiles")


@fault("U2", "s3:DeleteBucket", "is granted by the caller's own policies")
def a_pipeline_is_given_all_of_s3_on_its_bucket(bench: Bench) -> None:
    """The bucket is its own, so who would mind?"""
    bench.statement("role/mesh/pipeline/none/impressions, mesh", "ListTheProduct", _more("Action", "s3:*"))


@fault("U2", "is granted by the caller's own policies", "log-group:/mesh/impressions-of-another")
def a_log_group_has_a_trailing_star(bench: Bench) -> None:
    """`/mesh/impressions*` is the group of `impressions-of-another`, too."""
    group = f"arn:aws:logs:{bench.subject.region}:{bench.account('ads')}:log-group:/mesh/impressions*"
    bench.statement("role/mesh/pipeline/none/impressions, mesh", "WriteLogs", _more("Resource", group))


@fault("U2", "glue:GetConnection", "is granted by the caller's own policies")
def a_pipeline_reads_the_passwords_of_all_connections(bench: Bench) -> None:
    every = f"arn:aws:glue:{bench.subject.region}:{bench.account('ads')}:connection/*"
    bench.statement("role/mesh/pipeline/none/impressions, mesh", "ReadTheConnection", _more("Resource", every))


@fault("U2", "athena:BatchGetQueryExecution", "workgroup/primary", "is granted by the caller's own policies")
def a_clearance_queries_in_whatever_workgroup(bench: Bench) -> None:
    """The workgroup that every account begins with says nothing about where a result goes."""
    every = f"arn:aws:athena:{bench.subject.region}:{bench.account('ads')}:workgroup/*"
    bench.statement("role/mesh/clearance/general, mesh", "QueryInTheOwnWorkgroup", _more("Resource", every))


@fault("U2", "lakeformation:DeregisterResource", "is granted by the caller's own policies")
def a_publisher_deregisters_locations(bench: Bench) -> None:
    """The action takes no resource: one publisher darkens the tables of all domains."""
    edit = _more("Action", "lakeformation:DeregisterResource")
    bench.statement("role/mesh/publisher/publish-ads, mesh", "LabelData", edit)


@fault("U2", "lakeformation:RemoveLFTagsFromResource", "is granted by the caller's own policies")
def a_publisher_takes_labels_away(bench: Bench) -> None:
    """Without a tag a column is what its table is, and whoever put `true` there meant it."""
    edit = _more("Action", "lakeformation:RemoveLFTagsFromResource")
    bench.statement("role/mesh/publisher/publish-ads, mesh", "LabelData", edit)


@fault("I5", "among deliveries of others", "s3:ReplicateObject", "is allowed, by WriteToTheInboxes")
def a_delivery_writes_into_the_whole_inbox(bench: Bench) -> None:
    """Rows of one product would stand in the partner's table of another."""
    inbox = bench.subject.plan.inbox("ad-measurement")
    edit = element("Resource", f"arn:aws:s3:::{inbox}/*")
    bench.statement("role/mesh/delivery/deliver-impressions, mesh", "WriteToTheInboxesUntil20281231", edit)


@fault("U2", "s3:GetObjectVersionAcl", "is refused (identity)")
def a_delivery_lacks_an_action_of_the_guide(bench: Bench) -> None:
    """S3 marks such a replication as failed, hours later, and tells nobody who does not look."""

    def edit(statement: Json) -> None:
        statement["Action"].remove("s3:GetObjectVersionAcl")

    bench.statement("role/mesh/delivery/deliver-*, mesh", "ReadWhatIsOutbound", edit)


@fault("U2", "s3:DeleteBucket", "is let through by the caller's boundary")
def the_boundary_lets_all_of_s3_through(bench: Bench) -> None:
    """It was so: a team's role could have set up a replication, had its own policy said so."""
    bench.statement("policy/mesh/boundary", "DataWork", _more("Action", "s3:*"))


@fault("U2", "logs:PutLogEvents", "is refused (boundary)")
def the_boundary_forgets_the_logs(bench: Bench) -> None:
    def edit(statement: Json) -> None:
        statement["Action"].remove("logs:PutLogEvents")

    bench.statement("policy/mesh/boundary", "DataWork", edit)


# ---- two deployments

WHO_READS = "mesh-who-reads"
DECIDES = "role/mesh/deploy-access, mesh"


@fault("M16", "the deployment of domain ads", "iam:", "is not refused by a service control policy")
def the_deployment_of_a_domain_rewrites_the_trust_of_a_clearance(bench: Bench) -> None:
    """Clearances are valid in every domain: by its own account's the deployment of one read the whole mesh."""
    bench.drop(WHO_READS, "RefuseMakingReaders")


@fault("M16", "the deployment of domain ads", "policy/mesh/boundary", "is not refused by a service control policy")
def the_deployment_of_a_domain_rewrites_the_boundary(bench: Bench) -> None:
    edit = less("Resource", "arn:aws:iam::*:policy/mesh/*")
    bench.statement(WHO_READS, "RefuseMakingReaders", edit)


@fault("M16", "the deployment of domain ads", "iam:PassRole", "role/mesh/clearance/", "is allowed")
def the_deployment_of_a_domain_passes_a_reader_to_a_service(bench: Bench) -> None:
    edit = less("Resource", "arn:aws:iam::*:role/mesh/clearance/*")
    bench.statement(WHO_READS, "RefusePassingReaders", edit)


@fault("M16", "the deployment of domain ads", "iam:PassRole", "role/mesh/engineer", "is allowed")
def the_deployment_of_a_domain_passes_the_role_of_engineers_to_a_service(bench: Bench) -> None:
    edit = less("Resource", "arn:aws:iam::*:role/mesh/engineer")
    bench.statement(WHO_READS, "RefusePassingReaders", edit)


@fault("M17", "the engineer of domain ads", "glue:GetJob on", "is granted")
def an_engineer_sees_the_arguments_of_jobs(bench: Bench) -> None:
    """Defaults of a job are arguments: with them the job is told what to read, and secrets are put there."""
    bench.statement("role/mesh/engineer, mesh", "SeeJobs", more("Action", "glue:GetJob"))


@fault("M17", "the auditor of domain ads", "logs:FilterLogEvents on", "is granted")
def an_auditor_reads_the_events_of_logs(bench: Bench) -> None:
    bench.statement("role/mesh/auditor, mesh", "SeeTheTrail", more("Action", "logs:FilterLogEvents"))


@fault("U2", "an engineer of ads", "glue:StartTrigger")
def an_engineer_cannot_start_a_trigger(bench: Bench) -> None:
    bench.drop("role/mesh/engineer, mesh", "StartTriggers")


@fault("U2", "a role with the boundary", "cloudtrail:LookupEvents")
def a_pipeline_looks_up_who_did_what(bench: Bench) -> None:
    """The boundary is one text for all roles: what is for staff is for staff alone."""

    def for_all(statements: list[Json]) -> None:
        for each in statements:
            if each["Sid"] in ("StaffWork", "PublishProducts"):
                each.pop("Condition", None)
                each["Action"] = [*each["Action"], "cloudtrail:LookupEvents"]

    bench.document("policy/mesh/boundary", for_all)


@fault("I9", "the engineer of domain", "is not refused by a service control policy")
def staff_works_from_anywhere(bench: Bench) -> None:
    bench.statement(
        "mesh-credentials-stay-inside",
        "RefusePeopleElsewhere",
        when("ArnLike", ARN, "arn:aws:iam::*:role/mesh/clearance/*", "arn:aws:iam::*:role/aws-reserved/*"),
    )


@fault("M12", "people with permission set mesh-owner", "role/mesh/engineer is allowed")
def an_owner_becomes_an_engineer(bench: Bench) -> None:
    trusted = f"arn:aws:iam::{bench.account('ads')}:role/aws-reserved/sso.amazonaws.com/*"
    bench.document(
        "role/mesh/engineer, trust",
        lambda statements: statements[0]["Condition"]["ArnLike"].update({ARN: trusted}),
    )
    bench.statement("permission set mesh-owner", "StepIntoTheRole", element("Resource", "arn:aws:iam::*:role/mesh/*"))


@fault("M16", "the deployment of domain ads", "lakeformation:", "is not refused by a service control policy")
def the_deployment_of_a_domain_passes_the_hubs_grants_on(bench: Bench) -> None:
    """Every domain's account holds every expression with the grant option."""
    edit = also("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/mesh/deploy")
    bench.statement("mesh-guardrails-stay-up", "RefuseLakeFormationAdministration", edit)


@fault("M16", "the publisher of domain ads", "lakeformation:", "is not refused by a service control policy")
def publishers_register_locations_again(bench: Bench) -> None:
    edit = also("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/mesh/publisher/*")
    bench.statement("mesh-guardrails-stay-up", "RefuseRegistrationOfLocations", edit)


@fault("M16", "the deployment of domain ads", "role/mesh/deploy-access is allowed")
def one_deployment_becomes_the_other(bench: Bench) -> None:
    trusts = {
        "Sid": "TheOtherDeployment",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{bench.account('ads')}:root"},
        "Action": "sts:AssumeRole",
    }
    bench.add("role/mesh/deploy-access, trust", trusts)


@fault("M16", "the deployment of who reads in ads", "s3:GetObject", "is granted by the caller's own policies")
def the_deployment_of_who_reads_reads(bench: Bench) -> None:
    reads = {"Sid": "Reads", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    bench.add(DECIDES, reads)


@fault("U2", "iam:", "role/mesh/deploy", "is granted by the caller's own policies")
def the_deployment_of_who_reads_changes_the_other(bench: Bench) -> None:
    edit = _more("Resource", "arn:aws:iam::*:role/mesh/*")
    bench.statement(DECIDES, "MakeRolesOfReadersAndJobs", edit)


@fault("M16", "publish-content", "points a table at", "aurora-ads--impressions/tables")
def a_publisher_may_point_at_another_domains_location(bench: Bench) -> None:
    """A table there would be read with the other domain's role: an attacker's reading, A9."""
    publisher = f"arn:aws:iam::{bench.hub}:role/mesh/publisher/publish-content"
    granted = LocationGrant(principal=publisher, arn="arn:aws:s3:::aurora-ads--impressions/tables")
    bench.lake(bench.hub, lambda lake: dataclasses.replace(lake, location_grants=(*lake.location_grants, granted)))


@fault("M16", "publish-content", "points a table at", "aurora-ads--impressions/tables")
def a_location_is_not_registered_before_its_owner_has_it(bench: Bench) -> None:
    """At a place that is not registered Lake Formation asks for nothing."""

    def edit(lake: Lake) -> Lake:
        kept = [each for each in lake.locations if "aurora-ads--impressions" not in each.arn]
        return dataclasses.replace(lake, locations=tuple(kept))

    bench.lake(bench.hub, edit)


# ---- machines that read

READS_TABLES = "role/mesh/pipeline/pii/device-graph, mesh"


@fault("I31", "the pipeline of identity.device-graph", "glue:GetTable", "by ReadTablesOfOthers")
def a_machine_finds_every_table_that_its_clearance_covers(bench: Bench) -> None:
    bench.statement(READS_TABLES, "ReadTablesOfOthers", _more("Resource", "arn:aws:glue:*:*:table/*"))


def _also_at_home(statement: Json) -> None:
    del statement["Condition"]["StringNotEquals"]


@fault("I31", "the pipeline of identity.device-graph", "s3:ListBucket", "aurora-identity--profiles", "is allowed")
def a_bucket_admits_the_machines_of_its_own_account(bench: Bench) -> None:
    """An Allow of the bucket is enough for a role of the same account, whatever its own policy says."""
    bench.statement("policy of bucket aurora-identity--profiles*", "ClearedPipelinesRead", _also_at_home)


@fault("I31", "the pipeline of identity.device-graph", "kms:Decrypt", "product-profiles", "is allowed")
def a_key_admits_the_machines_of_its_own_account(bench: Bench) -> None:
    bench.statement("policy of the key of identity.profiles, account *", "ClearedPipelinesDecrypt", _also_at_home)


@fault("I14", "the check of identity", "queries/result.csv", "is not refused by the resource's policy")
def results_of_a_pipelines_queries_are_files_of_its_product(bench: Bench) -> None:
    bucket = "policy of bucket aurora-identity--profiles*"
    bench.statement(bucket, "RefuseOtherReadersOfQueries", lambda each: each.update(Resource="arn:aws:s3:::x/*"))


# ---- jobs, their scripts, and what is deleted

SCRIPTS = "policy of bucket aurora-identity-scripts*"
IMPRESSIONS = "policy of bucket aurora-ads--impressions*"


@fault("M21", "the pipeline of ads.impressions", "s3:DeleteObject", "/tables/", "is allowed, by DeleteFiles")
def a_pipeline_tidies_up_its_tables(bench: Bench) -> None:
    """What is published names files that the draft does not: the first expired one breaks every query."""
    tables = "arn:aws:s3:::aurora-ads--impressions*/tables/*"
    bench.statement("role/mesh/pipeline/none/impressions, mesh", "DeleteFiles", _more("Resource", tables))


@fault("M21", "the retention of ads", "s3:DeleteObjectVersion", "is not refused by the resource's policy")
def retention_deletes_versions_too(bench: Bench) -> None:
    """What an optimizer deleted too early then does not come back."""
    bench.drop(IMPRESSIONS, "RefuseRetentionOfVersions")


@fault("M21", "the retention of ads", "s3:DeleteObject", "/files/", "is not refused by the resource's policy")
def retention_reaches_files(bench: Bench) -> None:
    bench.drop(IMPRESSIONS, "RefuseRetentionElsewhere")


@fault("M12", "glue.amazonaws.com", "role/mesh/retention", "is admitted by the resource's policy")
def an_optimizer_of_another_account_deletes(bench: Bench) -> None:
    edit = without("StringEquals", "aws:SourceAccount")
    bench.statement("role/mesh/retention, trust", "OptimizersOfThisAccount", edit)


@fault("M12", "another rule", "role/mesh/start", "is allowed")
def any_rule_of_the_account_starts_pipelines(bench: Bench) -> None:
    bench.statement("role/mesh/start, trust", "RulesOfPipelines", without("ArnLike", "aws:SourceArn"))


@fault("U2", "the retention of ads", "glue:BatchCreatePartition", "is granted by the caller's own policies")
def retention_is_given_all_of_glue_on_drafts(bench: Bench) -> None:
    bench.statement("role/mesh/retention, mesh", "CommitToDrafts", _more("Action", "glue:*"))


@fault("U2", "EventBridge of ads", "states:StartExecution", "is refused (identity)")
def nothing_starts_a_state_machine(bench: Bench) -> None:
    bench.drop("role/mesh/start, mesh", "StartStateMachines")


@fault("I25", "an administrator of the governance account", "glue:NotifyEvent", "is not refused by a service control")
def anybody_tells_a_workflow_that_an_event_has_come(bench: Bench) -> None:
    bench.statement(JOBS, "RefuseStartingByEvents", less("Action", "glue:NotifyEvent"))


@fault("I16", "a role of the governance account", "states:StartExecution", "RefuseStartingByEvents")
def a_role_called_nearly_start_starts_by_events(bench: Bench) -> None:
    edit = also("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/start/*")
    bench.statement(JOBS, "RefuseStartingByEvents", edit)


@fault("I16", "a role of the governance account", "glue:GetConnection", "RefuseReadingConnections")
def whoever_starts_pipelines_reads_connections(bench: Bench) -> None:
    edit = also("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/start")
    bench.statement(JOBS, "RefuseReadingConnections", edit)


@fault("M10", "the preview of the governance account", "s3:GetObject", "is not refused by the caller's own policy")
def a_preview_reads_objects_of_products(bench: Bench) -> None:
    bench.drop("role/mesh/preview, mesh", "RefuseOtherObjects")


@fault("M10", "the preview of the governance account", "glue:GetJob", "is not refused by the caller's own policy")
def a_preview_reads_the_arguments_of_a_teams_jobs(bench: Bench) -> None:
    bench.drop("role/mesh/preview, mesh", "RefuseOtherJobs")


@fault("I25", "the deployment of who reads in identity", "s3:PutObject", "is not refused by the resource's policy")
def scripts_are_anybodys_to_write(bench: Bench) -> None:
    """In the bucket's own account an identity policy is enough; and a script runs as its pipeline."""
    edit = also("ArnNotLike", ARN, f"arn:aws:iam::{bench.account('identity')}:role/mesh/deploy-access")
    bench.statement(SCRIPTS, "RefuseOtherWriters", edit)


@fault("I25", "an administrator of domain identity", "s3:GetObject", "is not refused by the resource's policy")
def scripts_are_anybodys_to_read(bench: Bench) -> None:
    bench.drop(SCRIPTS, "RefuseOtherReaders")


@fault("I25", "the pipeline of identity.device-graph", "device-graph-of-another/x.py", "is allowed, by ReadTheScript")
def a_pipeline_reads_the_scripts_of_all(bench: Bench) -> None:
    edit = element("Resource", "arn:aws:s3:::aurora-identity-scripts*")
    bench.statement(READS_TABLES, "ReadTheScript", edit)


@fault("M17", "the engineer of domain ads", "glue:StartTrigger on", "is granted by the caller's own policies")
def an_engineer_starts_triggers_of_whomever(bench: Bench) -> None:
    edit = element("Resource", f"arn:aws:glue:{bench.subject.region}:{bench.account('ads')}:trigger/*")
    bench.statement("role/mesh/engineer, mesh", "StartTriggers", edit)


@fault("I20", "drafts are open", "impressions", "is not open to all that IAM admits")
def whoever_reads_a_draft_passes_it_on(bench: Bench) -> None:
    bench.regrant(bench.account("ads"), "impressions-draft", grantable=True)


@fault("I31", "the pipeline of identity.device-graph", "does not see database playback__sessions")
def a_pipeline_does_not_see_what_it_reads(bench: Bench) -> None:
    account = bench.account("identity")
    bench.lake(
        account,
        lambda lake: dataclasses.replace(
            lake, grants=tuple(g for g in lake.grants if g.name != "device-graph-database")
        ),
    )


@fault("I16", "a role of nearly the name", "s3:AbortMultipartUpload", "publications")
def any_function_of_governance_writes_what_is_published(bench: Bench) -> None:
    edit = also("ArnNotLike", ARN, f"arn:aws:iam::{bench.hub}:role/mesh/functions/*")
    bench.statement("policy of bucket aurora-publications*", "RefuseOtherWriters", edit)


@fault("I31", "a pipeline elsewhere", "s3:GetObject", "aurora-ads--impressions", "is refused by the resource's policy")
def files_are_closed_to_machines_of_other_domains(bench: Bench) -> None:
    edit = less_of("ArnNotLike", ARN, "role/mesh/pipeline/general/")
    bench.statement(IMPRESSIONS, "RefuseOtherReaders", edit)


@fault("I31", "a pipeline with what the product's own reads with", "s3:GetObject", "RefuseReadingBesideFiles")
def pipelines_read_what_is_not_checked(bench: Bench) -> None:
    bench.statement(IMPRESSIONS, "RefuseReadingBesideFiles", less_of("ArnLike", ARN, "role/mesh/pipeline/"))


@fault("I31", "a product of the same name", "s3:GetObject", "is not refused by RefuseReadingBesideFiles")
def a_pipeline_of_the_same_name_reads_what_is_not_checked(bench: Bench) -> None:
    edit = also("ArnNotLike", ARN, "arn:aws:iam::*:role/mesh/pipeline/none/impressions")
    bench.statement(IMPRESSIONS, "RefuseReadingBesideFiles", edit)


@fault("M10", "the preview of the governance account", "glue:GetConnection", "connection/x", "is not refused by")
def a_preview_reads_passwords_in_connections(bench: Bench) -> None:
    bench.drop("role/mesh/preview, mesh", "RefuseOtherConnections")


@fault("M12", "another rule on a bus", "sts:AssumeRole", "mesh-wake-ups", "is allowed, by RulesOnTheMeshBus")
def any_rule_on_the_mesh_bus_starts_pipelines(bench: Bench) -> None:
    def edit(statement: Json) -> None:
        arns = statement["Condition"]["ArnLike"]["aws:SourceArn"]
        statement["Condition"]["ArnLike"]["aws:SourceArn"] = [arn.replace("/mesh--*", "/*") for arn in arns]

    bench.statement("role/mesh/start, trust", "RulesOnTheMeshBus", edit)


@fault("M9", "the deployment of domain ads, on the bus itself", "events:TagResource", "is allowed")
def a_domain_tags_the_bus_of_all(bench: Bench) -> None:
    bench.statement(BUS, "DomainsSubscribe", element("Resource", "*"))


@fault("M9", "an administrator of domain ads, of its own", "events:PutEvents", "is refused by a service control policy")
def a_team_tells_its_own_rules_nothing(bench: Bench) -> None:
    edit = without("ForAnyValue:StringEquals", "events:detail-type")
    bench.statement("mesh-jobs-stay-as-made", "RefuseTellingOfPublications", edit)


@fault("M9", "another role of the mesh", "publication refused", "is not refused by a service control policy")
def a_role_of_the_mesh_rings_the_alarm_of_refusals(bench: Bench) -> None:
    edit = less_of("ForAnyValue:StringEquals", "events:detail-type", "publication refused")
    bench.statement("mesh-jobs-stay-as-made", "RefuseTellingOfPublications", edit)


@fault("M9", "EventBridge of a domain, of a refusal of others", "is not refused by the caller's own policy")
def a_domain_is_told_what_was_refused_of_another(bench: Bench) -> None:
    bench.drop("role/mesh/start, mesh", "RefuseRefusalsOfOthers")


@fault("M9", "EventBridge of a domain, of a refusal of others", "adsx", "is not refused by the caller's own policy")
def a_domain_is_told_what_was_refused_of_one_of_nearly_its_name(bench: Bench) -> None:
    edit = also("ForAnyValue:StringNotLike", "events:source", "mesh.ads*")
    bench.statement("role/mesh/start, mesh", "RefuseRefusalsOfOthers", edit)


@fault("M9", "EventBridge of a domain", "publication refused", "is refused (identity), by RefuseOtherEvents")
def an_owner_hears_of_no_refusal(bench: Bench) -> None:
    edit = less_of("ForAnyValue:StringNotEquals", "events:detail-type", "publication refused")
    bench.statement("role/mesh/start, mesh", "RefuseOtherEvents", edit)


@fault("U2", "mesh/start, bounded", "event-bus/x", "is let through by the caller's boundary")
def what_starts_pipelines_puts_events_on_any_bus(bench: Bench) -> None:
    edit = element("NotResource", "arn:aws:events:*:*:event-bus/*")
    bench.statement("policy/mesh/boundary", "RefuseOtherBusesToStarts", edit, having="RefuseOtherBusesToStarts")


@fault("U2", "nearly a pipeline, bounded", "secretsmanager:GetSecretValue", "is let through by the caller's boundary")
def a_role_of_a_team_gets_secrets_of_the_mesh(bench: Bench) -> None:
    edit = also("ArnLike", ARN, "arn:aws:iam::*:role/somebody")
    bench.statement("policy/mesh/boundary", "ReadSecrets", edit, having="ReadSecrets")
