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

from mesh.access.chains import Access
from mesh.access.lake import Lake, Lakes
from mesh.access.world import World
from mesh.plan.nodes.grants import Covered, Grant, Label, Named
from mesh.proof.subject import Subject

Json = dict[str, Any]
Edit = Callable[[Json], None]


class Bench:
    """A subject whose documents are taken apart, and put together again at the end."""

    def __init__(self, subject: Subject, stack: ExitStack) -> None:
        self.subject, self._stack = subject, stack
        self.hub, self.perimeter = subject.hub, subject.perimeter

    # ---- documents

    def document(self, name: str, edit: Callable[[list[Json]], None]) -> None:
        """Edits the statements of every document of that name (a pattern)."""
        found = [policy for policy in self.subject.policies if fnmatch.fnmatchcase(policy.name, name)]
        assert found, f"no document is named {name}"
        for policy in found:
            changed = copy.deepcopy(dict(policy.document))
            edit(changed["Statement"])
            assert changed != policy.document, f"{policy.name} is as before"
            self._stack.enter_context(policy.standing_in(changed))

    def statement(self, name: str, sid: str, edit: Edit) -> None:
        """Edits one statement of every document of that name."""

        def change(statements: list[Json]) -> None:
            edit(next(each for each in statements if each["Sid"] == sid))

        self.document(name, change)

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
        self._put_world(World(world.organization, world.region, accounts, roles, resources))
        self._stack.callback(self._put_world, world)

    def _put_world(self, world: World) -> None:
        self.subject.world = world
        self.subject.access = Access(self.subject.plan, world, self.subject.lakes)

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


def element(name: str, *values: str) -> Edit:
    """Another Action, Resource or NotResource."""

    def edit(statement: Json) -> None:
        statement[name] = list(values)

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
INSIDE, GUARDRAILS = "mesh-identities-stay-inside", "mesh-guardrails-stay-up"
DOORS = "mesh-no-side-doors-domains"
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


@fault("I1", "anonymous", "s3:GetBucketTagging", "aurora-identity--profiles", "is not refused by the resource's policy")
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
    bench.statement(INSIDE, "RefuseResourcesOutsideTheOrganisation", when("StringNotEqualsIfExists", "aws:SourceVpce", "vpce-1a2b"))
