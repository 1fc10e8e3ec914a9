"""Ways that a mistake opens, each as an edit of what the mesh generates, with the path that an adversary then takes.

The paths are written by hand: who, by which kind of step, with which actions, into whom, and a statement that lets it.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from mesh import names
from mesh.evaluator.policies import ADMINISTRATOR_ACCESS, Policy, compiled
from mesh.evaluator.world import Resource, Role, World
from mesh.plan.nodes import Assignment
from mesh.proof.reachability.adversaries import scripts_of
from mesh.proof.reachability.edges import StepKind
from mesh.proof.reachability.graph import PrincipalGraph
from mesh.proof.subject import OTHER_ORGANIZATION, Subject
from tests.mesh.proof.seeded import Bench, Json

ADS, CONTENT, IDENTITY, HUB, MANAGEMENT = "310000000013", "320000000021", "330000000039", "200000000002", "100000000001"
SUBSCRIPTIONS, AD_MEASUREMENT, SUBTITLING = "360000000063", "410000000072", "420000000080"
JOBS, GUARDRAILS, WHO_READS = "mesh-jobs-stay-as-made", "mesh-guardrails-stay-up", "mesh-who-reads"
REPOSITORY: Final = "repo:aurora-streaming/data-mesh"
STAYS_INSIDE: Final = "mesh-partner-ad-measurement-stays-inside"
MAKING, FIRST = "RefuseMakingReaders", "RefuseChangesToFirstRoles"
CHANGES, PASSING, UNBOUND = (
    "RefuseChangesToRolesOfTheMesh",
    "RefusePassingRolesOfTheMesh",
    "RefuseRolesWithoutTheBoundary",
)
SOMEBODY: Final = f"arn:aws:iam::{CONTENT}:role/somebody"


class Hop(NamedTuple):
    """A step as it is expected: its kind, its actions, whom it leads into, and the Sid of a statement behind it."""

    kind: StepKind
    by: str
    into: str
    sid: str


class WaysBench(Bench):
    """A subject in which ways are opened; `scripts` are objects that run with a role."""

    def __init__(self, subject: Subject, stack: ExitStack) -> None:
        super().__init__(subject, stack)
        self._on_leaving = stack
        self.scripts: dict[str, tuple[str, ...]] = {}

    def policy(self, policy: Policy | None, statement: Json) -> None:
        """One more statement in one policy."""
        assert policy
        changed = copy.deepcopy(dict(policy.document))
        changed["Statement"].append(statement)
        self._on_leaving.enter_context(policy.standing_in(changed))

    def role(self, arn: str) -> Role:
        role = self.subject.world.role(arn)
        assert role, f"there is no {arn}"
        return role

    def trusts(self, arn: str, *callers: str, action: str = "sts:AssumeRole", **more: Any) -> None:
        """A role that admits callers (patterns), by a statement of the Sid `Seeded`."""
        account = callers[0].split(":")[4]
        condition = {"ArnLike": {"aws:PrincipalArn": list(callers)}}
        principal = {"AWS": f"arn:aws:iam::{account}:root"}
        statement = {
            "Sid": "Seeded",
            "Effect": "Allow",
            "Principal": principal,
            "Action": action,
            "Condition": condition,
        }
        self.policy(self.role(arn).trust, {**statement, **more})

    def trusts_service(self, arn: str, service: str) -> None:
        """A role that a service may assume for its account."""
        principal = {"Service": f"{service}.amazonaws.com"}
        statement = {"Sid": "Seeded", "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        self.policy(self.role(arn).trust, statement)

    def takes_tokens(self, arn: str, subjects: str) -> None:
        """A CI role that takes tokens of its own identity provider whose subject matches a pattern."""
        trust = self.role(arn).trust
        assert trust
        own = trust.document["Statement"][0]
        issuer = own["Principal"]["Federated"].partition("oidc-provider/")[2]
        condition = {"StringLike": {f"{issuer}:sub": subjects}}
        self.policy(trust, {**own, "Sid": "Seeded", "Condition": condition})

    def may(self, arn: str, action: str, resource: str = "*", sid: str = "Given") -> None:
        """A role with one permission more."""
        statement = {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource}
        self.policy(self.role(arn).identity[0], statement)

    def spare(self, document: str, sid: str, arn: str) -> None:
        """One more exception in a Deny."""

        def edit(statement: Json) -> None:
            condition = next(each for each in statement["Condition"].values() if "aws:PrincipalArn" in each)
            excepted = condition["aws:PrincipalArn"]
            condition["aws:PrincipalArn"] = [*([excepted] if isinstance(excepted, str) else excepted), arn]

        self.statement(document, sid, edit)

    def forget(self, document: str, sid: str, *actions: str) -> None:
        """Actions that a Deny no longer names."""

        def edit(statement: Json) -> None:
            assert set(actions) <= set(statement["Action"])
            statement["Action"] = [each for each in statement["Action"] if each not in actions]

        self.statement(document, sid, edit)

    def list_too(self, action: str) -> None:
        """An action more in the list of those that are allowed to anybody."""
        service = action.partition(":")[0]

        def change(statements: list[Json]) -> None:
            for each in statements:
                listed = each["NotAction"]
                own = [one for one in listed if one.startswith(f"{service}:") and not one.endswith(":*")]
                each["NotAction"] = [*listed, action] if own or f"{service}:*" not in listed else listed

        for policy in self.subject.policies:
            if policy.name.startswith("mesh-actions-of-"):
                changed = copy.deepcopy(dict(policy.document))
                change(changed["Statement"])
                self._on_leaving.enter_context(policy.standing_in(changed))

    def put(self, *, roles: tuple[Role, ...] = (), buckets: tuple[tuple[str, str], ...] = ()) -> None:
        """Roles and buckets (by name and account) that the plan does not have."""
        world = self.subject.world
        own = [Resource(f"arn:aws:s3:::{name}", account) for name, account in buckets]
        carriers = world.accounts.values(), [*world.roles.values(), *roles], [*world.resources.values(), *own]
        self._put_world(
            World(world.organization, world.region, *carriers, world.endpoints.values(), world.home_address)
        )
        self._on_leaving.callback(self._put_world, world)

    def assign(self, group: str, group_id: str, permission_set: str, account: str) -> None:
        """A group that holds a permission set more."""
        plan = self.subject.plan
        people = plan.organization.people
        assert people
        more = Assignment(group=group, group_id=group_id, permission_set=permission_set, account=account)
        assigned = dataclasses.replace(people, assignments=(*people.assignments, more))
        organization = dataclasses.replace(plan.organization, people=assigned)
        self.subject.plan = dataclasses.replace(plan, organization=organization)
        self._on_leaving.callback(setattr, self.subject, "plan", plan)

    def id_of(self, group: str) -> str:
        """The id of a group in IAM Identity Center."""
        people = self.subject.plan.organization.people
        assert people
        return next(each.group_id for each in people.assignments if each.group == group)


@dataclass(frozen=True, slots=True)
class SeededWay:
    """A mistake, the adversary who finds it, and the path that opens."""

    name: str
    opens: Callable[[WaysBench], None]
    adversary: str
    path: tuple[Hop, ...]


WAYS: list[SeededWay] = []


def way(adversary: str, *path: tuple[StepKind, str, str, str]) -> Callable[..., Callable[[WaysBench], None]]:
    """Lists a mistake; its name is the function's."""

    def listed(opens: Callable[[WaysBench], None]) -> Callable[[WaysBench], None]:
        WAYS.append(SeededWay(opens.__name__, opens, adversary, tuple(Hop(*hop) for hop in path)))
        return opens

    return listed


@contextmanager
def opened(subject: Subject, seeded: SeededWay) -> Generator[PrincipalGraph]:
    """The graph of the subject with a mistake in it."""
    with ExitStack() as stack:
        stack.callback(_forget, subject)
        bench = WaysBench(subject, stack)
        seeded.opens(bench)
        _forget(subject)
        yield PrincipalGraph(subject, bench.scripts)


def _forget(subject: Subject) -> None:
    for account in subject.world.accounts.values():
        account.selected.clear()
        account.opened.clear()


# ---- trusts


@way("administrator@ads", ("may assume", "sts:AssumeRole", "clearance/restricted@ads", "Seeded"))
def a_clearance_admits_any_role_of_its_account(bench: WaysBench) -> None:
    bench.trusts(names.clearance_role(ADS, "restricted"), f"arn:aws:iam::{ADS}:role/*")


@way("administrator@content", ("may assume", "sts:AssumeRole", "clearance/pii@ads", "AdministratorAccess"))
def a_clearance_admits_a_role_of_another_account(bench: WaysBench) -> None:
    bench.trusts(names.clearance_role(ADS, "pii"), SOMEBODY)


@way("administrator@identity", ("may assume", "sts:AssumeRole", "pipeline/none/profiles@identity", "Seeded"))
def a_pipeline_admits_a_person_for_debugging(bench: WaysBench) -> None:
    bench.trusts(names.pipeline_role(IDENTITY, "profiles"), f"arn:aws:iam::{IDENTITY}:role/somebody")


@way(
    "deploy@content",
    ("may assume", "sts:AssumeRole", "publisher/publish-ads@governance", "AdministratorAccess"),
)
def a_publisher_admits_the_deployment_of_another_domain(bench: WaysBench) -> None:
    bench.trusts(names.publisher_role(HUB, "ads"), names.deploy_role(CONTENT))


@way("deploy@content", ("may assume", "sts:AssumeRole", "check@content", "AdministratorAccess"))
def a_check_admits_its_domains_deployment(bench: WaysBench) -> None:
    bench.trusts(names.check_role(CONTENT), names.deploy_role(CONTENT))


@way("administrator@governance", ("may assume", "sts:AssumeRole", "location/identity@governance", "Seeded"))
def a_location_role_admits_a_role_of_governance(bench: WaysBench) -> None:
    bench.trusts(names.location_role(HUB, "identity"), f"arn:aws:iam::{HUB}:role/somebody")


@way("administrator@content", ("may assume", "sts:AssumeRole", "deploy@content", "Seeded"))
def a_deployment_admits_an_administrator_who_deploys_by_hand(bench: WaysBench) -> None:
    bench.trusts(names.deploy_role(CONTENT), SOMEBODY)


@way("preview@content", ("may assume", "sts:AssumeRole", "clearance/general@content", "Seeded"))
def a_clearance_admits_the_preview_and_the_preview_is_let(bench: WaysBench) -> None:
    bench.trusts(names.clearance_role(CONTENT, "general"), names.preview_role(CONTENT))
    bench.statement(
        "role/mesh/preview, mesh", "RefuseAllButSettings", lambda s: s["NotAction"].append("sts:AssumeRole")
    )
    bench.policy(bench.role(names.preview_role(CONTENT)).identity[1], _given("sts:AssumeRole"))


@way("administrator@governance", ("may assume", "sts:AssumeRole", "break-glass/emergencies@governance", "Seeded"))
def the_glass_is_broken_without_a_key(bench: WaysBench) -> None:
    bench.trusts(names.break_glass_role(HUB), f"arn:aws:iam::{HUB}:role/*")


@way("outsider@666666666666", ("may assume", "sts:AssumeRole", "access@partner-ad-measurement", "AdministratorAccess"))
def a_partners_role_admits_a_consultant_and_the_wall_is_down(bench: WaysBench) -> None:
    bench.trusts(names.role(AD_MEASUREMENT, "access"), f"arn:aws:iam::{OTHER_ORGANIZATION}:role/*")
    bench.drop("mesh-resources-stay-inside", "RefuseCallersOutsideTheOrganisation")
    bench.drop("mesh-partner-ad-measurement-one-writer", "RefuseAllButTheWriter")
    bench.statement(
        "mesh-partner-ad-measurement-one-writer",
        "RefuseAllButTheDeployment",
        lambda s: s.update(Action=["s3:GetObject"]),
    )


@way("clearance/general@ads", ("may assume", "sts:AssumeRole", "publisher/publish-ads@governance", "Given"))
def a_clearance_may_publish(bench: WaysBench) -> None:
    bench.may(names.clearance_role(ADS, "general"), "sts:AssumeRole")
    bench.trusts(names.publisher_role(HUB, "ads"), names.clearance_role(ADS, "general"))


@way("pipeline/none/titles@content", ("may assume", "sts:AssumeRole", "clearance/restricted@content", "Seeded"))
def a_pipeline_reads_with_a_clearance(bench: WaysBench) -> None:
    bench.may(names.pipeline_role(CONTENT, "titles"), "sts:AssumeRole")
    bench.trusts(names.clearance_role(CONTENT, "restricted"), names.pipeline_role(CONTENT, "titles"))


# ---- people


@way(
    "group/growth-analysts",
    ("is in the group of", "sign in", "people/general@subscriptions", "general"),
    ("may assume", "sts:AssumeRole", "clearance/pii@subscriptions", "Seeded"),
)
def a_permission_set_leads_into_every_clearance(bench: WaysBench) -> None:
    people = f"arn:aws:iam::{SUBSCRIPTIONS}:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_*"
    bench.trusts(names.clearance_role(SUBSCRIPTIONS, "pii"), people)
    bench.policy(_of_permission_set(bench, SUBSCRIPTIONS, "general"), _given("sts:AssumeRole"))


@way(
    "group/ad-measurement-analysts",
    ("is in the group of", "sign in", "people/restricted@identity", "restricted"),
    ("may assume", "sts:AssumeRole", "clearance/restricted@identity", "PeopleWithThePermissionSet"),
)
def a_partners_group_is_a_member_of_a_domain(bench: WaysBench) -> None:
    group = "ad-measurement-analysts"
    bench.assign(group, bench.id_of(group), "restricted", "domain-identity")


@way(
    "group/ad-measurement-analysts",
    ("is in the group of", "sign in", "people/restricted@identity", "restricted"),
    ("may assume", "sts:AssumeRole", "clearance/restricted@identity", "PeopleWithThePermissionSet"),
)
def a_partners_group_is_a_member_under_another_name(bench: WaysBench) -> None:
    bench.assign("fraud-helpers", bench.id_of("ad-measurement-analysts"), "restricted", "domain-identity")


@way(
    "group/ad-measurement-analysts",
    ("is in the group of", "sign in", "people/mesh-partner@partner-subtitling", "mesh-partner"),
    ("may assume", "sts:AssumeRole", "access@partner-subtitling", "PeopleWithThePermissionSet"),
)
def a_group_stands_in_two_partners(bench: WaysBench) -> None:
    group = "ad-measurement-analysts"
    bench.assign(group, bench.id_of(group), names.PARTNER_PERMISSION_SET, "partner-subtitling")


# ---- roles that can be changed


def _changing(action: str) -> None:
    """Lists a way for one action on roles that the SCP on domains forgets: the root lets deployments."""

    @way("deploy@content", ("may change", action, "clearance/restricted@content", "AdministratorAccess"))
    def opens(bench: WaysBench) -> None:
        bench.forget(WHO_READS, MAKING, action)

    WAYS[-1] = dataclasses.replace(WAYS[-1], name=f"forgotten_is_{action}")


for _action in (
    "iam:UpdateAssumeRolePolicy",
    "iam:PutRolePolicy",
    "iam:AttachRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:CreateRole",
):
    _changing(_action)


@way(
    "administrator@content",
    ("may change", "iam:DeleteRolePermissionsBoundary", "pipeline/none/titles@content", "AdministratorAccess"),
)
def the_boundary_can_be_taken_off(bench: WaysBench) -> None:
    bench.forget(GUARDRAILS, CHANGES, "iam:DeleteRolePermissionsBoundary")
    bench.forget(WHO_READS, MAKING, "iam:DeleteRolePermissionsBoundary")
    bench.drop(GUARDRAILS, "RefuseLosingTheBoundary")


@way(
    "deploy@content",
    ("may change", "iam:CreatePolicyVersion on its boundary", "clearance/pii@content", "AdministratorAccess"),
)
def the_boundary_can_be_rewritten(bench: WaysBench) -> None:
    bench.forget(WHO_READS, MAKING, "iam:CreatePolicyVersion")


@way(
    "deploy@content",
    ("may change", "iam:SetDefaultPolicyVersion on its boundary", "clearance/pii@content", "AdministratorAccess"),
)
def an_old_boundary_can_be_put_back(bench: WaysBench) -> None:
    bench.forget(WHO_READS, MAKING, "iam:SetDefaultPolicyVersion")


@way("administrator@content", ("may change", "iam:UpdateAssumeRolePolicy", "deploy@content", "AdministratorAccess"))
def an_administrator_is_spared_by_the_guards_on_roles(bench: WaysBench) -> None:
    bench.spare(GUARDRAILS, FIRST, SOMEBODY)
    bench.spare(GUARDRAILS, CHANGES, SOMEBODY)
    bench.spare(WHO_READS, MAKING, SOMEBODY)


@way("administrator@ads", ("may assume", "sts:AssumeRole", "deploy-access@content", "Seeded"))
def a_trust_asks_for_the_name_of_a_session(bench: WaysBench) -> None:
    """Whoever reads the trust says what it wants to hear."""
    said = {"StringEquals": {"sts:RoleSessionName": "release"}}
    bench.trusts(names.deploy_access_role(CONTENT), f"arn:aws:iam::{ADS}:root", Condition=said)


@way("administrator@ads", ("may assume", "sts:AssumeRole", "deploy@governance", "Seeded"))
def a_trust_asks_for_an_external_id(bench: WaysBench) -> None:
    said = {"StringLike": {"sts:ExternalId": "mesh-*"}, "Null": {"aws:Referer": "false"}}
    bench.trusts(names.deploy_role(HUB), f"arn:aws:iam::{ADS}:root", Condition=said)


@way(
    f"token/{REPOSITORY}:environment:somebody",
    ("may assume", "sts:AssumeRoleWithWebIdentity", "ci/access@governance", "Seeded"),
)
def a_ci_role_takes_every_environment_of_the_repository(bench: WaysBench) -> None:
    bench.takes_tokens(names.ci_role(HUB, "access"), f"{REPOSITORY}:environment:*")


@way(
    f"token/{REPOSITORY}:environment:rehearsal",
    ("may assume", "sts:AssumeRoleWithWebIdentity", "ci/access@governance", "Seeded"),
)
def a_ci_role_takes_a_second_environment_by_its_name(bench: WaysBench) -> None:
    bench.takes_tokens(names.ci_role(HUB, "access"), f"{REPOSITORY}:environment:rehearsal")


@way(
    "token/repo:aurora-streaming/somebody:environment:access",
    ("may assume", "sts:AssumeRoleWithWebIdentity", "ci/access@governance", "Seeded"),
)
def a_ci_role_takes_every_repository_of_the_owner(bench: WaysBench) -> None:
    bench.takes_tokens(names.ci_role(HUB, "access"), "repo:aurora-streaming/*:environment:access")


@way(
    f"token/{REPOSITORY}:ref:refs/heads/main",
    ("may assume", "sts:AssumeRoleWithWebIdentity", "ci/governance@governance", "Seeded"),
)
def a_ci_role_takes_every_branch(bench: WaysBench) -> None:
    bench.takes_tokens(names.ci_role(HUB, "governance"), f"{REPOSITORY}:ref:*")


@way(
    "deploy@governance",
    ("may change", "iam:UpdateAssumeRolePolicy", "ci/access@governance", "AdministratorAccess"),
)
def a_deployment_changes_how_others_are_entered(bench: WaysBench) -> None:
    bench.spare(GUARDRAILS, FIRST, names.deploy_role("*"))


@way(
    "deploy@partner-subtitling",
    ("may change", "iam:UpdateAssumeRolePolicy", "stacksets-exec-1@partner-subtitling", "AdministratorAccess"),
)
def a_deployment_changes_the_role_of_stack_sets(bench: WaysBench) -> None:
    bench.spare(GUARDRAILS, FIRST, names.deploy_role("*"))


@way(
    "pipeline/none/titles@content",
    ("may change", "iam:UpdateAssumeRolePolicy", "clearance/restricted@content", "Given"),
)
def the_boundary_of_a_job_that_administers_is_dropped(bench: WaysBench) -> None:
    role = names.pipeline_role(CONTENT, "titles")
    bench.may(role, "iam:UpdateAssumeRolePolicy")
    bench.spare(GUARDRAILS, CHANGES, role)
    bench.spare(WHO_READS, MAKING, role)
    bench.unbound(role)


# ---- as it was before a domain's account had two deployments


@way(
    "deploy@content",
    ("may change", "iam:UpdateAssumeRolePolicy", "clearance/restricted@content", "AdministratorAccess"),
)
def a_domains_deployment_makes_its_readers(bench: WaysBench) -> None:
    bench.spare(WHO_READS, MAKING, names.deploy_role("*"))


@way(
    "deploy@content",
    (
        "may grant itself what is read by",
        "lakeformation:GrantPermissions",
        "clearance/restricted@content",
        "AdministratorAccess",
    ),
)
def a_domains_deployment_passes_expressions_on(bench: WaysBench) -> None:
    bench.spare(GUARDRAILS, "RefuseLakeFormationAdministration", names.deploy_role("*"))


@way(
    "functions/publication@governance",
    ("may assume", "sts:AssumeRole", "publisher/publish-content@governance", "ThePublicationFunction"),
    (
        "may pass and start",
        "iam:PassRole, lakeformation:RegisterResource",
        "location/content@governance",
        "Given",
    ),
)
def a_publisher_registers_locations(bench: WaysBench) -> None:
    publisher = names.publisher_role(HUB, "content")
    bench.may(publisher, "iam:PassRole", names.location_role(HUB, "content"))
    bench.may(publisher, "lakeformation:RegisterResource", sid="GivenToo")
    bench.spare(GUARDRAILS, PASSING, publisher)
    bench.spare(GUARDRAILS, "RefuseRegistrationOfLocations", publisher)
    bench.unbound(publisher)


# ---- roles that can be passed


@way(
    "administrator@content",
    ("may pass and start", "iam:PassRole, glue:CreateJob", "pipeline/none/titles@content", "AdministratorAccess"),
)
def an_administrator_may_pass_roles_of_the_mesh(bench: WaysBench) -> None:
    bench.spare(GUARDRAILS, PASSING, SOMEBODY)


@way(
    "publisher/publish-ads@governance",
    (
        "may pass and start",
        "iam:PassRole, lakeformation:RegisterResource",
        "location/identity@governance",
        "Given",
    ),
)
def a_publisher_passes_the_location_role_of_another_domain(bench: WaysBench) -> None:
    publisher = names.publisher_role(HUB, "ads")
    bench.may(publisher, "iam:PassRole", names.location_role(HUB, "*"))
    bench.may(publisher, "lakeformation:RegisterResource", sid="GivenToo")
    bench.spare(GUARDRAILS, PASSING, publisher)
    bench.spare(GUARDRAILS, "RefuseRegistrationOfLocations", publisher)
    bench.unbound(publisher)


@way(
    "administrator@content",
    ("may pass and start", "iam:PassRole, cloudformation:CreateStack", "builder@content", "AdministratorAccess"),
)
def a_stack_may_be_made_with_a_role_of_the_mesh(bench: WaysBench) -> None:
    bench.put(roles=(_service_role("mesh/builder", "cloudformation"),))
    bench.spare(GUARDRAILS, PASSING, SOMEBODY)
    bench.spare(JOBS, "RefuseOtherStacks", SOMEBODY)


@way(
    "administrator@content",
    ("may pass and start", "iam:PassRole, ssm:StartAutomationExecution", "operator@content", "AdministratorAccess"),
)
def systems_manager_runs_what_it_is_told_with_a_role(bench: WaysBench) -> None:
    bench.put(roles=(_service_role("mesh/operator", "ssm"),))
    bench.spare(GUARDRAILS, PASSING, SOMEBODY)
    bench.list_too("ssm:StartAutomationExecution")


@way(
    "administrator@content",
    ("may pass and start", "iam:PassRole, ec2:RunInstances", "pipeline/none/titles@content", "AdministratorAccess"),
)
def a_pipeline_runs_on_a_machine_that_a_team_starts(bench: WaysBench) -> None:
    bench.trusts_service(names.pipeline_role(CONTENT, "titles"), "ec2")
    bench.list_too("ec2:RunInstances")
    bench.spare(GUARDRAILS, PASSING, SOMEBODY)
    bench.forget(JOBS, "RefuseStartingJobs", "states:TestState")


# ---- what runs with a role


def _running(action: str, sid: str, *, forgets: str | None = None) -> None:
    @way(
        "administrator@content",
        ("may change what runs as", action, "pipeline/none/titles@content", "AdministratorAccess"),
    )
    def opens(bench: WaysBench) -> None:
        bench.forget(JOBS, sid, forgets or action)

    WAYS[-1] = dataclasses.replace(WAYS[-1], name=f"forgotten_is_{action}")


for _action, _sid in (
    ("glue:UpdateJob", "RefuseChangesToJobs"),
    ("lambda:UpdateFunctionCode", "RefuseChangesToJobs"),
    ("lambda:UpdateFunctionConfiguration", "RefuseChangesToJobs"),
    ("states:UpdateStateMachine", "RefuseChangesToJobs"),
    ("ecr:PutImage", "RefuseChangesToJobs"),
    ("glue:StartJobRun", "RefuseStartingJobs"),
    ("glue:CreateTrigger", "RefuseStartingJobs"),
    ("glue:UpdateTrigger", "RefuseStartingJobs"),
    ("states:StartExecution", "RefuseStartingByEvents"),
    ("glue:NotifyEvent", "RefuseStartingByEvents"),
):
    _running(_action, _sid)


@way(
    "administrator@content",
    ("may change what runs as", "glue:StartJobRun", "pipeline/none/titles@content", "AdministratorAccess"),
)
def somebody_may_start_jobs_with_arguments(bench: WaysBench) -> None:
    bench.spare(JOBS, "RefuseStartingJobs", SOMEBODY)


@way(
    "administrator@content",
    ("may change what runs as", "events:PutTargets", "pipeline/none/titles@content", "AdministratorAccess"),
)
def somebody_may_schedule_jobs(bench: WaysBench) -> None:
    bench.spare("mesh-no-side-doors-domains", "RefuseEventTargets", SOMEBODY)


@way(
    "administrator@content",
    (
        "may change what runs as",
        "s3:PutObject on arn:aws:s3:::content-scripts/titles.py",
        "pipeline/none/titles@content",
        "AdministratorAccess",
    ),
)
def the_script_of_a_pipeline_is_in_a_bucket_of_the_team(bench: WaysBench) -> None:
    bench.put(buckets=(("content-scripts", CONTENT),))
    bench.scripts = {names.pipeline_role(CONTENT, "titles"): ("arn:aws:s3:::content-scripts/titles.py",)}


@way(
    "group/growth-analysts",
    ("is in the group of", "sign in", "people/general@subscriptions", "general"),
    ("may assume", "sts:AssumeRole", "clearance/general@subscriptions", "PeopleWithThePermissionSet"),
    (
        "may change what runs as",
        "s3:PutObject on arn:aws:s3:::aurora-subscriptions-results/general/job.py",
        "pipeline/none/payments@subscriptions",
        "KeepQueryResults",
    ),
)
def the_script_of_a_pipeline_lies_among_the_results_of_queries(bench: WaysBench) -> None:
    script = "arn:aws:s3:::aurora-subscriptions-results/general/job.py"
    bench.scripts = {names.pipeline_role(SUBSCRIPTIONS, "payments"): (script,)}


@way(
    "pipeline/none/titles@content",
    (
        "may change what runs as",
        "s3:PutObject on arn:aws:s3:::aurora-content--titles/files/rights.py",
        "pipeline/none/rights@content",
        "WriteTheProduct",
    ),
)
def a_pipeline_writes_the_script_of_another(bench: WaysBench) -> None:
    script = "arn:aws:s3:::aurora-content--titles/files/rights.py"
    bench.scripts = {names.pipeline_role(CONTENT, "rights"): (script,)}


SCRIPT: Final = "arn:aws:s3:::aurora-identity-scripts-330000000039-eu-west-1-an/device-graph/device_graph.py"


@way(
    "administrator@identity",
    (
        "may change what runs as",
        f"s3:PutObject on {SCRIPT}",
        "pipeline/pii/device-graph@identity",
        "AdministratorAccess",
    ),
)
def the_bucket_of_scripts_is_open_to_the_team(bench: WaysBench) -> None:
    bench.scripts = scripts_of(bench.subject)
    bench.spare(
        "policy of bucket aurora-identity-scripts*", "RefuseOtherWriters", f"arn:aws:iam::{IDENTITY}:role/somebody"
    )


@way(
    "pipeline/none/accounts@identity",
    ("may change what runs as", f"s3:PutObject on {SCRIPT}", "pipeline/pii/device-graph@identity", "Given"),
)
def a_pipeline_puts_scripts(bench: WaysBench) -> None:
    pipeline = names.pipeline_role(IDENTITY, "accounts")
    bench.scripts = scripts_of(bench.subject)
    bench.may(pipeline, "s3:PutObject")
    bench.spare("policy of bucket aurora-identity-scripts*", "RefuseOtherWriters", pipeline)


@way(
    "engineer@identity",
    ("may change what runs as", "glue:UpdateTrigger", "pipeline/pii/device-graph@identity", "Given"),
)
def an_engineer_changes_a_trigger_before_starting_it(bench: WaysBench) -> None:
    engineer = names.role(IDENTITY, "engineer")
    bench.may(engineer, "glue:UpdateTrigger")
    bench.spare(JOBS, "RefuseStartingJobs", engineer)
    bench.unbound(engineer)


@way(
    "administrator@identity",
    ("may pass and start", "iam:PassRole, events:PutTargets", "start@identity", "AdministratorAccess"),
)
def an_administrator_passes_the_role_that_starts_pipelines(bench: WaysBench) -> None:
    somebody = f"arn:aws:iam::{IDENTITY}:role/somebody"
    bench.spare(GUARDRAILS, PASSING, somebody)
    bench.spare("mesh-no-side-doors-domains", "RefuseEventTargets", somebody)


@way(
    "administrator@content",
    ("may pass and start", "iam:PassRole, glue:CreateJob", "retention@content", "AdministratorAccess"),
)
def an_administrator_passes_the_role_that_deletes(bench: WaysBench) -> None:
    bench.spare(GUARDRAILS, PASSING, SOMEBODY)


@way(
    "administrator@governance",
    (
        "may change what runs as",
        "lambda:UpdateFunctionCode",
        "functions/publication@governance",
        "AdministratorAccess",
    ),
    ("may assume", "sts:AssumeRole", "check@content", "CheckDrafts"),
)
def an_administrator_changes_the_function_that_publishes(bench: WaysBench) -> None:
    bench.spare(JOBS, "RefuseChangesToJobs", f"arn:aws:iam::{HUB}:role/somebody")


# ---- grants


@way(
    "administrator@content",
    (
        "may grant itself what is read by",
        "lakeformation:GrantPermissions",
        "clearance/restricted@content",
        "AdministratorAccess",
    ),
)
def an_administrator_may_pass_expressions_on(bench: WaysBench) -> None:
    bench.spare(GUARDRAILS, "RefuseLakeFormationAdministration", SOMEBODY)


@way(
    "administrator@content",
    (
        "may grant itself what is read by",
        "lakeformation:PutDataLakeSettings",
        "clearance/restricted@content",
        "AdministratorAccess",
    ),
)
def anybody_may_be_made_administrator_of_lake_formation(bench: WaysBench) -> None:
    bench.forget(GUARDRAILS, "RefuseLakeFormationAdministration", "lakeformation:Put*")


@way(
    "administrator@governance",
    (
        "may grant itself what is read by",
        "lakeformation:GrantPermissions",
        "location/identity@governance",
        "AdministratorAccess",
    ),
)
def an_administrator_of_the_hub_may_grant(bench: WaysBench) -> None:
    bench.spare(GUARDRAILS, "RefuseLakeFormationAdministration", f"arn:aws:iam::{HUB}:role/somebody")


# ---- continuous integration

OF_CI: Final = f"arn:aws:iam::{HUB}:role/mesh/ci"


@way(
    f"ci/domain-{CONTENT}@governance",
    ("may assume", "sts:AssumeRole", "deploy@ads", "Seeded"),
)
def the_ci_of_any_domain_deploys_every_domain(bench: WaysBench) -> None:
    bench.trusts(names.deploy_role(ADS), f"{OF_CI}/domain-*")
    bench.may(f"{OF_CI}/domain-{CONTENT}", "sts:AssumeRole", names.deploy_role("*"))


@way("ci/partners@governance", ("may assume", "sts:AssumeRole", "deploy@management", "Seeded"))
def a_ci_role_deploys_two_stacks(bench: WaysBench) -> None:
    bench.trusts(names.deploy_role(MANAGEMENT), f"{OF_CI}/partners")
    bench.may(f"{OF_CI}/partners", "sts:AssumeRole", names.deploy_role(MANAGEMENT))


@way("ci/previews@governance", ("may assume", "sts:AssumeRole", "deploy-access@identity", "Seeded"))
def the_ci_of_previews_decides_who_reads(bench: WaysBench) -> None:
    bench.trusts(names.role(IDENTITY, "deploy-access"), f"{OF_CI}/previews")
    bench.may(f"{OF_CI}/previews", "sts:AssumeRole", names.role("*", "deploy*"))


@way(
    f"token/{REPOSITORY}:pull_request",
    ("may assume", "sts:AssumeRoleWithWebIdentity", f"ci/domain-{CONTENT}@governance", "Seeded"),
    ("may assume", "sts:AssumeRole", "deploy@content", "DeployTheStack"),
)
def a_ci_role_takes_a_token_of_any_environment(bench: WaysBench) -> None:
    bench.takes_tokens(f"{OF_CI}/domain-{CONTENT}", f"{REPOSITORY}:*")


@way(
    "token/repo:somebody/else:environment:access",
    ("may assume", "sts:AssumeRoleWithWebIdentity", "ci/access@governance", "Seeded"),
    ("may assume", "sts:AssumeRole", "deploy-access@identity", "DeployTheStack"),
)
def a_ci_role_takes_a_token_of_any_repository(bench: WaysBench) -> None:
    bench.takes_tokens(f"{OF_CI}/access", "repo:*")


# ---- staff of a domain, who read nothing

ENGINEER, PIPELINE = names.role(CONTENT, "engineer"), names.pipeline_role(CONTENT, "titles")


@way("engineer@content", ("may change what runs as", "glue:UpdateJob", "pipeline/none/titles@content", "Given"))
def an_engineer_changes_the_code_of_jobs(bench: WaysBench) -> None:
    bench.may(ENGINEER, "glue:UpdateJob")
    bench.spare(JOBS, "RefuseChangesToJobs", ENGINEER)
    bench.unbound(ENGINEER)


@way("engineer@content", ("may change what runs as", "glue:StartJobRun", "pipeline/none/titles@content", "Given"))
def an_engineer_starts_jobs_with_arguments_of_the_own(bench: WaysBench) -> None:
    bench.may(ENGINEER, "glue:StartJobRun")
    bench.spare(JOBS, "RefuseStartingJobs", ENGINEER)
    bench.unbound(ENGINEER)


@way(
    "group/content-engineers",
    ("is in the group of", "sign in", "people/mesh-engineer@content", "mesh-engineer"),
    ("may assume", "sts:AssumeRole", "engineer@content", "PeopleWithThePermissionSet"),
    ("may assume", "sts:AssumeRole", "pipeline/none/titles@content", "Seeded"),
)
def engineers_take_the_role_of_a_pipeline_to_look_for_a_fault(bench: WaysBench) -> None:
    bench.trusts(PIPELINE, ENGINEER)
    bench.may(ENGINEER, "sts:AssumeRole", PIPELINE)
    bench.unbound(ENGINEER)


@way("owner@content", ("may assume", "sts:AssumeRole", "clearance/general@content", "Seeded"))
def an_owner_of_products_reads_with_a_clearance(bench: WaysBench) -> None:
    owner = names.role(CONTENT, "owner")
    bench.trusts(names.clearance_role(CONTENT, "general"), owner)
    bench.may(owner, "sts:AssumeRole", names.clearance_role(CONTENT, "general"))
    bench.unbound(owner)


@way("auditor@content", ("may change", "iam:UpdateAssumeRolePolicy", "clearance/pii@content", "Given"))
def an_auditor_mends_what_is_found(bench: WaysBench) -> None:
    auditor = names.role(CONTENT, "auditor")
    bench.may(auditor, "iam:UpdateAssumeRolePolicy")
    bench.spare(GUARDRAILS, CHANGES, auditor)
    bench.spare(WHO_READS, MAKING, auditor)
    bench.unbound(auditor)


# ---- analysts


def _stepping_up(clearance: str, into: str, arn: str) -> None:
    """Lists a way for who holds a clearance into a role of another account or another clearance."""

    @way(f"clearance/{clearance}@subscriptions", ("may assume", "sts:AssumeRole", into, "Given"))
    def opens(bench: WaysBench) -> None:
        held = names.clearance_role(SUBSCRIPTIONS, clearance)
        bench.may(held, "sts:AssumeRole")
        bench.trusts(arn, held)
        bench.unbound(held)

    WAYS[-1] = dataclasses.replace(WAYS[-1], name=f"clearance_{clearance}_leads_into_{into}")


for _held, _into, _arn in (
    ("general", "clearance/financial@subscriptions", names.clearance_role(SUBSCRIPTIONS, "financial")),
    ("financial", "clearance/restricted@subscriptions", names.clearance_role(SUBSCRIPTIONS, "restricted")),
    ("pii", "pipeline/none/payments@subscriptions", names.pipeline_role(SUBSCRIPTIONS, "payments")),
    ("restricted", "deploy@subscriptions", names.deploy_role(SUBSCRIPTIONS)),
):
    _stepping_up(_held, _into, _arn)


@way(
    "group/churn-helpers",
    ("is in the group of", "sign in", "people/restricted@subscriptions", "restricted"),
    ("may assume", "sts:AssumeRole", "clearance/restricted@subscriptions", "PeopleWithThePermissionSet"),
)
def a_member_whose_review_has_passed_is_still_assigned(bench: WaysBench) -> None:
    bench.assign("churn-helpers", "0f0f0f0f-0000-4000-8000-000000000001", "restricted", "domain-subscriptions")


# ---- pull requests: the scripts of a domain's pipelines are in its files


@way(
    "pull-request@content",
    ("deploys", "the script of its pipeline", "pipeline/none/titles@content", "products"),
    ("may assume", "sts:AssumeRole", "clearance/restricted@content", "Seeded"),
)
def a_pull_request_writes_the_script_of_a_pipeline_that_reads_with_a_clearance(bench: WaysBench) -> None:
    bench.may(PIPELINE, "sts:AssumeRole")
    bench.trusts(names.clearance_role(CONTENT, "restricted"), PIPELINE)


@way(
    "pull-request@content",
    ("deploys", "the script of its pipeline", "pipeline/none/titles@content", "products"),
    ("may change", "iam:PutRolePolicy", "clearance/pii@content", "Given"),
)
def a_pull_request_writes_the_script_of_a_pipeline_that_administers(bench: WaysBench) -> None:
    bench.may(PIPELINE, "iam:PutRolePolicy")
    bench.spare(GUARDRAILS, CHANGES, PIPELINE)
    bench.spare(WHO_READS, MAKING, PIPELINE)
    bench.unbound(PIPELINE)


# ---- partners


@way(
    "administrator@partner-ad-measurement",
    ("may assume", "sts:AssumeRole", "access@partner-ad-measurement", "Seeded"),
)
def a_partners_administrator_reads_with_the_role_of_its_people(bench: WaysBench) -> None:
    bench.trusts(names.role(AD_MEASUREMENT, "access"), f"arn:aws:iam::{AD_MEASUREMENT}:role/*")


@way(
    "administrator@partner-ad-measurement",
    ("may assume", "sts:AssumeRole", "clearance/general@ads", "AdministratorAccess"),
)
def a_clearance_admits_a_partner_and_the_walls_are_down(bench: WaysBench) -> None:
    bench.drop("mesh-domain-resources", "RefuseOtherUnits")
    bench.trusts(names.clearance_role(ADS, "general"), f"arn:aws:iam::{AD_MEASUREMENT}:role/somebody")
    bench.drop(STAYS_INSIDE, "RefuseResourcesOfOtherAccounts")


@way("access@partner-ad-measurement", ("may assume", "sts:AssumeRole", "access@partner-subtitling", "Given"))
def the_people_of_a_partner_step_into_another(bench: WaysBench) -> None:
    held, into = names.role(AD_MEASUREMENT, "access"), names.role(SUBTITLING, "access")
    bench.may(held, "sts:AssumeRole")
    bench.trusts(into, held)
    bench.unbound(held)
    bench.drop(STAYS_INSIDE, "RefuseResourcesOfOtherAccounts")
    bench.drop("mesh-partner-subtitling-one-writer", "RefuseAllButTheDeployment")


@way(
    "outsider@777777777777",
    ("may assume", "sts:AssumeRole", "clearance/general@ads", "AdministratorAccess"),
)
def a_clearance_admits_a_stranger_and_the_perimeter_is_down(bench: WaysBench) -> None:
    bench.drop("mesh-domain-resources", "RefuseOtherUnits")
    bench.trusts(names.clearance_role(ADS, "general"), "arn:aws:iam::777777777777:role/*")
    bench.drop("mesh-resources-stay-inside", "RefuseCallersOutsideTheOrganisation")


# ---- continuous integration of the platform


@way("ci/access@governance", ("may assume", "sts:AssumeRole", "deploy@governance", "Seeded"))
def the_ci_of_who_reads_deploys_governance(bench: WaysBench) -> None:
    bench.trusts(names.deploy_role(HUB), f"{OF_CI}/*")
    bench.may(f"{OF_CI}/access", "sts:AssumeRole", names.deploy_role("*"))


@way(
    "token/repo:somebody/else:environment:governance",
    ("may assume", "sts:AssumeRoleWithWebIdentity", "ci/governance@governance", "Seeded"),
    ("may assume", "sts:AssumeRole", "deploy@governance", "DeployTheStack"),
)
def the_ci_of_governance_takes_a_token_of_any_repository(bench: WaysBench) -> None:
    bench.takes_tokens(f"{OF_CI}/governance", "repo:*")


@way(
    f"token/{REPOSITORY}:pull_request",
    ("may assume", "sts:AssumeRoleWithWebIdentity", "ci/organization@governance", "Seeded"),
    ("may assume", "sts:AssumeRole", "deploy@management", "DeployTheStack"),
)
def the_ci_of_the_organization_takes_a_token_of_a_pull_request(bench: WaysBench) -> None:
    bench.takes_tokens(f"{OF_CI}/organization", f"{REPOSITORY}:*")


def _given(action: str) -> Json:
    return {"Sid": "Given", "Effect": "Allow", "Action": action, "Resource": "*"}


def _of_permission_set(bench: WaysBench, account: str, name: str) -> Policy:
    found = (r for arn, r in bench.subject.world.roles.items() if f"::{account}:role/aws-reserved" in arn)
    return next(role.identity[0] for role in found if f"_{name}_" in role.arn)


def _service_role(name: str, service: str) -> Role:
    """A role with every permission that a service assumes, as teams make them."""
    principal = {"Service": f"{service}.amazonaws.com"}
    statement = {"Sid": "Trust", "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = compiled(f"role/{name}, trust", {"Version": "2012-10-17", "Statement": [statement]})
    return Role(f"arn:aws:iam::{CONTENT}:role/{name}", (ADMINISTRATOR_ACCESS,), trust)
