"""`mesh accounts`: which account is whose; writes `accounts.yaml` from what the stack `organization` put out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from cli.console import answer_json, counted, say, screen
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, read
from mesh import names
from mesh.findings import BadInputError
from mesh.load import load
from mesh.model import AccountsFile
from mesh.model.accounts import OrganizationRecord
from mesh.model.organization_answers import OrganizationOutputs, OrganizationRoot, OrganizationRoots, TrustedServices
from mesh.validation_messages import problem

HEADER = """\
# yaml-language-server: $schema=../schemas/accounts.schema.json
# Ids that AWS gave. Written by `mesh accounts`; reviewed like a lock file.
"""

FILE: Final = "accounts.yaml"
OF_THE_STACK: Final = frozenset({"units", "governance"})
"""Keys of the file that are wholly the stack's."""
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
    if before is None:
        raise BadInputError(loaded.findings)
    if any(before.touches(FILE, _alias(key)) for key in AccountsFile.model_fields.keys() - OF_THE_STACK):
        # No output of the organisation has them: what cannot be read would be lost.
        raise BadInputError(one for one in loaded.findings if one.file == loaded.shown(FILE))
    written = _updated(source, answer, before.accounts)
    target = directory / FILE
    target.write_text(accounts_text(written), "utf-8")
    say(f"{target}: {counted(len(written.domains), 'domain')}, {counted(len(written.partners), 'partner')}")
    for kind, ids, declared in (
        ("domain", written.domains, before.domains),
        ("partner", written.partners, before.partners),
    ):
        for name in ids.keys() - declared.keys():
            if not before.is_unread(f"{kind}s", name):
                say(f"the line of {kind} '{name}', which is not in the mesh, stays until its account is closed")


def _read(source: str) -> Any:
    try:
        return json.loads(sys.stdin.read() if source == "-" else Path(source).read_text("utf-8"))
    except OSError as error:
        raise typer.BadParameter(f"{source} cannot be read: {error.strerror}", param_hint="--from") from None
    except RecursionError:
        raise _is_none(source, "JSON", "its lists and objects are nested too deep") from None
    except ValueError as error:  # also of bytes that are not UTF-8
        raise _is_none(source, "JSON", str(error).splitlines()[0]) from None


def _updated(source: str, answer: Any, known: AccountsFile | None) -> AccountsFile:
    """The file after an answer: outputs of the stack, or what the AWS CLI says of an organisation that was there."""
    keys = {key for key in (SERVICES, ROOTS) if isinstance(answer, dict) and key in answer}
    if keys:
        if "NextToken" in answer:
            # What it leaves out would be switched off.
            raise typer.BadParameter(
                f"{source} is a part of an answer ('NextToken' says so): ask for the whole, without --max-items and "
                "--no-paginate",
                param_hint="--from",
            )
        if known is None:
            message = f"{source} has no ids of accounts, and there is no {FILE}: write its line 'organization:' first"
            raise typer.BadParameter(message, param_hint="--from")
        if SERVICES in keys:
            trusted = _checked(source, TrustedServices, answer).services
            return _with_record(known, {"services": tuple(sorted(each.principal for each in trusted))})
        root = _checked(source, OrganizationRoots, answer).root
        _require_ours(source, _ids_of(root), known.organization)
        types = (each.type for each in root.policy_types if each.stays_on)
        return _with_record(known, {"policy_types": tuple(sorted(types))})
    return _of_outputs(source, _checked(source, OrganizationOutputs, answer), known)


def _of_outputs(source: str, outputs: OrganizationOutputs, known: AccountsFile | None) -> AccountsFile:
    """The file with the ids that the stack put out, and every line that the stack knows nothing of."""
    given = _checked(
        source,
        AccountsFile,
        {
            "organization": {"id": outputs.organization, "root": outputs.root, "management": outputs.management},
            "units": dict(outputs.units),
            "governance": outputs.accounts.get("governance", ""),
            "domains": outputs.of("domain"),
            "partners": outputs.of("partner"),
        },
    )
    if known is None:
        return given
    ours = {"id": outputs.organization, "root": outputs.root, "management": outputs.management}
    _require_ours(source, ours, known.organization)
    kept: dict[str, Any] = {"identity_center": known.identity_center, "network": known.network}
    kept |= {"subnets": known.subnets, "inbox_keys": known.inbox_keys, **_let_go(outputs, known)}
    record = known.organization.model_dump(include={"services", "policy_types"})
    return _with_record(given.model_copy(update=kept), record)


def _ids_of(root: OrganizationRoot) -> dict[str, str]:
    """Ids of the organisation that a root belongs to, by the keys of accounts.yaml; its ARN names all of them."""
    account, path = root.arn.split(":")[4:]
    _, organization, root_id = path.split("/")
    return {"id": organization, "root": root_id, "management": account}


def _require_ours(source: str, answered: dict[str, str], known: OrganizationRecord) -> None:
    """Raises BadParameter for an answer of another organisation than the file's: its ids would replace ours."""
    for key, value in answered.items():
        if value != getattr(known, key):
            raise typer.BadParameter(
                f"{source} is of another organisation: its {key} is {value}, and 'organization:' of {FILE} says "
                f"{getattr(known, key)}; ask with credentials of the management account {known.management}, or, if "
                "the mesh moves to another organisation, mend that line first",
                param_hint="--from",
            )


def _let_go(outputs: OrganizationOutputs, known: AccountsFile) -> dict[str, dict[str, str]]:
    """Accounts by kind, with those that the stack has let go: each has its line until a person has closed it."""
    ids = frozenset(outputs.accounts.values())
    return {
        f"{kind}s": {name: id_ for name, id_ in lines.items() if id_ not in ids} | outputs.of(kind)
        for kind, lines in (("domain", known.domains), ("partner", known.partners))
    }


_Checked = TypeVar("_Checked", bound=BaseModel)


def _checked(source: str, model: type[_Checked], answer: Any) -> _Checked:
    """An answer as its model; raises BadParameter with the first thing that is wrong in it."""
    try:
        return model.model_validate(answer)
    except ValidationError as error:
        wrong = problem(source, model, error.errors()[0]).message
        raise _is_none(source, _ANSWERS.get(model, "the outputs of the stack organization"), wrong) from None


_ANSWERS: Final[dict[type[BaseModel], str]] = {
    TrustedServices: "an answer of list-aws-service-access-for-organization",
    OrganizationRoots: "an answer of list-roots",
}


def _is_none(source: str, kind: str, wrong: str) -> typer.BadParameter:
    return typer.BadParameter(f"{source} is not {kind}: {wrong}", param_hint="--from")


def _with_record(accounts: AccountsFile, values: dict[str, Any]) -> AccountsFile:
    """The file with other values in what it says of the organisation."""
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
    zones = sorted(accounts.subnets.items())
    lines += ["subnets:", *(f"  {zone}: {subnet}" for zone, subnet in zones)] if zones else []
    for kind in ("domains", "partners"):
        values: dict[str, str] = getattr(accounts, kind)
        lines.append(f"{kind}:" if values else f"{kind}: {{}}")
        lines += [f'  {name}: "{account}"' for name, account in sorted(values.items())]
    keys = sorted(accounts.inbox_keys.items())
    lines += ["inbox-keys:", *(f"  {name}: {key}" for name, key in keys)] if keys else []
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
