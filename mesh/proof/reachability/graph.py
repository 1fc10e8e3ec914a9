"""Graph of who can become whom: nodes from the plan, steps asked of one pair of each class and kept for all like it.

Two principals are of one class when their documents, and the control policies that bind them, are one text but for
their own names and ids. A step depends on the two classes and on how the principals are related: in one product, of
one owner, named in the other's documents, or neither.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Final, NamedTuple

from mesh import names
from mesh.access import from_plan
from mesh.evaluator.decide import Cause
from mesh.evaluator.policies import Policy
from mesh.plan.nodes import DataProductArgs
from mesh.proof.forms import without_names
from mesh.proof.reachability.classes import (
    ADMINISTRATOR,
    GROUP,
    LIKE_NAMED,
    OUTSIDER,
    PULL_REQUEST,
    PrincipalNode,
    node_of,
)
from mesh.proof.reachability.edges import Edges, Way
from mesh.proof.reachability.tokens import NearTokens, near_tokens
from mesh.proof.subject import NO_ORGANIZATION, OTHER_ORGANIZATION, Subject

Relation = str
"""How two principals are related, or a principal and a product: `product`, `owner`, `named` or `other`."""


class AttackStep(NamedTuple):
    """A step of an adversary: from one principal to another, by a way."""

    source: PrincipalNode
    target: PrincipalNode
    way: Way

    def __str__(self) -> str:
        by = "; ".join(f"{cause.sid} in {cause.document}" for cause in self.way.because)
        return f"{self.source.who} {self.way.kind} {self.target.who} ({self.way.by}{f', by {by}' if by else ''})"


class PrincipalGraph:
    """Principals of a subject, and the steps between them. `scripts` are objects that run with a role, by its ARN."""

    def __init__(self, subject: Subject, scripts: Mapping[str, Sequence[str]] | None = None) -> None:
        self.subject = subject
        self.edges = Edges(subject.world, subject.hub, scripts or {})
        self._steps: dict[tuple[str, str, Relation], tuple[Way, ...]] = {}
        self._onward: dict[str, tuple[AttackStep, ...]] = {}
        self._scripted = frozenset(scripts or {})

    # ---- nodes

    @cached_property
    def owners(self) -> dict[str, str]:
        """Owner of every account of the organisation by its id."""
        return {self.subject.perimeter.management_id: "management", **self.subject.owners}

    @cached_property
    def nodes(self) -> dict[str, PrincipalNode]:
        """Every principal by its key."""
        return {node.key: node for node in (*self._roles(), *self._people(), *self._beside_the_plan())}

    def _roles(self) -> Iterator[PrincipalNode]:
        return (node_of(arn, self.owners) for arn in self.subject.world.roles)

    def _people(self) -> Iterator[PrincipalNode]:
        people = self.subject.plan.organization.people
        called: dict[str, dict[str, None]] = defaultdict(dict)
        for assignment in people.assignments if people else ():
            called[assignment.group_id][assignment.group] = None
        for group_id, groups in called.items():
            who = f"people of {' and '.join(groups)}"
            yield PrincipalNode(f"group/{next(iter(groups))}", who, GROUP, "", "", group_id)

    def _beside_the_plan(self) -> Iterator[PrincipalNode]:
        for account, owner in self.owners.items():
            arn = f"arn:aws:iam::{account}:role/somebody"
            yield PrincipalNode(arn, f"an administrator of {owner}", ADMINISTRATOR, owner, account)
            if owner != "management":
                yield node_of(names.BOOTSTRAP_ROLE.replace("*", account, 1).replace("*", "1"), self.owners)
            if owner not in self.subject.plan.domains:
                for clearance in self._clearances:
                    arn = names.clearance_role(account, clearance)
                    who = f"a role of {owner} named like clearance {clearance}"
                    yield PrincipalNode(arn, who, LIKE_NAMED, owner, account, clearance)
        for domain, plan in self.subject.plan.domains.items():
            key = f"pull-request@{domain}"
            yield PrincipalNode(key, f"a pull request of domain {domain}", PULL_REQUEST, domain, plan.access.account_id)
        for account in (OTHER_ORGANIZATION, NO_ORGANIZATION):
            yield PrincipalNode(
                f"arn:aws:iam::{account}:role/somebody", f"an outsider of {account}", OUTSIDER, "", account
            )
        yield PrincipalNode("anonymous", "an anonymous caller", OUTSIDER, "", "")
        yield from self._tokens.nodes.values()

    @cached_property
    def _tokens(self) -> NearTokens:
        first, roles = self.subject.plan.organization.args.first_ci, self.subject.world.roles.values()
        planned = (*(first.roles if first else ()), *self.subject.plan.governance.ci.values())
        return near_tokens(((role.arn, role.trust.document) for role in roles if role.trust), planned, self.owners)

    @property
    def _clearances(self) -> tuple[str, ...]:
        return tuple(clearance.name for clearance in self.subject.plan.governance.catalog.clearances)

    # ---- classes

    def text_of(self, policy: Policy) -> str:
        """The document of a policy, as text."""
        # The policy is kept beside its text, so that no other takes its id.
        if id(policy) not in self._texts:
            self._texts[id(policy)] = (policy, json.dumps(policy.document))
        return self._texts[id(policy)][1]

    @cached_property
    def _texts(self) -> dict[int, tuple[Policy, str]]:
        return {}

    @cached_property
    def classes(self) -> dict[str, str]:
        """The class of every principal, by its key."""
        return {key: self._form(node) for key, node in self.nodes.items()}

    @cached_property
    def _members(self) -> dict[str, dict[str, list[PrincipalNode]]]:
        """Principals by class, then by owner."""
        members: dict[str, dict[str, list[PrincipalNode]]] = defaultdict(lambda: defaultdict(list))
        for key, node in self.nodes.items():
            members[self.classes[key]][node.owner].append(node)
        return members

    def _form(self, node: PrincipalNode) -> str:
        if node.kind == GROUP:
            return f"{GROUP}/{sorted(self._form(step.target) for step in self._of_people(node))}"
        if "#" in node.key:  # a trust compares the whole text of a token
            apart = not node.owner or node.key.partition("#")[2] in self._tokens.admitted
            nearly_for = node_of(self._tokens.nearly_for[node.key], self.owners)
            return node.key if apart else f"{OUTSIDER}/{self._form(nearly_for)}"
        form = f"{node.kind}/{node.detail}/{self.account_form(node.account)}"
        if not node.is_role:
            return f"{form}/{node.owner if node.owner in self.controlled else ''}"
        if node.owner in self.controlled or node.key in self._scripted:
            form += f"/{node.key}"
        return f"{form}/{self._documents(node)}"

    def _documents(self, node: PrincipalNode) -> str:
        role = self.subject.world.role(node.key)
        if role is None:
            return ""
        policies = [policy for policy in (*role.identity, role.trust, role.boundary) if policy]
        texts = [self.text_of(policy) for policy in policies if policy.name not in from_plan.OF_AWS]
        managed = [policy.name for policy in policies if policy.name in from_plan.OF_AWS]
        home = self._ids.get(node.owner, node.account)
        missing = (not role.identity, role.trust is None, role.boundary is None)
        return f"{missing}{managed}{without_names(' '.join(texts), home, node.product, node.owner)}"

    def account_form(self, account_id: str) -> str:
        """The class of an account: its unit and control policies, without its own name and id."""
        account = self.subject.world.account(account_id) if account_id else None
        if account is None:
            return ""
        if account_id not in self._account_forms:
            nodes = (*account.service_control, *account.resource_control)
            policies = [policy for node in nodes for policy in node]
            shared = [str(id(policy)) for policy in policies if policy in self._shared_controls]
            own = [self.text_of(policy) for policy in policies if policy not in self._shared_controls]
            form = f"{account.path}{shared}{without_names(' '.join(own), account_id, self.owners.get(account_id, ''))}"
            self._account_forms[account_id] = form
        return self._account_forms[account_id]

    @cached_property
    def _account_forms(self) -> dict[str, str]:
        return {}

    @cached_property
    def _ids(self) -> dict[str, str]:
        return {owner: account for account, owner in self.owners.items()}

    @cached_property
    def _shared_controls(self) -> frozenset[Policy]:
        """Control policies that bind several accounts."""
        seen: dict[Policy, set[str]] = defaultdict(set)
        for account_id, account in self.subject.world.accounts.items():
            for node in (*account.service_control, *account.resource_control):
                for policy in node:
                    seen[policy].add(account_id)
        return frozenset(policy for policy, accounts in seen.items() if len(accounts) > 1)

    @cached_property
    def controlled(self) -> frozenset[str]:
        """Owners whose accounts a control policy of several accounts names: each is a class of its own."""
        named: set[str] = set()
        for policy in self._shared_controls:
            named |= self._owners_in(self.text_of(policy))
        return frozenset(named - {"governance", "management"})

    def _owners_in(self, text: str) -> set[str]:
        accounts = {self.owners[account] for account in set(_ACCOUNT.findall(text)) if account in self.owners}
        return accounts | {owner for owner in _OF_A_DOMAIN.findall(text) if owner in self._ids}

    @cached_property
    def mentions(self) -> dict[str, frozenset[str]]:
        """Other owners that the documents of a role name, by its ARN; governance and management are named by all."""
        found: dict[str, frozenset[str]] = {}
        for key, node in self.nodes.items():
            role = self.subject.world.role(key) if node.is_role else None
            texts = [self.text_of(p) for p in (*role.identity, role.trust, role.boundary) if p] if role else []
            found[key] = frozenset(self._owners_in(" ".join(texts)) - {node.owner, "governance", "management"})
        return found

    # ---- steps

    def steps(self, source: PrincipalNode) -> Iterator[AttackStep]:
        """Every step from a principal, those that cost least to explain first."""
        yield from self._of_people(source)
        yield from self._of_pull_requests(source)
        if source.kind in (GROUP, PULL_REQUEST):
            return
        for form, by_owner in self._members.items():
            for relation, nodes in self._related(source, by_owner):
                targets = (node for node in nodes if node.key != source.key)
                first = next(targets, None)
                ways = self._ways(source, form, relation, first) if first else ()
                for target in chain([first] if first else [], targets) if ways else ():
                    yield from (AttackStep(source, target, way) for way in ways)

    def onward(self, source: PrincipalNode) -> tuple[AttackStep, ...]:
        """The first step from a principal to each other; kept, for many adversaries come by the same principals."""
        if source.key not in self._onward:
            first: dict[str, AttackStep] = {}
            for step in self.steps(source):
                first.setdefault(step.target.key, step)
            self._onward[source.key] = tuple(first.values())
        return self._onward[source.key]

    def _related(
        self, source: PrincipalNode, by_owner: Mapping[str, list[PrincipalNode]]
    ) -> Iterator[tuple[Relation, Iterable[PrincipalNode]]]:
        """The principals of a class by how they are related to one; each of those that are named stands alone."""
        own = by_owner.get(source.owner, ())
        yield "product", [node for node in own if source.product and node.product == source.product]
        yield "owner", [node for node in own if not source.product or node.product != source.product]
        named = [node for node in self._named(source) if node in by_owner.get(node.owner, ())]
        for node in named:
            yield f"named {node.key} by {source.key}", [node]
        apart = {node.key for node in named}
        yield (
            "other",
            (
                node
                for owner, nodes in by_owner.items()
                if owner != source.owner
                for node in nodes
                if node.key not in apart
            ),
        )

    def _named(self, source: PrincipalNode) -> Sequence[PrincipalNode]:
        """Principals of other owners that the principal's documents name, or that name its owner."""
        if source.key not in self._named_by:
            nodes = [node for node in self.nodes.values() if node.owner in self.mentions[source.key]]
            nodes += [self.nodes[key] for key in self.mentioning.get(source.owner, ())]
            self._named_by[source.key] = list(dict.fromkeys(nodes))
        return self._named_by[source.key]

    @cached_property
    def _named_by(self) -> dict[str, list[PrincipalNode]]:
        return {}

    @cached_property
    def mentioning(self) -> dict[str, list[str]]:
        """Keys of the principals whose documents name an owner, by the owner."""
        mentioning: dict[str, list[str]] = defaultdict(list)
        for key, owners in self.mentions.items():
            for owner in owners:
                mentioning[owner].append(key)
        return mentioning

    def _ways(self, source: PrincipalNode, form: str, relation: Relation, target: PrincipalNode) -> tuple[Way, ...]:
        key = (self.classes[source.key], form, relation)
        if key not in self._steps:
            self._steps[key] = tuple(self.edges.ways(source, target))
        return self._steps[key]

    def assigned(self, group: PrincipalNode) -> tuple[tuple[str, str], ...]:
        """The accounts, as assignments name them, and the permission sets that a group holds there."""
        people = self.subject.plan.organization.people
        assignments = people.assignments if people else ()
        return tuple((each.account, each.permission_set) for each in assignments if each.group_id == group.detail)

    def _of_people(self, source: PrincipalNode) -> Iterator[AttackStep]:
        """Groups hold permission sets: IAM Identity Center lets their people into the role of each."""
        for account, permission_set in self.assigned(source) if source.kind == GROUP else ():
            home = self._ids.get(account) or self._ids.get(account.removeprefix("domain-"), "")
            arn = from_plan.permission_set_role(home, self.subject.region, permission_set)
            if arn in self.nodes:
                cause = Cause(f"assignments of {account}", permission_set)
                yield AttackStep(source, self.nodes[arn], Way("is in the group of", "sign in", (cause,)))

    def _of_pull_requests(self, source: PrincipalNode) -> Iterator[AttackStep]:
        """Pull requests decide what their domain's files say: scripts of its pipelines."""
        if source.kind != PULL_REQUEST:
            return
        file = f"stacks/domains/{source.owner}.yaml"
        for node in self.nodes.values():
            if node.owner != source.owner:
                continue
            if node.kind == "pipeline":
                yield AttackStep(source, node, Way("deploys", "the script of its pipeline", (Cause(file, "products"),)))

    # ---- products

    @cached_property
    def product_forms(self) -> dict[str, str]:
        """The class of every product, by `domain.product`: policies of bucket and key, ports, labels of its columns."""
        return {f"{each.domain}.{each.name}": self._product_form(each) for each in self.subject.products}

    def _product_form(self, product: DataProductArgs) -> str:
        subject = self.subject
        arns = (f"arn:aws:s3:::{product.bucket}", subject.product_key(product))
        texts = [self.text_of(policy) for arn in arns if (policy := subject.policy_of(arn))]
        labels = sorted({tuple(sorted(labels)) for labels in self.labels_of(product).values()})
        form = without_names(" ".join(texts), product.account_id, product.domain, product.name)
        return f"{sorted(product.ports)}{sorted(product.labels)}{labels}{form}"

    @cached_property
    def estates(self) -> dict[str, frozenset[str]]:
        """Classes of what each owner has: its products, and what its account keeps for itself."""
        estates: dict[str, set[str]] = {owner: {self.kept_form(account)} for account, owner in self.owners.items()}
        for product, form in self.product_forms.items():
            estates[product.partition(".")[0]].add(form)
        return {owner: frozenset(forms) for owner, forms in estates.items()}

    def kept_form(self, account_id: str) -> str:
        """The class of what an account keeps for itself: its control policies, and policies of buckets and keys."""
        if account_id not in self._kept_forms:
            owner, region, plan = self.owners[account_id], self.subject.region, self.subject.plan
            buckets = [plan.log_bucket(owner), plan.results_bucket(owner)]
            buckets.append(plan.inbox(owner.removeprefix("partner-")))
            arns = [f"arn:aws:s3:::{bucket}" for bucket in buckets]
            aliases = (names.ACCOUNT_KEY_ALIAS, names.INBOX_KEY_ALIAS)
            arns += [from_plan.key_arn(region, account_id, alias) for alias in aliases]
            texts = [self.text_of(policy) for arn in arns if (policy := self.subject.policy_of(arn))]
            form = f"{self.account_form(account_id)}{without_names(' '.join(texts), account_id, owner)}"
            self._kept_forms[account_id] = form
        return self._kept_forms[account_id]

    @cached_property
    def _kept_forms(self) -> dict[str, str]:
        return {}

    def labels_of(self, product: DataProductArgs) -> Mapping[str, frozenset[str]]:
        """Labels of every column of the product's table port, by `table.column`."""
        entry = self.subject.plan.domains[product.domain].catalog.get(product.name)
        return {
            f"{table.name}.{column.name}": frozenset(column.labels)
            for table in (entry.tables if entry else ())
            for column in (*table.columns, *table.partitions)
        }

    def named_owners(self, text: str, home: str) -> set[str]:
        """Owners that a text names, but for one, governance and management."""
        return self._owners_in(text) - {home, "governance", "management"}


_ACCOUNT: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
_OF_A_DOMAIN: Final = re.compile(r"(?:publisher/publish-|role/mesh/location/)([a-z0-9-]+)")


def paths(graph: PrincipalGraph, start: PrincipalNode) -> dict[str, tuple[AttackStep, ...]]:
    """Every principal that can be reached from one, with a shortest path; the start itself by none."""
    reached: dict[str, tuple[AttackStep, ...]] = {start.key: ()}
    frontier: Iterable[PrincipalNode] = (start,)
    while frontier:
        following: dict[str, PrincipalNode] = {}
        for node in frontier:
            for step in graph.onward(node):
                if step.target.key not in reached:
                    reached[step.target.key] = (*reached[node.key], step)
                    following[step.target.key] = step.target
        frontier = tuple(following.values())
    return reached
