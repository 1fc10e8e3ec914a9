"""Example of a mesh of any size, for tests, benchmarks and first steps; the same files for the same numbers and day."""

from __future__ import annotations

import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from mesh import yamlfile
from mesh.contracts import elements, lock_text
from mesh.contracts.labels import LabelWords
from mesh.contracts.lock import following
from mesh.contracts.lock_shape import shapes
from mesh.findings import NotPossibleError
from mesh.model.names_lock import NAMES_LOCK_FILE, names_lock_text

YEAR: Final = datetime.timedelta(days=365)
WORDS: Final = (
    "orders", "payments", "catalogue", "inventory", "shipping", "returns", "customers", "loyalty", "pricing", "search",
    "marketing", "support", "finance", "stores", "suppliers", "fraud", "delivery", "content", "mobile", "web",
)  # fmt: skip
THINGS: Final = (
    "events",
    "daily",
    "snapshot",
    "features",
    "summary",
    "history",
    "forecast",
    "quality",
    "scores",
    "links",
)
LABELS: Final[tuple[tuple[str, ...], ...]] = ((), ("pii",), ("financial",), ("pii", "financial"))
SHAPES: Final = (("analytics", "table"), ("analytics", "table, files"), ("ml", "files, table"), ("internal", "table"))

MESH: Final = """\
# yaml-language-server: $schema=../schemas/mesh.schema.json
name: example
description: A generated mesh of {domains} domains with {products} products each.
region: eu-west-1
owner: {{team: data-platform, email: data-platform@company.example}}
account-email: aws+{{account}}@company.example
security-contact: security@company.example
auditors: [auditors]
ci: {{issuer: token.actions.githubusercontent.com, repository: company/data-mesh}}
classifications:
  pii: Identifies a person, alone or together with other data.
  financial: Prices, invoices and payments.
"""
CLEARANCES: Final[tuple[tuple[str, tuple[str, ...], str], ...]] = (
    ("general", (), "Reads what carries no label."),
    ("pii", ("pii",), "Reads what identifies a person."),
    ("financial", ("financial",), "Reads prices, invoices and payments."),
    ("restricted", ("pii", "financial"), "Reads everything."),
)
APPROVER: Final = "privacy-office@company.example"
CLEARANCE: Final = """\
# yaml-language-server: $schema=../../schemas/clearance.schema.json
description: {description}
reads: [{reads}]
approvers: [{approver}]
"""
CONTRACT: Final = """\
# yaml-language-server: $schema=../../../schemas/odcs.schema.json
apiVersion: v3.2.0
kind: DataContract
id: {domain}.{product}
name: {product} of {domain}
version: 1.0.0
status: active
domain: {domain}
description:
  purpose: What {domain} knows about its {product}.
  limitations: Generated data; it means nothing.
schema:
  - name: {table}
    physicalName: {table}
    logicalType: object
    physicalType: table
    description: One row an observation.
    properties:
      - name: id
        logicalType: string
        physicalType: string
        description: Id of the row.
        required: true
        primaryKey: true
        primaryKeyPosition: 1
      - {{name: observed_at, logicalType: timestamp, physicalType: timestamp, description: When., required: true}}
      - {{name: country, logicalType: string, physicalType: string, description: ISO 3166 code.}}
      - {{name: quantity, logicalType: integer, physicalType: bigint, description: How many.}}
{labelled}      - {{name: attributes, logicalType: object, physicalType: "map<string,string>", description: The rest.}}
slaProperties:
  - {{property: freshness, value: 24, unit: h, element: {table}.observed_at}}
"""
PLACEHOLDER: Final = "a_table"
COLUMNS: Final = {
    "pii": """\
      - {name: email, logicalType: string, physicalType: string, description: Of the person., classification: pii}
""",
    "financial": """\
      - name: amount
        logicalType: number
        physicalType: decimal(18,2)
        description: In euro.
        classification: financial
""",
}


def lock(product: str, labels: tuple[str, ...]) -> str:
    """The lock of a product of the example that has these labels."""
    return _lock(labels).replace(f"\n  {PLACEHOLDER}:\n", f"\n  {product.replace('-', '_')}:\n")


@lru_cache(maxsize=16)
def _lock(labels: tuple[str, ...]) -> str:
    labelled = "".join(COLUMNS[label] for label in labels)
    text = CONTRACT.format(domain="x", product="x", table=PLACEHOLDER, labelled=labelled)
    contract = elements.read(yamlfile.parse(yamlfile.Source("", text)))
    return lock_text.write(following(None, shapes(contract, LabelWords(frozenset(COLUMNS)))).lock)


def domain_name(number: int) -> str:
    """The name of the n-th domain, from 0: `orders`, ..., `web`, `orders-2`, ..."""
    word, turn = WORDS[number % len(WORDS)], number // len(WORDS)
    return word if turn == 0 else f"{word}-{turn + 1}"


def product_name(number: int) -> str:
    """The name of the n-th product of a domain, from 0."""
    thing, turn = THINGS[number % len(THINGS)], number // len(THINGS)
    return thing if turn == 0 else f"{thing}-{turn + 1}"


def write(directory: Path, domains: int, products: int, partners: int, as_of: datetime.date) -> None:
    """Writes the mesh into an empty or new folder; reviews and agreements end a year after `as_of`.

    Raises NotPossibleError where no such day is left, or none after it.
    """
    if datetime.date.max - as_of <= YEAR:
        raise NotPossibleError(
            f"no day lies a year after {as_of}, on which agreements could end; give an earlier --as-of"
        )
    until = as_of + YEAR
    for folder in ("domains", "partners", "clearances", "contracts"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    _put(directory / "mesh.yaml", MESH.format(domains=domains, products=products))
    _put(directory / "accounts.yaml", _accounts(domains, partners))
    _put(directory / NAMES_LOCK_FILE, names_lock_text({}))
    for number in range(domains):
        _write_domain(directory, number, domains, products)
    for name, reads, description in CLEARANCES:
        text = CLEARANCE.format(description=description, reads=", ".join(reads), approver=APPROVER)
        # By turns, for a file has at most a megabyte, and there may be ten thousand groups.
        lines = [_member(n, until) for n in range(domains) if name == ("pii", "restricted")[n % 2]]
        _put(directory / "clearances" / f"{name}.yaml", text + "".join(["members:\n", *lines] if lines else []))
    for number in range(partners):
        _put(directory / "partners" / f"partner-{number + 1}.yaml", _partner(number, domains, until))


def _put(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def _accounts(domains: int, partners: int) -> str:
    lines = [
        "# yaml-language-server: $schema=../schemas/accounts.schema.json",
        'organization: {id: o-example0000, root: r-exam, management: "100000000000"}',
        "units: {governance: ou-exam-governan, domains: ou-exam-domains0, partners: ou-exam-partners}",
        'governance: "200000000000"',
        "network: vpc-0123456789abcdef0",
        "domains:",
        *(f'  {domain_name(number)}: "3{number:011d}"' for number in range(domains)),
        "partners:" if partners else "partners: {}",
        *(f'  partner-{number + 1}: "4{number:011d}"' for number in range(partners)),
        "identity-center:",
        "  instance: arn:aws:sso:::instance/ssoins-0000000000000000",
        "  groups:",
        *(f"    {domain_name(number)}-analysts: {_group_id('3', number)}" for number in range(domains)),
        *(f"    {domain_name(number)}-engineers: {_group_id('5', number)}" for number in range(domains)),
        *(f"    {domain_name(number)}-owners: {_group_id('6', number)}" for number in range(domains)),
        f"    auditors: {_group_id('7', 0)}",
        *(f"    partner-{number + 1}-people: {_group_id('4', number)}" for number in range(partners)),
    ]
    return "\n".join(lines) + "\n"


def _group_id(kind: str, number: int) -> str:
    return f"{kind}0000000-0000-0000-0000-{number:012x}"


def _labels(domain: int, product: int) -> tuple[str, ...]:
    """Labels of a product; the first of every domain has none."""
    # It is what other domains consume, and what partners get.
    return LABELS[(domain + product) % len(LABELS)] if product else ()


def _write_domain(directory: Path, number: int, domains: int, products: int) -> None:
    name = domain_name(number)
    lines = [
        "# yaml-language-server: $schema=../../schemas/domain.schema.json",
        f"owner: {{team: {name}-team, email: {name}@company.example}}",
        f"description: What the company knows about {name}.",
        f"engineers: [{name}-engineers]",
        f"owners: [{name}-owners]",
        "products:",
    ]
    folder = directory / "contracts" / name
    folder.mkdir(exist_ok=True)
    for position in range(products):
        product, (kind, ports) = product_name(position), SHAPES[position % len(SHAPES)]
        lines.append(f"  {product}: {{kind: {kind}, ports: [{ports}]}}")
        labelled = "".join(COLUMNS[label] for label in _labels(number, position))
        text = CONTRACT.format(domain=name, product=product, table=product.replace("-", "_"), labelled=labelled)
        _put(folder / f"{product}.odcs.yaml", text)
        _put(folder / f"{product}.lock.yaml", lock(product, _labels(number, position)))
    if domains > 1:
        lines.append(f"consumes: [{domain_name((number + 1) % domains)}.{product_name(0)}]")
    _put(directory / "domains" / f"{name}.yaml", "\n".join(lines) + "\n")


def _member(number: int, until: datetime.date) -> str:
    name = domain_name(number)
    return (
        f"  - {{group: {name}-analysts, domain: {name}, use: Questions of customers, "
        f"approved-by: {APPROVER}, review: {until}}}\n"
    )


def _partner(number: int, domains: int, until: datetime.date) -> str:
    product = f"{domain_name(number % domains)}.{product_name(0)}"
    return (
        "# yaml-language-server: $schema=../../schemas/partner.schema.json\n"
        "owner: {team: data-platform, email: data-platform@company.example}\n"
        f"description: Partner number {number + 1}.\n"
        f"principals: [partner-{number + 1}-people]\n"
        "agreements:\n"
        f"  - {{product: {product}, purpose: Joint reporting, classifications: [], expires: {until}}}\n"
    )
