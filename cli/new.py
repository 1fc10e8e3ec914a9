"""`mesh new`: begins a domain, a product and the like: a few answers, and files that are valid."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli import new_transaction
from cli.console import answer
from cli.new_run import begin, resume_here
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, day

commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
)


@commands.callback()
def new() -> None:
    """Begin a domain, a product and the like by a few answers.

    In a terminal what no option says is asked. All is checked first, and then all files are written, or none.
    """


Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take the default of what no option says.")]


def _argument(metavar: str, text: str) -> Any:
    return typer.Argument(help=text, metavar=f"[{metavar}]", show_default=False)


def _option(name: str, text: str, metavar: str = "TEXT") -> Any:
    return typer.Option(f"--{name}", help=text, metavar=metavar, show_default=False)


Description = Annotated[str | None, _option("description", "A sentence on it.")]
OwnerTeam = Annotated[str | None, _option("owner-team", "The team that answers for it; called as it is by default.")]
OwnerEmail = Annotated[str | None, _option("owner-email", "The team's address, not a person's.", "EMAIL")]
Github = Annotated[str | None, _option("github", "The team on GitHub, @org/team; - for none.", "HANDLE")]
Purpose = Annotated[str | None, _option("purpose", "What it is for, in a sentence.")]
Limitations = Annotated[str | None, _option("limitations", "What it is not good for.")]
KindOption = Annotated[str | None, _option("kind", "analytics, ml or internal.", "KIND")]
Ports = Annotated[str | None, _option("ports", "table, files, or both with a comma.", "PORTS")]
RetentionOption = Annotated[str | None, _option("retention", "How long old data is kept, as '400 days'.", "DAYS")]
TableOption = Annotated[str | None, _option("table", "Name of the table, or which table of the file.", "NAME")]
ColumnsOption = Annotated[
    str | None, _option("columns", "Columns with their types: 'order_id string not null, amount decimal(18,2)'.")
]
SourceOption = Annotated[
    str | None,
    _option("from", "Columns of a file: Parquet, CSV, DDL, JSON of `aws glue get-table`, or a contract.", "FILE"),
]
LabelOption = Annotated[
    list[str] | None, _option("label", "Label of a column, as email=pii; may be repeated.", "COLUMN=LABEL")
]
UnlabelledOption = Annotated[
    bool, typer.Option("--unlabelled", help="Columns that no --label names carry no label: you looked at them.")
]
ApprovedBy = Annotated[str | None, _option("approved-by", "The approver who said yes.", "EMAIL")]
Review = Annotated[str | None, _option("review", "The day by which it is approved again.", "DAY")]
Use = Annotated[str | None, _option("use", "What it is used for, in a sentence.")]
ClearanceOption = Annotated[str | None, _option("clearance", "The clearance.", "CLEARANCE")]
Expires = Annotated[str | None, _option("expires", "The last day.", "DAY")]
ProductArgument = Annotated[str | None, _argument("DOMAIN.PRODUCT", "The product.")]


def _given(options: dict[str, Any]) -> dict[str, str]:
    """Options that were given, by the names of their questions."""
    texts = {name.replace("_", "-") if name.islower() else name: value for name, value in options.items()}
    return {name: value for name, value in texts.items() if isinstance(value, str)}


def _contents(columns: str | None, source: str | None, label: list[str] | None, unlabelled: bool) -> dict[str, Any]:
    if columns is not None and source is not None:
        raise typer.BadParameter("columns are typed or taken from a file, not both", param_hint="--from")
    if source is not None and not source.strip():
        raise typer.BadParameter("give the path of a file", param_hint="--from")
    return {
        "columns": columns if source is None else source if "/" in source else f"./{source}",
        "label": ",".join(label) if label else "-" if unlabelled else None,
        "unlabelled": "yes" if unlabelled else None,
    }


def _run(kind: str, directory: Any, as_of: Any, yes: bool, options: dict[str, Any]) -> None:
    begin(kind, directory, _given(options), day(as_of), yes)


@commands.command("domain")
def new_domain(
    name: Annotated[str | None, _argument("NAME", "Name of the domain.")] = None,
    description: Description = None,
    owner_team: OwnerTeam = None,
    owner_email: OwnerEmail = None,
    github: Github = None,
    engineers: Annotated[str | None, _option("engineers", "Groups that run its jobs.", "GROUPS")] = None,
    owners: Annotated[str | None, _option("owners", "Groups that look after its products.", "GROUPS")] = None,
    budget: Annotated[str | None, _option("budget", "US dollars a month.", "NUMBER")] = None,
    account: Annotated[str | None, _option("account", "Id of an account that is there already.", "ID")] = None,
    product: Annotated[str | None, _option("product", "Its first product; - for none.", "NAME")] = None,
    purpose: Purpose = None,
    limitations: Limitations = None,
    kind: KindOption = None,
    ports: Ports = None,
    retention: RetentionOption = None,
    table: TableOption = None,
    columns: ColumnsOption = None,
    source: SourceOption = None,
    label: LabelOption = None,
    unlabelled: UnlabelledOption = False,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    yes: Yes = False,
) -> None:
    """Begin a domain, with its first product if you like.

    Writes stacks/domains/<domain>.yaml and the product's contract and lock.
    """
    said = {"NAME": name, "description": description, "owner-team": owner_team, "owner-email": owner_email}
    said |= {"github": github, "engineers": engineers, "owners": owners, "budget": budget, "account": account}
    said |= {"product": product, "purpose": purpose, "limitations": limitations, "kind": kind, "ports": ports}
    said |= {"retention": retention, "table": table, **_contents(columns, source, label, unlabelled)}
    _run("domain", directory, as_of, yes, said)


@commands.command("product")
def new_product(
    product: Annotated[str | None, _argument("DOMAIN.NAME", "The product that begins.")] = None,
    purpose: Purpose = None,
    limitations: Limitations = None,
    kind: KindOption = None,
    ports: Ports = None,
    retention: RetentionOption = None,
    table: TableOption = None,
    columns: ColumnsOption = None,
    source: SourceOption = None,
    label: LabelOption = None,
    unlabelled: UnlabelledOption = False,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    yes: Yes = False,
) -> None:
    """Begin a product: its line, its contract and its lock.

    Columns are typed, or taken from a file; each carries a label, or you say that it carries none.
    """
    said = {"PRODUCT": product, "purpose": purpose, "limitations": limitations, "kind": kind, "ports": ports}
    said |= {"retention": retention, "table": table, **_contents(columns, source, label, unlabelled)}
    _run("product", directory, as_of, yes, said)


@commands.command("table")
def new_table(
    product: ProductArgument = None,
    table: Annotated[str | None, _argument("TABLE", "Name of the new table.")] = None,
    description: Description = None,
    columns: ColumnsOption = None,
    source: SourceOption = None,
    label: LabelOption = None,
    unlabelled: UnlabelledOption = False,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    yes: Yes = False,
) -> None:
    """Add a table to the contract of a product."""
    said = {"PRODUCT": product, "TABLE": table, "description": description}
    _run("table", directory, as_of, yes, said | _contents(columns, source, label, unlabelled))


@commands.command("member")
def new_member(
    group: Annotated[str | None, _argument("GROUP", "The group in IAM Identity Center.")] = None,
    clearance: ClearanceOption = None,
    domain: Annotated[str | None, _option("domain", "The domain in whose account it signs in.", "DOMAIN")] = None,
    use: Use = None,
    approved_by: ApprovedBy = None,
    review: Review = None,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    yes: Yes = False,
) -> None:
    """Give a group a clearance, with who said yes and until when."""
    said = {"GROUP": group, "clearance": clearance, "domain": domain, "use": use}
    _run("member", directory, as_of, yes, said | {"approved-by": approved_by, "review": review})


@commands.command("consumer")
def new_consumer(
    domain: Annotated[str | None, _argument("DOMAIN", "The domain that uses it.")] = None,
    product: ProductArgument = None,
    columns: Annotated[str | None, _option("columns", "The columns that it uses; all by default.", "COLUMNS")] = None,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    yes: Yes = False,
) -> None:
    """Say that a domain uses a product of another."""
    _run("consumer", directory, as_of, yes, {"DOMAIN": domain, "PRODUCT": product, "columns": columns})


@commands.command("partner")
def new_partner(
    name: Annotated[str | None, _argument("NAME", "Name of the partner.")] = None,
    description: Description = None,
    owner_team: OwnerTeam = None,
    owner_email: OwnerEmail = None,
    github: Github = None,
    principals: Annotated[str | None, _option("principals", "Groups of the partner's people.", "GROUPS")] = None,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    yes: Yes = False,
) -> None:
    """Begin a partner, to whom nothing is delivered yet."""
    said = {"NAME": name, "description": description, "owner-team": owner_team, "owner-email": owner_email}
    _run("partner", directory, as_of, yes, said | {"github": github, "principals": principals})


@commands.command("agreement")
def new_agreement(
    partner: Annotated[str | None, _argument("PARTNER", "The partner.")] = None,
    product: ProductArgument = None,
    purpose: Purpose = None,
    classifications: Annotated[
        str | None, _option("classifications", "What the partner may receive; - for plain data only.", "LABELS")
    ] = None,
    expires: Expires = None,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    yes: Yes = False,
) -> None:
    """Agree that a product is delivered to a partner until a day."""
    said = {"PARTNER": partner, "PRODUCT": product, "purpose": purpose, "classifications": classifications}
    _run("agreement", directory, as_of, yes, said | {"expires": expires})


@commands.command("exception")
def new_exception(
    rule: Annotated[str | None, _argument("RULE", "The rule of the guardrails.")] = None,
    resource: Annotated[str | None, _argument("STACK/NAME", "The resource.")] = None,
    reason: Annotated[str | None, _option("reason", "Why it may be as it is.")] = None,
    owner: Annotated[str | None, _option("owner", "The team that answers for it.", "TEAM")] = None,
    expires: Expires = None,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    yes: Yes = False,
) -> None:
    """Except a resource from a rule of the guardrails, for a time."""
    said = {"RULE": rule, "RESOURCE": resource, "reason": reason, "owner": owner, "expires": expires}
    _run("exception", directory, as_of, yes, said)


@commands.command("pipeline")
def new_pipeline(
    product: ProductArgument = None,
    runtime: Annotated[str | None, _option("runtime", "What runs it.", "RUNTIME")] = None,
    script: Annotated[str | None, _option("script", "Name of its script.", "FILE")] = None,
    reads: Annotated[str | None, _option("reads", "Products that it reads; - for none.", "PRODUCTS")] = None,
    clearance: ClearanceOption = None,
    use: Use = None,
    approved_by: ApprovedBy = None,
    review: Review = None,
    event: Annotated[str | None, _option("event", "The product with whose publication it starts.", "PRODUCT")] = None,
    schedule: Annotated[str | None, _option("schedule", "When it runs, as 'cron(15 4 * * ? *)'.", "SCHEDULE")] = None,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    yes: Yes = False,
) -> None:
    """Begin the pipeline of a product: its lines and a script."""
    said = {"PRODUCT": product, "runtime": runtime, "script": script, "reads": reads, "clearance": clearance}
    said |= {"use": use, "approved-by": approved_by, "review": review, "event": event, "schedule": schedule}
    _run("pipeline", directory, as_of, yes, said)


@commands.command("resume")
def resume_new(directory: FolderOption = DEFAULT_FOLDER) -> None:
    """Complete what an interrupted command left."""
    with new_transaction.alone(directory):
        if not resume_here(directory):
            answer("nothing was left to complete")
