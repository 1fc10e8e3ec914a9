"""Beginning of a product: its line in the domain's file and its contract; and of one more table of a contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, cast

from mesh.beginnings import proposed_labels, question
from mesh.beginnings.columns.given_columns import NewTable, identifier
from mesh.beginnings.columns.source import columns_of
from mesh.beginnings.new_files import NewFiles
from mesh.beginnings.question import NONE, AnswerError, BeginningQuestion, GivenAnswers, Ground, always
from mesh.beginnings.yaml_insertions import added
from mesh.findings import listed, nearest
from mesh.model import contract_file
from mesh.model.domain import NEEDED_PORTS
from mesh.validation_messages import shorten

ENTRY: Final = "product/entry.yaml.jinja"
CONTRACT: Final = "product/contract.odcs.yaml.jinja"
TABLE: Final = "table/entry.yaml.jinja"
KINDS: Final = ("analytics", "ml", "internal")
PORTS: Final = ("table", "files")


def domain_of(reference: str) -> tuple[str, str]:
    """Domain and name of a product, which is written `<domain>.<product>`."""
    domain, _, name = reference.partition(".")
    return domain, name


def known_product(answer: str, ground: Ground, _answers: GivenAnswers) -> str:
    """A product that is there, as `<domain>.<product>`."""
    every = ground.mesh.products()
    if answer not in every:
        near = nearest(answer, every)
        raise AnswerError(
            f"there is no product '{shorten(answer)}'{near}"
            + (f" Products: {listed(every)}" if near else f"; write <domain>.<product>; there are {listed(every)}")
        )
    return answer


def every_product(ground: Ground, _answers: GivenAnswers) -> Sequence[str]:
    """The products that are there."""
    return ground.mesh.products()


def _reference(answer: str, ground: Ground, answers: GivenAnswers) -> str:
    domain, dot, name = answer.partition(".")
    domains = ground.mesh.domains
    if not dot or not name:
        raise AnswerError(
            f"'{shorten(answer)}' is not <domain>.<product>, such as {next(iter(domains), 'sales')}.orders"
        )
    if domain not in domains:
        near = nearest(domain, domains)
        raise AnswerError(
            f"there is no domain '{shorten(domain)}'{near}"
            + (f" Domains: {listed(domains)}" if near else f"; there are {listed(domains)}")
            + "; `mesh new domain` begins one"
        )
    question.name(name, ground, answers)
    file = f"domains/{domain}.yaml"
    if name in domains[domain].products:
        raise question.taken("product", answer, f"{ground.shown}/{file}", [*domains[domain].products])
    require_no_contract(ground, domain, name)
    return answer


def require_no_contract(ground: Ground, domain: str, name: str) -> None:
    """Raises AnswerError where the contract of a new product is there already: of one that is gone, or by mistake."""
    contract = _contract_of(domain, name)
    if ground.text_of(contract) is not None:
        raise AnswerError(f"{ground.shown}/{contract} is there already, of no product; move it, or choose another name")


def _contract_of(domain: str, name: str) -> str:
    return f"contracts/{domain}/{name}.odcs.yaml"


def _columns(answer: str, _ground: Ground, answers: GivenAnswers) -> tuple[NewTable, ...]:
    tables = columns_of(answer)
    product = domain_of(str(answers.get("PRODUCT", "")))[1] or str(answers.get("product") or "")
    wanted = answers.get("table") or answers.get("TABLE")
    if len(tables) == 1:
        return (replace(tables[0], name=wanted or tables[0].name or identifier(product)),)
    if wanted:
        chosen = [table for table in tables if table.name == wanted]
        if not chosen:
            raise AnswerError(f"there is no table '{wanted}' in it; there are {listed(table.name for table in tables)}")
        return tuple(chosen)
    return tables


def _usual_ports(_ground: Ground, answers: GivenAnswers) -> str:
    """The port that the kind needs, or a table."""
    return NEEDED_PORTS.get(str(answers.get("kind")), ("table", ""))[0]


def _ports(answer: str, ground: Ground, answers: GivenAnswers) -> list[str]:
    ports = question.several_of("port", lambda _ground, _answers: PORTS, fewest=1)(answer, ground, answers)
    kind = str(answers.get("kind"))
    port, why = NEEDED_PORTS.get(kind, ("", ""))
    if port and port not in ports:
        raise AnswerError(f"a product of kind '{kind}' needs the port '{port}': {why}")
    return ports


def table_name(answer: str, _ground: Ground, _answers: GivenAnswers) -> str | None:
    """The name of a table in the catalog; `-` where its source tells it."""
    if answer == NONE:
        return None
    if identifier(answer) != answer:
        near = f"; did you mean '{identifier(answer)}'?" if identifier(answer) else ""
        raise AnswerError(f"'{shorten(answer)}' is no name of a table: lower-case letters, digits and '_'{near}")
    return answer


COLUMNS: Final = (
    BeginningQuestion(
        "columns",
        "Columns: a file that has them (Parquet, CSV, DDL, Glue's JSON, a contract), or name type, …",
        _columns,
    ),
    *proposed_labels.QUESTIONS,
)

CONTENTS: Final = (
    BeginningQuestion("purpose", "What the product is for, in a sentence", question.text),
    BeginningQuestion(
        "limitations",
        "What it is not good for",
        lambda answer, ground, answers: None if answer == NONE else question.text(answer, ground, answers),
        default=always(NONE),
        asked=False,
    ),
    BeginningQuestion(
        "kind",
        "Kind: for reports, for models, or for its own domain alone",
        question.one_of("kind", lambda _ground, _answers: KINDS),
        default=always("analytics"),
        offered=lambda _ground, _answers: KINDS,
    ),
    BeginningQuestion(
        "ports",
        "Read as a table through the catalog, as files in S3, or both",
        _ports,
        default=_usual_ports,
        offered=lambda _ground, _answers: PORTS,
    ),
    BeginningQuestion(
        "retention",
        "How long old data is kept",
        lambda answer, ground, answers: None if answer == NONE else question.days(answer, ground, answers),
        default=always(NONE),
        asked=False,
    ),
    BeginningQuestion(
        "table", "Name of the table, or which of a file's", table_name, default=always(NONE), asked=False
    ),
    *COLUMNS,
)
"""Questions on what is in a product."""

QUESTIONS: Final = (BeginningQuestion("PRODUCT", "The product, as <domain>.<product>", _reference), *CONTENTS)


def files(ground: Ground, answers: GivenAnswers, before: NewFiles | None = None) -> NewFiles:
    """The line of a new product and its contract, after what is new already."""
    new = before or NewFiles()
    reference = str(answers["PRODUCT"])
    domain, name = domain_of(reference)
    values: dict[str, Any] = {
        "domain": domain,
        "name": name,
        "kind": answers["kind"],
        "ports": answers["ports"],
        "retention": answers["retention"],
        "purpose": answers["purpose"],
        "limitations": answers["limitations"],
        "today": ground.today,
    }
    domain_file = f"domains/{domain}.yaml"
    entry = ground.blueprints.entry(ENTRY, values, name)
    text = added(new.text_of(ground, domain_file), ("products",), entry, f"{ground.shown}/{domain_file}")
    new = new.with_file(domain_file, text, ENTRY)
    tables = cast("Sequence[NewTable]", answers["columns"])
    labels, remarks = proposed_labels.decided(ground, answers)
    shown = [_row(table, labels, len(tables) == 1) for table in tables]
    contract = ground.blueprints.filled(CONTRACT, {**values, "tables": shown})
    new = new.with_file(_contract_of(domain, name), contract, CONTRACT)
    return new.with_product(reference).with_remarks(*proposed_labels.all_remarks(tables), *remarks)


def _row(table: NewTable, labels: proposed_labels.NewLabels, is_alone: bool) -> dict[str, Any]:
    rows = list(proposed_labels.rows(table, labels, is_alone))
    return {"name": table.name, "description": table.description, "columns": rows}


# ---- one more table


def _new_table(answer: str, ground: Ground, answers: GivenAnswers) -> str:
    name = table_name(answer, ground, answers)
    contract = ground.mesh.contracts.get(str(answers["PRODUCT"]))
    tables = [table.catalog_name for table in contract.tables] if contract else []
    if name is None or name in tables:
        domain, product = domain_of(str(answers["PRODUCT"]))
        declared = ground.mesh.product(str(answers["PRODUCT"]))
        file = contract_file(domain, product, declared) if declared else ""
        if name is None:
            raise AnswerError(f"a table has a name: lower-case letters, digits and '_'; there are {listed(tables)}")
        raise question.taken("table", name, f"{ground.shown}/{file}", tables)
    return name


TABLE_QUESTIONS: Final = (
    BeginningQuestion("PRODUCT", "The product, as <domain>.<product>", known_product, offered=every_product),
    BeginningQuestion("TABLE", "Name of the new table: lower-case letters, digits and '_'", _new_table),
    BeginningQuestion(
        "description",
        "A row of it, in a sentence; - for none",
        lambda answer, ground, answers: "" if answer == NONE else question.text(answer, ground, answers),
        default=always(NONE),
    ),
    *COLUMNS,
)


def table_files(ground: Ground, answers: GivenAnswers) -> NewFiles:
    """The contract of a product with one more table."""
    reference = str(answers["PRODUCT"])
    domain, name = domain_of(reference)
    declared = ground.mesh.product(reference)
    assert declared is not None, reference
    file = contract_file(domain, name, declared)
    [table] = cast("Sequence[NewTable]", answers["columns"])
    table = replace(table, description=answers["description"] or table.description)
    labels, remarks = proposed_labels.decided(ground, answers)
    values = {"domain": domain, "product": name, "table": _row(table, labels, is_alone=True)}
    entry = ground.blueprints.entry(TABLE, values)
    text = added(ground.text(file), ("schema",), entry, f"{ground.shown}/{file}")
    new = NewFiles().with_file(file, text, TABLE).with_product(reference)
    return new.with_remarks(*proposed_labels.all_remarks([table]), *remarks)
