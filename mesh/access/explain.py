"""One question, answered with its reasons: every link, every layer, and what would have to change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mesh import names
from mesh.access.chains import Chain, DecidedReads, Link, ReadPort
from mesh.access.references import Asker, Thing
from mesh.evaluator.decide import Cause
from mesh.evaluator.layers import LayerVerdict, layers
from mesh.findings import listed
from mesh.plan.nodes import Clearance
from mesh.plan.nodes.grants import Covered


@dataclass(frozen=True, slots=True)
class ExplainedLink:
    """A link with what each layer said about it."""

    link: Link
    layers: tuple[LayerVerdict, ...]

    def as_json(self) -> dict[str, Any]:
        """As `mesh access explain --json` prints it; Lake Formation's own decision has no request."""
        asked = self.link.request
        return {
            "purpose": self.link.purpose,
            "request": asked
            and {
                "principal": asked.principal,
                "action": asked.action,
                "resource": asked.resource,
                "context": dict(asked.context),
            },
            "allowed": self.link.decision.allowed,
            "layer": self.link.decision.layer,
            "because": [cause._asdict() for cause in self.link.decision.because],
            "assumed": list(self.link.decision.assumed),
            "layers": [verdict.as_json() for verdict in self.layers],
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """A read through one port: the answer, why, and its steps; after a refusal only those that refuse as well."""

    port: ReadPort
    allowed: bool
    columns: tuple[str, ...]
    steps: tuple[ExplainedLink, ...]
    why: tuple[str, ...]
    change: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As `mesh access explain --json` prints it."""
        return {
            "port": self.port,
            "allowed": self.allowed,
            "columns": list(self.columns),
            "why": list(self.why),
            "change": list(self.change),
            "links": [step.as_json() for step in self.steps],
        }


def explain(access: DecidedReads, asker: Asker, thing: Thing, port: ReadPort) -> Explanation:
    """Why a principal reads a product or a column through a port, or why not."""
    product = thing.product
    if asker.reader and asker.principal == asker.reader.arn:
        chain = access.read(asker.reader, product, port)
    else:
        chain = access.read_as(asker.principal, product, port)
    column = thing.column if port == "table" else None
    links = tuple(_narrowed(access, asker, thing, link) if column else link for link in chain.links)
    narrowed = Chain(links, tuple(each for each in chain.columns if column in (None, each)))
    broken = narrowed.broken
    reached = len(links) if broken is None else links.index(broken)
    shown = [link for number, link in enumerate(links) if number <= reached or not link.decision.allowed]
    case = _Case(access, asker, thing, port, narrowed)
    return Explanation(
        port=port,
        allowed=broken is None,
        columns=narrowed.columns,
        steps=tuple(_step(access, link) for link in shown),
        why=tuple(case.why()),
        change=tuple(case.change()),
    )


def _step(access: DecidedReads, link: Link) -> ExplainedLink:
    if link.request:
        return ExplainedLink(link, layers(link.request, access.world))
    says = "allows" if link.decision.allowed else "lacks"
    return ExplainedLink(link, (LayerVerdict("lake-formation", says, link.decision.because),))


def _narrowed(access: DecidedReads, asker: Asker, thing: Thing, link: Link) -> Link:
    """Lake Formation's decision on the one column that is asked for."""
    if link.request or not thing.column:
        return link
    found = access.world.principal(asker.principal)
    table, _, column = thing.column.partition(".")
    database = names.database(thing.product.domain, thing.product.name)
    role = found.caller.role or asker.principal
    readable = found.account and access.lakes.readable(role, found.account, access.hub, database, table)
    causes = tuple(Cause(f"Lake Formation of {account}", grant) for account, grant in (readable or {}).get(column, ()))
    purpose = f"Lake Formation lets the column {column} through"
    return Link(purpose, None, link.decision._replace(allowed=bool(causes), because=causes))


@dataclass(frozen=True, slots=True)
class _Case:
    access: DecidedReads
    asker: Asker
    thing: Thing
    port: ReadPort
    chain: Chain

    @property
    def clearances(self) -> tuple[Clearance, ...]:
        return self.access.plan.governance.catalog.clearances

    @property
    def wanted(self) -> frozenset[str]:
        """The labels that a reader has to be cleared for: files are read whole."""
        return self.thing.labels if self.port == "table" else self.thing.product.labels

    @property
    def clearance(self) -> Clearance | None:
        reader = self.asker.reader
        return next((each for each in self.clearances if reader and each.name == reader.clearance), None)

    # ---- why

    def why(self) -> Iterator[str]:
        yield self._labels()
        if self.clearance:
            yield f"clearance {self.clearance.name} covers {_labels(self.clearance.reads)}"
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
        """What Lake Formation compares: the column's tags with each grant that reaches the role."""
        found = self.access.world.principal(self.asker.principal)
        if not self.thing.column or found.account is None:
            return
        table, _, column = self.thing.column.partition(".")
        database = names.database(self.thing.product.domain, self.thing.product.name)
        entry = self.access.lakes.table(self.access.hub, database, table)
        if entry is None:
            return
        tags = {**entry[0].labels, **entry[1].labels, **entry[1].column_labels.get(column, {})}
        yield f"its LF-tags are {', '.join(f'{key}={tags[key]}' for key in sorted(tags))}"
        role = found.caller.role or self.asker.principal
        for grant, _ in self.access.lakes.held(role, found.account, self.access.hub):
            if isinstance(grant.on, Covered) and grant.on.kind == "TABLE" and "SELECT" in grant.permissions:
                takes = ", ".join(f"{key}={' or '.join(values)}" for key, values in grant.on.expression)
                yield f"the grant {grant.name} takes {takes}"

    # ---- what would have to change

    def change(self) -> Iterator[str]:
        if self.chain.broken is None and (self.thing.column or self.port == "files" or self._whole()):
            return
        if self.clearance is None:
            yield from self._for_others()
        elif self.clearance.covers(self.wanted):
            yield "the labels allow it, so a policy is wrong: this is a fault of the mesh, not of the domain's file"
        else:
            able = [each.name for each in self.clearances if each.covers(self.wanted)]
            yield f"clearances that cover it: {listed(able)}"
            home = self.asker.reader.home if self.asker.reader else ""
            if able:
                yield (
                    f"a group gets one by 'members:' in domains/{home}.yaml, with use, approver and review date; "
                    "there are no grants of single products"
                )

    def _whole(self) -> bool:
        return set(self.thing.columns) <= set(self.chain.columns)

    def _for_others(self) -> Iterator[str]:
        access = self.access
        able = [each.name for each in self.clearances if each.covers(self.wanted)]
        found = access.world.principal(self.asker.principal)
        own = found.account.id if found.account else ""
        partner = next((name for name, p in access.plan.partners.items() if p.access.account_id == own), None)
        held = [each.name for each in self.clearances if f"/AWSReservedSSO_{each.name}_" in self.asker.principal]
        if partner:
            yield f"a partner reads from no domain; an agreement in partners/{partner}.yaml brings a copy to its inbox"
        elif held:
            yield f"a permission set reads nothing, it steps into the role of its clearance: ask as {held[0]}@…"
        else:
            yield f"people read as a clearance role; clearances that cover it: {listed(able)}"
        spared = self._spared()
        if spared:
            yield spared

    def _spared(self) -> str:
        """Whom the bucket's statement that stops the read does not refuse, as it says itself."""
        broken, bucket = self.chain.broken, f"arn:aws:s3:::{self.thing.product.bucket}"
        carrier = self.access.world.resource(bucket)
        if broken is None or carrier is None or carrier.policy is None or not broken.decision.because:
            return ""
        document, sid = broken.decision.because[0]
        for statement in carrier.policy.document["Statement"] if document == carrier.policy.name else ():
            if statement.get("Sid") == sid:
                condition: dict[str, Any] = statement.get("Condition", {})
                spared: str | list[str] = condition.get("ArnNotLike", {}).get("aws:PrincipalArn", [])
                arns = [spared] if isinstance(spared, str) else spared
                return f"{sid} spares only {listed(map(_short, arns))}" if arns else ""
        return ""


def _labels(labels: frozenset[str]) -> str:
    return listed(labels) if labels else "no label"


def _short(arn: str) -> str:
    """`role/mesh/pipeline/profiles of 330000000039`."""
    parts = arn.split(":", 5)
    return f"{parts[5]} of {'every domain' if parts[4] == '*' else parts[4]}"


def _stopped(link: Link) -> str:
    """By which statement, or for want of which."""
    decision = link.decision
    if decision.because:
        return "; ".join(f"statement {sid} of {document} denies" for document, sid in decision.because)
    if decision.layer == "lake-formation":
        return "no grant of Lake Formation lets it through"
    return f"no statement of the layer {decision.layer} allows it"
