"""Picture of a whole mesh: its accounts, how data flows between them, and who reads.

People with their clearances stand above the governance account, the domains with their products below it, then a lane
for each domain that others consume from, and the partners below the domain that delivers to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mesh.access.svg_shapes import LIGHT, Box, Lettering, Palette, arrow, dot, picture, stroke, width_of
from mesh.model import Mesh
from mesh.plan import Plan

LEFT, GAP, FEWEST_WIDTH = 24, 10, 760
SMALL: Final = 11.5
PEOPLE, BAND, HEADER, ROW, LANE = 62, 40, 46, 19, 17
"""Heights in pixels: people with a clearance, an account over the whole width, a domain's name, a product, a lane."""
BETWEEN: Final = 44
"""Room for the arrows between two rows."""
PARTNER: Final = 74


@dataclass(frozen=True)
class _Delivery:
    partner: str
    domain: str
    product: str
    until: str


def overview(mesh: Mesh, plan: Plan, palette: Palette = LIGHT) -> str:
    """The SVG. Arrows between domains are what their files say under `consumes`, those to partners the agreements."""
    drawing = _Overview(mesh, plan, palette)
    return picture((drawing.width, drawing.height), drawing.title(), drawing.description(), palette, drawing.shapes())


class _Overview:
    def __init__(self, mesh: Mesh, plan: Plan, palette: Palette) -> None:
        self.mesh, self.plan, self.palette = mesh, plan, palette
        self.name, self.plain = Lettering(palette.ink, bold=True), Lettering(palette.ink, SMALL)
        self.soft, self.big = Lettering(palette.soft, SMALL), Lettering(palette.ink, 17, bold=True)
        self.domains = tuple(plan.domains)
        self.providers = tuple(name for name in self.domains if self._consumers(name))
        self.deliveries = tuple(
            _Delivery(partner, *_parts(agreement.product), until=agreement.expires.isoformat())
            for partner, file in mesh.partners.items()
            for agreement in file.agreements
        )
        names = (name for domain in plan.domains.values() for name in (domain.name, *domain.products))
        self.column = max((36 + width_of(name, SMALL) for name in names), default=0)
        self.column = max(self.column, (FEWEST_WIDTH - 2 * LEFT) // max(len(self.domains), 1) - GAP)
        self.width = 2 * LEFT + len(self.domains) * (self.column + GAP) - GAP
        rows = max((len(domain.products) for domain in plan.domains.values()), default=0)
        self.people_y, self.hub_y = 66, 66 + PEOPLE + BETWEEN
        self.domains_y = self.hub_y + BAND + BETWEEN
        self.domains_bottom = self.domains_y + HEADER + rows * ROW + 8
        self.lanes_y = self.domains_bottom + 26
        self.partners_y = self.lanes_y + len(self.providers) * LANE + 26
        stacked = max((sum(d.domain == name for d in self.deliveries) for name in self.domains), default=0)
        self.height = self.partners_y + stacked * (PARTNER + GAP) + BAND + 62

    def title(self) -> str:
        """The title of the picture."""
        accounts = 2 + len(self.plan.domains) + len(self.plan.partners)
        return f"The mesh {self.plan.mesh}: {accounts} AWS accounts, how data flows, and who reads"

    def description(self) -> str:
        """The picture in words, for screen readers."""
        parts = [
            f"Clearance {name} reads {self._reads(name)} in every domain and is held by {self._groups(name)}."
            for name in self.mesh.clearances
        ]
        for domain in self.domains:
            products = ", ".join(self.plan.domains[domain].products)
            used = ", ".join(self.mesh.domains[domain].consumes) or "nothing"
            parts.append(f"Domain {domain} owns {products}; it consumes {used}.")
        parts += [f"{d.partner} is delivered {d.domain}.{d.product} until {d.until}." for d in self.deliveries]
        return " ".join(parts)

    def shapes(self) -> Iterator[str]:
        """Shapes of the SVG, from the top to the bottom."""
        yield self.big.at(LEFT, 36, self.title())
        yield from self._people()
        yield from self._hub()
        for domain in self.domains:
            yield from self._domain(domain)
        for number, provider in enumerate(self.providers):
            yield from self._lane(provider, number)
        yield from self._partners()
        last = "has columns with a label, which only clearances that cover it read"
        yield dot(LEFT + 5, self.height - 20, 4, self.palette.on_tag)
        yield self.soft.at(LEFT + 16, self.height - 16, last)

    # ---- who reads

    def _reads(self, clearance: str) -> str:
        reads = sorted(self.mesh.clearances[clearance].reads)
        return f"{' and '.join(reads)} and what has no label" if reads else "what has no label"

    def _groups(self, clearance: str) -> str:
        number = len(self.mesh.clearances[clearance].members)
        return f"{number} group{'' if number == 1 else 's'}"

    def _people(self) -> Iterator[str]:
        clearances = tuple(self.mesh.clearances)
        width = (self.width - 2 * LEFT + GAP) // max(len(clearances), 1) - GAP
        for number, clearance in enumerate(clearances):
            box = Box(LEFT + number * (width + GAP), self.people_y, width, PEOPLE)
            yield box.filled(self.palette.shades[1], 6)
            yield self.name.at(box.x + 12, box.y + 20, f"clearance {clearance}")
            yield self.plain.at(box.x + 12, box.y + 37, f"{self._groups(clearance)}, in every domain")
            labels = ("unlabelled", *sorted(self.mesh.clearances[clearance].reads))
            yield self.plain.at(box.x + 12, box.y + 53, f"reads {', '.join(labels)} data")
            yield from arrow(box.middle, self.hub_y, box.bottom, self.palette.lanes[0])
            if number == 0:
                yield self.soft.at(box.middle + 12, self.hub_y - 16, "what it covers, column by column")

    # ---- accounts

    def _hub(self) -> Iterator[str]:
        holds = "the one catalog, checks and publication, audit trail, private network"
        yield from self._band(self.hub_y, "governance", holds)
        holds = "units, accounts, and the control policies that hold over all others"
        yield from self._band(self.height - BAND - 46, "management", holds)

    def _band(self, y: int, owner: str, holds: str) -> Iterator[str]:
        box = Box(LEFT, y, self.width - 2 * LEFT, BAND)
        yield box.filled(self.palette.card, 6, edge=self.palette.edge)
        yield self.name.at(box.x + 12, box.y + 25, owner)
        yield self.soft.at(box.x + 118, box.y + 25, self.plan.account_of(owner))
        yield self.plain.at(box.x + 224, box.y + 25, holds)

    def _box(self, domain: str) -> Box:
        x = LEFT + self.domains.index(domain) * (self.column + GAP)
        return Box(x, self.domains_y, self.column, self.domains_bottom - self.domains_y)

    def _domain(self, domain: str) -> Iterator[str]:
        box, plan = self._box(domain), self.plan.domains[domain]
        yield box.filled(self.palette.card, 6, edge=self.palette.edge)
        yield self.name.at(box.x + 12, box.y + 20, domain)
        yield self.soft.at(box.x + 12, box.y + 36, plan.access.account_id)
        y = box.y + HEADER + 13
        for product in plan.products.values():
            if product.labels:
                yield dot(box.x + 14, y - 4, 4, self.palette.on_tag)
            yield self.plain.at(box.x + 24, y, product.name)
            y += ROW
        colour = self.palette.lanes[0]
        yield from arrow(box.middle, box.y, self.hub_y + BAND, colour)
        if domain == self.domains[0]:
            yield self.soft.at(box.middle + 12, box.y - 16, "drafts, checked first")

    # ---- flows

    def _consumers(self, provider: str) -> dict[str, tuple[str, ...]]:
        """Products of a domain that others consume, by those others."""
        used = {
            name: tuple(product for product in domain.consumes if product.partition(".")[0] == provider)
            for name, domain in self.mesh.domains.items()
        }
        return {name: products for name, products in used.items() if products}

    def _lane(self, provider: str, number: int) -> Iterator[str]:
        colour = self.palette.lanes[number % len(self.palette.lanes)]
        y = self.lanes_y + number * LANE
        source, consumers = self._box(provider), self._consumers(provider)
        start = source.x + 20 + number * self._step()
        ends = {name: self._box(name).x + 20 + number * self._step() for name in consumers}
        xs = (start, *ends.values())
        yield stroke(start, source.bottom, start, y, colour, 1.5)
        yield stroke(min(xs), y, max(xs), y, colour, 1.5)
        yield dot(start, y, 4, colour)
        for name, x in ends.items():
            yield from arrow(x, y, source.bottom, colour, f"{name} consumes {', '.join(consumers[name])}")

    def _step(self) -> int:
        return (self.column - 40) // max(len(self.providers) - 1, 1)

    def _partners(self) -> Iterator[str]:
        placed: dict[str, int] = {}
        for delivery in self.deliveries:
            number = placed.get(delivery.domain, 0)
            placed[delivery.domain] = number + 1
            source = self._box(delivery.domain)
            box = Box(source.x, self.partners_y + number * (PARTNER + GAP), self.column, PARTNER)
            if number == 0:
                yield from arrow(source.x + 10, source.bottom, box.y, self.palette.ink)
            yield box.filled(self.palette.paper, 6, edge=self.palette.edge, dashed=True)
            yield self.name.at(box.x + 12, box.y + 20, delivery.partner)
            partner_id = self.plan.account_of(f"partner-{delivery.partner}")
            yield self.soft.at(box.x + 12, box.y + 35, partner_id)
            yield self.plain.at(box.x + 12, box.y + 51, delivery.product)
            yield self.soft.at(box.x + 12, box.y + 66, f"until {delivery.until}")
        x = 2 * LEFT + max((self._box(name).x + self.column for name in placed), default=0)
        said = (
            "A colour is a domain that others consume from: a dot where it provides, arrows to who consumes.",
            "Partners are delivered copies, one way, until their agreement ends; they reach nothing else.",
        )
        for number, text in enumerate(said):
            yield self.soft.at(x, self.partners_y + 24 + 18 * number, text)


def _parts(reference: str) -> tuple[str, str]:
    """The domain and the product of `<domain>.<product>`."""
    domain, _, product = reference.partition(".")
    return domain, product
