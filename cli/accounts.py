"""`mesh accounts`: which account is whose; writes `accounts.yaml` from what the stack `organization` put out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from cli.console import answer_json, counted, say, screen
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, read
from mesh.findings import BadInputError
from mesh.load import load
from mesh.model import AccountsFile

HEADER = """\
# yaml-language-server: $schema=../schemas/accounts.schema.json
# Ids that AWS gave. Written by `mesh accounts`; reviewed like a lock file.
"""


def accounts(
    directory: FolderOption = DEFAULT_FOLDER,
    source: Annotated[
        str | None,
        typer.Option(
            "--from", help="JSON of `pulumi stack output -s organization --json`; - for stdin.", metavar="FILE"
        ),
    ] = None,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Show, or write, the account of every stack.

    Writes accounts.yaml from the outputs of the stack `organization`.
    """
    if source is not None:
        _write(directory, source)
        return
    rows = [
        {"stack": stack, "account": access.account_id, "assumed": access.assumed}
        for stack, access in read(directory, as_of).plan.access.items()
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
        table.add_row(row["stack"], row["account"], "assumed: AWS has not given an id yet" if row["assumed"] else "")
    screen().print(table)


def _write(directory: Path, source: str) -> None:
    target = directory / "accounts.yaml"
    ids, loaded = _ids(source), load(directory)
    before = loaded.mesh
    if before and any(before.touches("accounts.yaml", key) for key in ("identity-center", "network")):
        # People wrote them, and no output of the organisation has them: what cannot be read would be lost.
        raise BadInputError(one for one in loaded.findings if one.file == loaded.shown("accounts.yaml"))
    center = before.accounts.identity_center if before and before.accounts else None
    network = before.accounts.network if before and before.accounts else None
    lines = [HEADER.rstrip("\n")]
    o, units = ids.organization, ids.units
    lines.append(f'organization: {{id: {o.id}, root: {o.root}, management: "{o.management}"}}')
    lines += ["units:", *(f"  {name}: {getattr(units, name)}" for name in ("governance", "domains", "partners"))]
    lines.append(f'governance: "{ids.governance}"')
    lines += [f"network: {network}"] if network else []
    for kind in ("domains", "partners"):
        values: dict[str, str] = getattr(ids, kind)
        lines.append(f"{kind}:" if values else f"{kind}: {{}}")
        lines += [f'  {name}: "{account}"' for name, account in sorted(values.items())]
    if center:
        lines += [
            "identity-center:",
            f"  instance: {center.instance}",
            "  groups:" if center.groups else "  groups: {}",
        ]
        lines += [f"    {name}: {group}" for name, group in sorted(center.groups.items())]
    target.write_text("\n".join(lines) + "\n", "utf-8")
    say(f"{target}: {counted(len(ids.domains), 'domain')}, {counted(len(ids.partners), 'partner')}")


def _ids(source: str) -> AccountsFile:
    try:
        outputs = json.loads(sys.stdin.read() if source == "-" else Path(source).read_text("utf-8"))
        made: dict[str, str] = outputs["accounts"]
        return AccountsFile.model_validate(
            {
                "organization": {
                    name: outputs["organization" if name == "id" else name] for name in ("id", "root", "management")
                },
                "units": outputs["units"],
                "governance": made["governance"],
                "domains": _of("domain", made),
                "partners": _of("partner", made),
            }
        )
    except OSError as error:
        raise typer.BadParameter(f"{source} cannot be read: {error.strerror}", param_hint="--from") from None
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        message = f"not the outputs of the stack organization ({type(error).__name__}: {str(error).splitlines()[0]})"
        raise typer.BadParameter(f"{source}: {message}", param_hint="--from") from None


def _of(kind: str, made: dict[str, str]) -> dict[str, str]:
    prefix = f"{kind}-"
    return {name.removeprefix(prefix): account for name, account in made.items() if name.startswith(prefix)}
