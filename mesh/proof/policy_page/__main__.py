"""`python -m mesh.proof.policy_page` writes `docs/statements.md`, for which it drops every statement in turn.

With `--check` it says whether a page is stale, which takes seconds: what the mutation found is read from
`docs/statements.json`, and a slow test measures that anew. With `--exceptions` it writes `docs/exceptions.md` alone.
"""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Final

from mesh.load import load
from mesh.plan import Plan, build
from mesh.proof import written_labels
from mesh.proof.mutate import Mutation
from mesh.proof.policy_page.exceptions import exceptions_page
from mesh.proof.policy_page.losses import as_text, measured, read
from mesh.proof.policy_page.page import page
from mesh.proof.written_labels import WrittenLabels

STACKS: Final = Path("stacks")
PAGE: Final = Path("docs/statements.md")
LOSSES: Final = Path("docs/statements.json")
EXCEPTIONS: Final = Path("docs/exceptions.md")
DAY: Final = datetime.date(2026, 12, 1)
"""The day that counts as today for the sample mesh, as in the Makefile."""


def write(plan: Plan, written: WrittenLabels) -> None:
    """Measures the losses and writes both files."""
    mutation = Mutation(plan, written)
    losses = measured(mutation, mutation.run())
    LOSSES.write_text(as_text(losses), "utf-8")
    PAGE.write_text(page(plan, losses), "utf-8")
    EXCEPTIONS.write_text(exceptions_page(plan), "utf-8")


def main(arguments: list[str]) -> str | int:
    """Exit code, or what is wrong."""
    if arguments not in ([], ["--check"], ["--exceptions"]):
        return "usage: python -m mesh.proof.policy_page [--check | --exceptions]"
    mesh = load(STACKS).usable()
    plan = build(mesh, DAY)
    if not arguments:
        write(plan, written_labels.read(STACKS, mesh))
    elif arguments == ["--exceptions"]:
        EXCEPTIONS.write_text(exceptions_page(plan), "utf-8")
    elif not EXCEPTIONS.exists() or EXCEPTIONS.read_text("utf-8") != exceptions_page(plan):
        return f"{EXCEPTIONS} is not as the policies have it; run `make exceptions`"
    elif not PAGE.exists() or PAGE.read_text("utf-8") != page(plan, read(LOSSES)):
        return f"{PAGE} is not as the policies have it; run `make statements`"
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
