"""`mesh accounts`: which account is whose; writes `accounts.yaml` from what the stack `organization` put out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cli.console import answer_json, counted, say, screen
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, read
from mesh import names
from mesh.findings import BadInputError
from mesh.load import load
from mesh.model import AccountsFile
from mesh.model.accounts import OrganizationRecord

HEADER = """\
# yaml-language-server: $schema=../schemas/accounts.schema.json
# Ids that AWS gave. Written by `mesh accounts`; reviewed like a lock file.
"""

SERVICES: Final = "EnabledServicePrincipals"
"""What `aws organizations list-aws-service-access-for-organization` answers with."""
ROOTS: Final = "Roots"
"""What `aws organizations list-roots` answers with."""


def accounts(
    directory: FolderOption = DEFAULT_FOLDER,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="JSON of `pulumi stack output -s organization --json`, or of the AWS CLI's `organizations "
            "list-aws-service-access-for-organization` or `list-roots`; - for stdin.",
            metavar="FILE",
        ),
    ] = None,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Show, or write, the account of every stack.

    Writes accounts.yaml from the outputs of the stack `organization`. Where `mesh up --serve` keeps an organisation it
    says which accounts are there; their ids are not AWS's, and no file is written from them.
    """
    if source is not None:
        _write(directory, source)
        return
    from sandbox.runs import served_organization

    plan = read(directory, as_of).plan
    served = served_organization.find(say)
    ours = served is not None and served.organization == plan.perimeter.organization
    inventory = served.inventory() if served and ours else None
    kept = set(inventory.accounts.values()) if inventory else None
    rows = [
        {"stack": stack, "account": access.account_id, "assumed": access.assumed}
        | ({} if kept is None else {"kept": access.account_id in kept})
        for stack, access in plan.access.items()
    ]
    if as_json:
        answer_json(rows)
        return
    _table(rows)


def _table(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("stack", "account", ""):
        table.add_column(column)
    for row in rows:
        table.add_row(row["stack"], row["account"], "; ".join(_said(row)))
    screen().print(table)


def _said(row: dict[str, Any]) -> Iterator[str]:
    if row["assumed"]:
        yield "assumed: AWS has not given an id yet"
    if row.get("kept"):
        yield "there in the organisation that is kept"
    elif row.get("kept") is False:
        yield "not there yet: mesh up --stack organization"


def _write(directory: Path, source: str) -> None:
    """Writes accounts.yaml from what AWS answered; what people wrote into it stays."""
    answer, loaded = _read(source), load(directory)
    before = loaded.mesh
    if before and any(before.touches("accounts.yaml", key) for key in ("identity-center", "network", "organization")):
        # People wrote them, and no output of the organisation has them: what cannot be read would be lost.
        raise BadInputError(one for one in loaded.findings if one.file == loaded.shown("accounts.yaml"))
    known = before.accounts if before else None
    try:
        written = _updated(answer, known)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"not the outputs of the stack organization ({type(error).__name__}: {str(error).splitlines()[0]})"
        raise typer.BadParameter(f"{source}: {message}", param_hint="--from") from None
    target = directory / "accounts.yaml"
    target.write_text(accounts_text(written), "utf-8")
    say(f"{target}: {counted(len(written.domains), 'domain')}, {counted(len(written.partners), 'partner')}")


def _read(source: str) -> Any:
    try:
        return json.loads(sys.stdin.read() if source == "-" else Path(source).read_text("utf-8"))
    except OSError as error:
        raise typer.BadParameter(f"{source} cannot be read: {error.strerror}", param_hint="--from") from None
    except ValueError as error:
        message = f"not the outputs of the stack organization ({type(error).__name__}: {str(error).splitlines()[0]})"
        raise typer.BadParameter(f"{source}: {message}", param_hint="--from") from None


def _updated(answer: Any, known: AccountsFile | None) -> AccountsFile:
    """The file after an answer: outputs of the stack, or what the AWS CLI says of an organisation that was there."""
    if known and SERVICES in answer:
        services = tuple(sorted(each["ServicePrincipal"] for each in answer[SERVICES]))
        return _with_record(known, {"services": services})
    if known and ROOTS in answer:
        types = (each["Type"] for root in answer[ROOTS] for each in root["PolicyTypes"] if each["Status"] == "ENABLED")
        return _with_record(known, {"policy_types": tuple(sorted(types))})
    made: dict[str, str] = answer["accounts"]
    given = AccountsFile.model_validate(
        {
            "organization": {
                name: answer["organization" if name == "id" else name] for name in ("id", "root", "management")
            },
            "units": answer["units"],
            "governance": made["governance"],
            "domains": _of("domain", made),
            "partners": _of("partner", made),
        }
    )
    if known is None:
        return given
    record = known.organization.model_dump(include={"services", "policy_types"})
    kept = given.model_copy(update={"identity_center": known.identity_center, "network": known.network})
    return _with_record(kept, record)


def _with_record(accounts: AccountsFile, values: dict[str, Any]) -> AccountsFile:
    """The file with other values in what it says of the organisation. Raises ValidationError for what is none."""
    whole = {**dict(accounts.organization), **values}
    record = OrganizationRecord.model_validate({_alias(name): value for name, value in whole.items() if value})
    return accounts.model_copy(update={"organization": record})


def _alias(name: str) -> str:
    return name.replace("_", "-")


def accounts_text(accounts: AccountsFile) -> str:
    """The text of accounts.yaml, always in the same order."""
    lines = [HEADER.rstrip("\n"), f"organization: {{{', '.join(_record(accounts.organization))}}}"]
    if accounts.units:
        units = (f"  {name}: {getattr(accounts.units, name)}" for name in names.UNITS)
        lines += ["units:", *units]
    lines += [f'governance: "{accounts.governance}"'] if accounts.governance else []
    lines += [f"network: {accounts.network}"] if accounts.network else []
    for kind in ("domains", "partners"):
        values: dict[str, str] = getattr(accounts, kind)
        lines.append(f"{kind}:" if values else f"{kind}: {{}}")
        lines += [f'  {name}: "{account}"' for name, account in sorted(values.items())]
    center = accounts.identity_center
    if center:
        groups = [f"    {name}: {group}" for name, group in sorted(center.groups.items())]
        lines += ["identity-center:", f"  instance: {center.instance}", "  groups:" if groups else "  groups: {}"]
        lines += groups
    return "\n".join(lines) + "\n"


def _record(record: OrganizationRecord) -> Iterator[str]:
    yield f'id: {record.id}, root: {record.root}, management: "{record.management}"'
    if record.services:
        yield f"services: [{', '.join(record.services)}]"
    if record.policy_types:
        yield f"policy-types: [{', '.join(record.policy_types)}]"


def _of(kind: str, made: dict[str, str]) -> dict[str, str]:
    prefix = f"{kind}-"
    return {name.removeprefix(prefix): account for name, account in made.items() if name.startswith(prefix)}
