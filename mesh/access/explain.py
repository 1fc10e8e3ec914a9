"""Explanation of one read: every link, every layer, the reasons, and what would have to change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mesh import names
from mesh.access.chains import Chain, DecidedReads, Link, ReadPort
from mesh.access.people import PipelineLine, line_of
from mesh.access.references import Asker, Thing
from mesh.evaluator.decide import Cause
from mesh.evaluator.layers import LayerVerdict, layers
from mesh.findings import listed
from mesh.model import Mesh
from mesh.plan.nodes import Clearance
from mesh.plan.nodes.grants import Covered


@dataclass(frozen=True, slots=True)
class ExplainedLink:
    """A link with the verdict of each layer."""

    link: Link
    layers: tuple[LayerVerdict, ...]

    def as_json(self) -> dict[str, Any]:
        """The link as `mesh access explain --json` prints it; Lake Formation's own decision has no request."""
        request = self.link.request
        return {
            "purpose": self.link.purpose,
            "request": request
            and {
                "principal": request.principal,
                "action": request.action,
                "resource": request.resource,
                "context": dict(request.context),
            },
            "allowed": self.link.decision.allowed,
            "layer": self.link.decision.layer,
            "because": [cause._asdict() for cause in self.link.decision.because],
            "assumed": list(self.link.decision.assumed),
            "layers": [verdict.as_json() for verdict in self.layers],
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """A read through one port: the decision, the reasons, and the links; after a refusal only links that refuse too."""

    port: ReadPort
    allowed: bool
    columns: tuple[str, ...]
    steps: tuple[ExplainedLink, ...]
    why: tuple[str, ...]
    change: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The explanation as `mesh access explain --json` prints it."""
        return {
            "port": self.port,
            "allowed": self.allowed,
            "columns": list(self.columns),
            "why": list(self.why),
            "change": list(self.change),
            "links": [step.as_json() for step in self.steps],
        }


def explain(access: DecidedReads, asker: Asker, thing: Thing, port: ReadPort, mesh: Mesh | None = None) -> Explanation:
    """The explanation of a principal's read of a product or a column through a port.

    With the mesh, that of a pipeline's read names the line of the clearance's file that it reads by.
    """
    product = thing.product
    if asker.reader and asker.principal == asker.reader.arn:
        chain = access.read(asker.reader, product, port)
    else:
        chain = access.read_as(asker.principal, product, port)
    column = thing.column if port == "table" else None
    links = tuple(_narrowed(access, asker, thing, link) if column else link for link in chain.links)
    narrowed = Chain(links, tuple(name for name in chain.columns if column in (None, name)))
    broken = narrowed.broken
    reached = len(links) if broken is None else links.index(broken)
    # After the link that refuses, only links that refuse as well: they, too, would have to change.
    shown = [link for number, link in enumerate(links) if number <= reached or not link.decision.allowed]
    reasons = _Reasons(access, asker, thing, port, narrowed, mesh)
    return Explanation(
        port=port,
        allowed=broken is None,
        columns=narrowed.columns,
        steps=tuple(_step(access, link) for link in shown),
        why=tuple(reasons.why()),
        change=tuple(reasons.change()),
    )


def _step(access: DecidedReads, link: Link) -> ExplainedLink:
    if link.request:
        return ExplainedLink(link, layers(link.request, access.world))
    says = "allows" if link.decision.allowed else "lacks"
    return ExplainedLink(link, (LayerVerdict("lake-formation", says, link.decision.because),))


def _narrowed(access: DecidedReads, asker: Asker, thing: Thing, link: Link) -> Link:
    """The link with Lake Formation's decision on one column; other links as they are."""
    if link.request or not thing.column:
        return link
    caller = access.world.principal(asker.principal)
    table, _, column = thing.column.partition(".")
    database = names.database(thing.product.domain, thing.product.name)
    role = caller.caller.role or asker.principal
    readable = caller.account and access.lakes.readable(role, caller.account, access.hub, database, table)
    causes = tuple(Cause(f"Lake Formation of {account}", grant) for account, grant in (readable or {}).get(column, ()))
    purpose = f"Lake Formation lets the column {column} through"
    return Link(purpose, None, link.decision._replace(allowed=bool(causes), because=causes))


@dataclass(frozen=True, slots=True)
class _Reasons:
    """Sentences of an explanation: the reasons of a decision, and what would have to change."""

    access: DecidedReads
    asker: Asker
    thing: Thing
    port: ReadPort
    chain: Chain
    mesh: Mesh | None = None

    @property
    def clearances(self) -> tuple[Clearance, ...]:
        return self.access.plan.governance.catalog.clearances

    @property
    def wanted(self) -> frozenset[str]:
        """Labels that a reader has to be cleared for: those of the column, or of the whole product for files."""
        return self.thing.labels if self.port == "table" else self.thing.product.labels

    @property
    def clearance(self) -> Clearance | None:
        reader = self.asker.reader
        return next((c for c in self.clearances if reader and c.name == reader.clearance), None)

    # ---- why

    def why(self) -> Iterator[str]:
        yield self._labels()
        if self.clearance:
            yield f"clearance {self.clearance.name} covers {_labels(self.clearance.reads)}"
        if line := self._line():
            yield self._holds(line)
        if self.port == "table":
            yield from self._tags()
        broken = self.chain.broken
        if broken:
            yield f"stopped: {_stopped(broken)}"
            yield from broken.decision.assumed
        elif self.port == "table" and self.thing.column is None:
            missing = sorted(set(self.thing.columns) - set(self.chain.columns))
            if missing:
                yield f"{len(self.chain.columns)} of {len(self.thing.columns)} columns; not {listed(missing)}"

    def _labels(self) -> str:
        thing, product = self.thing, self.thing.product
        if self.port == "files" and (thing.column or product.labels):
            needs = f"needs all labels of the product: {_labels(product.labels)}" if product.labels else "has no label"
            return f"port files is read whole, so that it {needs}"
        what = f"column {thing.column.partition('.')[2]}" if thing.column else f"{product.domain}.{product.name}"
        return f"{what} is labelled {_labels(self.wanted)}" if self.wanted else f"{what} has no label"

    def _tags(self) -> Iterator[str]:
        """LF-tags of the column, and the expression of each grant that reaches the role."""
        caller = self.access.world.principal(self.asker.principal)
        if not self.thing.column or caller.account is None:
            return
        table, _, column = self.thing.column.partition(".")
        database = names.database(self.thing.product.domain, self.thing.product.name)
        entry = self.access.lakes.table(self.access.hub, database, table)
        if entry is None:
            return
        tags = {**entry[0].labels, **entry[1].labels, **entry[1].column_labels.get(column, {})}
        yield f"its LF-tags are {', '.join(f'{key}={tags[key]}' for key in sorted(tags))}"
        role = caller.caller.role or self.asker.principal
        for grant, _ in self.access.lakes.held(role, caller.account, self.access.hub):
            if isinstance(grant.on, Covered) and grant.on.kind == "TABLE" and "SELECT" in grant.permissions:
                takes = ", ".join(f"{key}={' or '.join(values)}" for key, values in grant.on.expression)
                yield f"the grant {grant.name} takes {takes}"

    # ---- what would have to change

    def change(self) -> Iterator[str]:
        if self.chain.broken is None and (self.thing.column or self.port == "files" or self._whole()):
            return
        if self.clearance is None:
            yield from self._for_others()
        elif self._reads_nothing():
            line, file = self._line(), f"clearances/{self.clearance.name}.yaml"
            what = f"the review in {line.file} has passed" if line else f"{file} has no line for this pipeline"
            yield f"{what}: an approver named there says yes to one under 'pipelines:'"
        elif self._is_not_named():
            yield f"its pipeline reads what 'reads:' in domains/{self._home}.yaml names, and this is not among it"
        elif self.clearance.covers(self.wanted):
            yield "the labels allow it, so a policy is wrong: this is a fault of the mesh, not of the domain's file"
        else:
            covering = [clearance.name for clearance in self.clearances if clearance.covers(self.wanted)]
            yield f"clearances that cover it: {listed(covering)}"
            home = self.asker.reader.home if self.asker.reader else ""
            if covering and self.asker.reader and self.asker.reader.product:
                yield f"the pipeline reads with one by 'clearance:' in domains/{home}.yaml"
            elif covering:
                yield (
                    f"a group of '{home}' gets one by a line under 'members:' in the clearance's file, such as "
                    f"clearances/{covering[0]}.yaml, which an approver named there approves; "
                    "there are no grants of single products"
                )

    def _line(self) -> PipelineLine | None:
        """The line of its clearance's file that a pipeline reads by."""
        reader = self.asker.reader
        if self.mesh is None or reader is None or not reader.product:
            return None
        return line_of(self.mesh, f"{reader.home}.{reader.product}", reader.clearance)

    def _holds(self, line: PipelineLine) -> str:
        """The sentence on a line, and on whether the pipeline holds its clearance by it on the day."""
        where, written = f"line {line.number} of 'pipelines' in {line.file}", line.line
        says = f"{where} no longer lets it read" if self._reads_nothing() else f"it reads by {where}"
        return f"{says}, approved by {written.approved_by}, review {written.review}: {written.use}"

    def _reads_nothing(self) -> bool:
        """Whether the asker is a pipeline whose clearance's file lets it read nothing on the day."""
        reader = self.asker.reader
        if reader is None or not reader.product:
            return False
        return not self.access.plan.domains[reader.home].pipelines[reader.product].reads

    @property
    def _home(self) -> str:
        return self.asker.reader.home if self.asker.reader else ""

    def _is_not_named(self) -> bool:
        """Whether a pipeline asks for a product that its YAML does not name."""
        reader, product = self.asker.reader, self.thing.product
        if reader is None or not reader.product:
            return False
        reads = self.access.plan.domains[reader.home].pipelines[reader.product].reads
        return f"{product.domain}.{product.name}" not in reads

    def _whole(self) -> bool:
        return set(self.thing.columns) <= set(self.chain.columns)

    def _for_others(self) -> Iterator[str]:
        access = self.access
        covering = [clearance.name for clearance in self.clearances if clearance.covers(self.wanted)]
        account = access.world.principal(self.asker.principal).account
        account_id = account.id if account else ""
        partner = next((name for name, p in access.plan.partners.items() if p.access.account_id == account_id), None)
        held = [c.name for c in self.clearances if f"/AWSReservedSSO_{c.name}_" in self.asker.principal]
        if partner:
            yield f"a partner reads from no domain; an agreement in partners/{partner}.yaml brings a copy to its inbox"
        elif held:
            yield f"a permission set reads nothing, it steps into the role of its clearance: ask as {held[0]}@…"
        else:
            yield f"people read as a clearance role; clearances that cover it: {listed(covering)}"
        exception = self._exception()
        if exception:
            yield exception

    def _exception(self) -> str:
        """The sentence on callers that the bucket's refusing statement excepts; empty when it is not the bucket's."""
        broken, bucket = self.chain.broken, f"arn:aws:s3:::{self.thing.product.bucket}"
        resource = self.access.world.resource(bucket)
        if broken is None or resource is None or resource.policy is None or not broken.decision.because:
            return ""
        document, sid = broken.decision.because[0]
        for statement in resource.policy.document["Statement"] if document == resource.policy.name else ():
            if statement.get("Sid") == sid:
                condition: dict[str, Any] = statement.get("Condition", {})
                excepted: str | list[str] = condition.get("ArnNotLike", {}).get("aws:PrincipalArn", [])
                arns = [excepted] if isinstance(excepted, str) else excepted
                return f"{sid} spares only {listed(map(_short, arns))}" if arns else ""
        return ""


def _labels(labels: frozenset[str]) -> str:
    return listed(labels) if labels else "no label"


def _short(arn: str) -> str:
    """An ARN in short: `role/mesh/pipeline/profiles of 330000000039`."""
    parts = arn.split(":", 5)
    return f"{parts[5]} of {'every domain' if parts[4] == '*' else parts[4]}"


def _stopped(link: Link) -> str:
    """The statement that refuses, or the layer that lacks one."""
    decision = link.decision
    if decision.because:
        return "; ".join(f"statement {sid} of {document} denies" for document, sid in decision.because)
    if decision.layer == "lake-formation":
        return "no grant of Lake Formation lets it through"
    return f"no statement of the layer {decision.layer} allows it"
