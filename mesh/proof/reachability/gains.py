"""Gains of a role by itself: products that it reads and writes, and guardrails that it loosens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final, Literal, NamedTuple

from mesh import names
from mesh.access import from_plan
from mesh.evaluator.decide import Cause
from mesh.evaluator.errors import UnknownError
from mesh.plan.nodes import DataProductArgs
from mesh.proof.reachability.classes import PrincipalNode, unit_of
from mesh.proof.reachability.graph import PrincipalGraph
from mesh.proof.subject import Subject

HarmKind = Literal["reads", "writes", "loosens"]


class Gain(NamedTuple):
    """A harm that a principal does by itself: it reads or writes a product (`ads.clicks`), or loosens a guardrail.

    `owner` is whose it is, `labels` those of what is read. `because` has the statements that allow it.
    """

    verb: HarmKind
    what: str
    owner: str
    by: str
    because: tuple[Cause, ...]
    labels: frozenset[str] = frozenset()

    def __str__(self) -> str:
        labels = f" ({', '.join(sorted(self.labels))})" if self.labels else ""
        by = "; ".join(f"{cause.sid} in {cause.document}" for cause in self.because)
        whose = "" if "." in self.what else f" of {self.owner}"
        return f"{self.verb} {self.what}{labels}{whose} ({self.by}{f', by {by}' if by else ''})"


OBJECTS: Final = (
    "files/part-0.parquet",
    "tables/data/part-0.parquet",
    "tables/data/metadata/1.json",
    "outbound/a-partner/part-0.parquet",
)
"""Objects of a product, one of each place that a policy tells apart; metadata of a table holds values."""


class Guardrail(NamedTuple):
    """A wall of the mesh: its name, and the actions that take it down, on resources of an account.

    A resource may hold `{region}`, `{account}`, and the buckets `{logs}`, `{results}`, `{audit}`; `units` are those
    that have one.
    """

    name: str
    actions: tuple[str, ...]
    resource: str
    units: tuple[str, ...] = ("governance", "a domain", "a partner")


GUARDRAILS: Final = (
    Guardrail("roles of the mesh", ("iam:CreateRole",), "arn:aws:iam::{account}:role/mesh/made-up"),
    Guardrail(
        "boundary",
        ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"),
        "arn:aws:iam::{account}:policy/mesh/boundary",
    ),
    Guardrail("users and keys", ("iam:CreateUser", "iam:CreateAccessKey"), "arn:aws:iam::{account}:user/x"),
    Guardrail(
        "identity providers",
        (
            "iam:CreateOpenIDConnectProvider",
            "iam:AddClientIDToOpenIDConnectProvider",
            "iam:DeleteOpenIDConnectProvider",
            "iam:UpdateOpenIDConnectProviderThumbprint",
        ),
        "arn:aws:iam::{account}:oidc-provider/example.com",
    ),
    Guardrail(
        "service-linked roles",
        ("iam:CreateServiceLinkedRole",),
        "arn:aws:iam::{account}:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM",
    ),
    Guardrail(
        "Lake Formation settings and grants",
        ("lakeformation:PutDataLakeSettings", "lakeformation:GrantPermissions"),
        "*",
    ),
    Guardrail(
        "registered locations",
        ("lakeformation:RegisterResource", "lakeformation:UpdateResource", "lakeformation:DeregisterResource"),
        "*",
    ),
    Guardrail("LF-tags", ("lakeformation:UpdateLFTag", "lakeformation:AddLFTagsToResource"), "*"),
    Guardrail("block of public access", ("s3:PutAccountPublicAccessBlock",), "*"),
    Guardrail("log bucket", ("s3:PutBucketPolicy", "s3:PutLifecycleConfiguration"), "arn:aws:s3:::{logs}"),
    Guardrail("query results", ("s3:PutBucketPolicy",), "arn:aws:s3:::{results}"),
    Guardrail("workgroups", ("athena:UpdateWorkGroup",), "arn:aws:athena:{region}:{account}:workgroup/mesh-general"),
    Guardrail(
        "membership in the organisation", ("organizations:LeaveOrganization", "organizations:AcceptHandshake"), "*"
    ),
    Guardrail(
        "network",
        ("ec2:CreateInternetGateway", "ec2:ModifyVpcEndpoint", "ec2:CreateVpcPeeringConnection"),
        "",
    ),
    Guardrail("mesh catalog", ("glue:PutResourcePolicy",), "arn:aws:glue:{region}:{account}:catalog", ("governance",)),
    Guardrail(
        "audit bucket",
        ("s3:PutBucketPolicy", "s3:PutLifecycleConfiguration"),
        "arn:aws:s3:::{audit}",
        ("governance",),
    ),
    Guardrail("audit log", ("s3:DeleteObject", "s3:PutObject"), "arn:aws:s3:::{audit}/AWSLogs/x", ("governance",)),
    Guardrail(
        "trail",
        ("cloudtrail:StopLogging", "cloudtrail:UpdateTrail"),
        "arn:aws:cloudtrail:{region}:{account}:trail/mesh",
        ("management",),
    ),
    Guardrail(
        "alarm of the break-glass role",
        ("events:DisableRule", "events:PutRule"),
        "arn:aws:events:{region}:{account}:rule/mesh-break-glass",
        ("governance",),
    ),
    Guardrail(
        "control policies",
        ("organizations:DetachPolicy", "organizations:UpdatePolicy", "organizations:MoveAccount"),
        "*",
        ("management",),
    ),
    Guardrail(
        "assignments of people",
        ("sso:CreateAccountAssignment", "sso:PutInlinePolicyToPermissionSet", "identitystore:CreateGroupMembership"),
        "",
        ("management",),
    ),
)


class Gains:
    """Gains of the principals of a graph; of each class one is asked."""

    def __init__(self, graph: PrincipalGraph) -> None:
        self.graph = graph
        self._subject: Subject = graph.subject
        self._of_node: dict[str, tuple[Gain, ...]] = {}
        self._of_product: dict[tuple[str, str, str], tuple[Gain, ...]] = {}
        self._of_account: dict[tuple[str, str, str], tuple[Gain, ...]] = {}

    def of(self, node: PrincipalNode) -> tuple[Gain, ...]:
        """Every gain of one principal; kept, for many adversaries come by the same principals."""
        if node.key not in self._of_node:
            self._of_node[node.key] = tuple(self._every(node))
        return self._of_node[node.key]

    def _every(self, node: PrincipalNode) -> Iterator[Gain]:
        if not node.is_role and node.key != "anonymous":
            return
        for form, by_domain in self._products.items():
            for relation, products in self._related(node, by_domain):
                for product in products:
                    yield from self._on(node, form, relation, product)
        for account, owner in self.graph.owners.items():
            yield from self._loosened(node, account, owner)

    @cached_property
    def _products(self) -> Mapping[str, Mapping[str, list[DataProductArgs]]]:
        """Products by class, then by domain."""
        products: dict[str, dict[str, list[DataProductArgs]]] = defaultdict(lambda: defaultdict(list))
        for product in self._subject.products:
            form = self.graph.product_forms[f"{product.domain}.{product.name}"]
            products[form][product.domain].append(product)
        return products

    def _related(
        self, node: PrincipalNode, by_domain: Mapping[str, list[DataProductArgs]]
    ) -> Iterator[tuple[str, Iterable[DataProductArgs]]]:
        own = by_domain.get(node.owner, [])
        yield "product", [product for product in own if product.name == node.product]
        yield "owner", [product for product in own if product.name != node.product]
        named = self.graph.mentions.get(node.key, frozenset())
        for domain, products in by_domain.items():
            for product in products if domain != node.owner else ():
                apart = domain in named or node.owner in self._naming.get(f"{product.domain}.{product.name}", ())
                yield f"named {product.domain}.{product.name} by {node.key}" if apart else "other", [product]

    @cached_property
    def _naming(self) -> Mapping[str, set[str]]:
        """Owners that the policies of a product name beside its own, by product; only those that name one."""
        naming: dict[str, set[str]] = {}
        for product in self._subject.products:
            arns = (f"arn:aws:s3:::{product.bucket}", self._subject.product_key(product))
            texts = [self.graph.text_of(policy) for arn in arns if (policy := self._subject.policy_of(arn))]
            named = self.graph.named_owners(" ".join(texts), product.domain)
            if named:
                naming[f"{product.domain}.{product.name}"] = named
        return naming

    # ---- products

    def _on(self, node: PrincipalNode, form: str, relation: str, product: DataProductArgs) -> Iterator[Gain]:
        key = (self.graph.classes[node.key], form, relation)
        if key not in self._of_product:
            self._of_product[key] = tuple(self._asked(node, product))
        what = f"{product.domain}.{product.name}"
        return (gain._replace(what=what, owner=product.domain) for gain in self._of_product[key])

    def _asked(self, node: PrincipalNode, product: DataProductArgs) -> Iterator[Gain]:
        loosened = self._protection(node, product)
        yield from loosened
        yield from self._reads(node, product, loosened)
        yield from self._writes(node, product)

    def _protection(self, node: PrincipalNode, product: DataProductArgs) -> tuple[Gain, ...]:
        """Bucket policy and key, each of which alone keeps a product closed."""
        found: list[Gain] = []
        bucket, key = f"arn:aws:s3:::{product.bucket}", self._subject.product_key(product)
        for what, actions, arn in (
            ("bucket policy", ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy"), bucket),
            ("key", ("kms:PutKeyPolicy", "kms:CreateGrant"), key),
        ):
            for action in actions:
                because = self._allowed(node, action, arn)
                if because is not None:
                    found.append(Gain("loosens", product.name, product.domain, f"{action}: {what}", because))
                    break
        return tuple(found)

    def _reads(self, node: PrincipalNode, product: DataProductArgs, loosened: tuple[Gain, ...]) -> Iterator[Gain]:
        gains = self._read_objects(node, product) or self._read_logs(node, product)
        if not gains and len(loosened) == 2:  # both locks
            because = tuple(cause for gain in loosened for cause in gain.because)
            gains = self._gain("reads", product, "s3:PutBucketPolicy and the key's policy", because)
        yield from gains
        if "table" in product.ports and not gains:
            yield from self._read_columns(node, product)

    def _read_objects(self, node: PrincipalNode, product: DataProductArgs) -> tuple[Gain, ...]:
        for place in OBJECTS:
            got = self._allowed(node, "s3:GetObject", f"arn:aws:s3:::{product.bucket}/{place}")
            if got is None:
                continue
            decrypted = self._with_key(node, "kms:Decrypt", product)
            if decrypted is not None:
                return self._gain("reads", product, f"s3:GetObject on {place}", (*got, *decrypted))
        return ()

    def _read_logs(self, node: PrincipalNode, product: DataProductArgs) -> tuple[Gain, ...]:
        if node.account != product.account_id:
            return ()
        group = f"arn:aws:logs:{self._subject.region}:{product.account_id}:log-group:/mesh/{product.name}"
        for action in ("logs:FilterLogEvents", "logs:GetLogEvents"):
            because = self._allowed(
                node, action, group if action == "logs:FilterLogEvents" else f"{group}:log-stream:x"
            )
            if because is not None:
                return self._gain("reads", product, f"{action} of its pipeline", because)
        return ()

    def _read_columns(self, node: PrincipalNode, product: DataProductArgs) -> Iterator[Gain]:
        if node.account == "" or not self.graph.edges.can_at_all(node.principal, "lakeformation:GetDataAccess"):
            return
        try:
            chain = self._subject.access.read_as(node.principal, product, "table")
        except UnknownError as error:
            yield from self._gain("reads", product, "a query", (Cause("the evaluator", f"cannot decide: {error}"),))
            return
        if not chain.columns:
            return
        of_column = self.graph.labels_of(product)
        labels = frozenset(label for column in chain.columns for label in of_column[column])
        because = next((link.decision.because for link in chain.links if link.decision.layer == "lake-formation"), ())
        yield Gain("reads", product.name, product.domain, "a query", because, labels)

    def _writes(self, node: PrincipalNode, product: DataProductArgs) -> Iterator[Gain]:
        for place in OBJECTS:
            put = self._allowed(node, "s3:PutObject", f"arn:aws:s3:::{product.bucket}/{place}")
            if put is None:
                continue
            encrypted = self._with_key(node, "kms:GenerateDataKey", product)
            if encrypted is not None:
                yield Gain("writes", product.name, product.domain, f"s3:PutObject on {place}", (*put, *encrypted))
                return
        database = names.database(product.domain, product.name)
        table = f"arn:aws:glue:{self._subject.region}:{self._subject.hub}:table/{database}/x"
        because = self._allowed(node, "glue:UpdateTable", table) if "table" in product.ports else None
        if because is not None:
            yield Gain("writes", product.name, product.domain, "glue:UpdateTable in the mesh catalog", because)

    def _with_key(self, node: PrincipalNode, action: str, product: DataProductArgs) -> tuple[Cause, ...] | None:
        key = self._subject.product_key(product)
        return self.graph.edges.allowed(node.principal, action, key, self._subject.through_s3)

    def _gain(self, verb: HarmKind, product: DataProductArgs, by: str, because: tuple[Cause, ...]) -> tuple[Gain, ...]:
        return (Gain(verb, product.name, product.domain, by, because, product.labels),)

    def _allowed(self, node: PrincipalNode, action: str, resource: str) -> tuple[Cause, ...] | None:
        return self.graph.edges.allowed(node.principal, action, resource)

    # ---- guardrails

    def _loosened(self, node: PrincipalNode, account: str, owner: str) -> Iterator[Gain]:
        relation = "own" if account == node.account else "other"
        named = owner in self.graph.mentions.get(node.key, ()) or owner in self.graph.controlled
        key = (self.graph.classes[node.key], account if named else self.graph.kept_form(account), relation)
        if key not in self._of_account:
            self._of_account[key] = tuple(self._asked_of(node, account, owner))
        return (gain._replace(owner=owner) for gain in self._of_account[key])

    def _asked_of(self, node: PrincipalNode, account: str, owner: str) -> Iterator[Gain]:
        unit = unit_of(owner)
        if unit != "management":
            yield from self._kept(node, account, owner)
        for guardrail in GUARDRAILS:
            if unit not in guardrail.units:
                continue
            for action in guardrail.actions:
                because = self._takes_down(node, action, guardrail.resource, account, owner)
                if because is not None:
                    yield Gain("loosens", guardrail.name, owner, action, because)
                    break

    def _takes_down(
        self, node: PrincipalNode, action: str, resource: str, account: str, owner: str
    ) -> tuple[Cause, ...] | None:
        if resource in ("", "*"):  # an action without a resource is one on the caller's own account
            return self.graph.edges.at_home(node, action, account)
        plan = self._subject.plan
        buckets = {"logs": plan.log_bucket(owner), "results": plan.results_bucket(owner)}
        parts = {"region": self._subject.region, "account": account, "audit": plan.governance.audit.bucket, **buckets}
        if action.startswith("iam:") and not self.graph.edges.can_at_all(node.principal, action):
            return None
        return self._allowed(node, action, resource.format(**parts))

    def _kept(self, node: PrincipalNode, account: str, owner: str) -> Iterator[Gain]:
        """Results of queries, which are data of the clearance in whose prefix they are; and a partner's copies."""
        results, alias = self._subject.plan.results_bucket(owner), names.ACCOUNT_KEY_ALIAS
        if owner in self._subject.plan.domains:
            for clearance in self._subject.plan.governance.catalog.clearances:
                place = f"arn:aws:s3:::{results}/{clearance.name}/result.csv"
                labels = frozenset(clearance.reads)
                yield from self._object(node, account, owner, f"results of {clearance.name}", place, alias, labels)
            return
        yield from self._object(node, account, owner, "results", f"arn:aws:s3:::{results}/result.csv", alias)
        partner = owner.removeprefix("partner-")
        if partner in self._subject.plan.partners:
            place = f"arn:aws:s3:::{self._subject.plan.inbox(partner)}/a-domain/part-0.parquet"
            delivered = self._delivered(partner)
            yield from self._object(node, account, owner, "inbox", place, names.INBOX_KEY_ALIAS, delivered)

    def _delivered(self, partner: str) -> frozenset[str]:
        """Labels of all that is replicated to a partner."""
        return frozenset(
            label
            for domain in self._subject.plan.domains.values()
            for product, replication in domain.deliveries.items()
            if any(each.partner == partner and each.open for each in replication.deliveries)
            for label in domain.products[product].labels
        )

    def _object(
        self,
        node: PrincipalNode,
        account: str,
        owner: str,
        what: str,
        place: str,
        alias: str,
        labels: frozenset[str] = frozenset(),
    ) -> Iterator[Gain]:
        got = self._allowed(node, "s3:GetObject", place)
        if got is None:
            return
        key = from_plan.key_arn(self._subject.region, account, alias)
        used = self.graph.edges.allowed(node.principal, "kms:Decrypt", key, self._subject.through_s3)
        if used is not None:
            yield Gain(
                "reads", what, owner, f"s3:GetObject on {place.removeprefix('arn:aws:s3:::')}", (*got, *used), labels
            )
