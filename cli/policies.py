"""`mesh policies`: the policy pack asked about every stack, in preview on the embedded engine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import answer, answer_json
from cli.exit_codes import FINDINGS
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, StackOption, chosen, read
from cli.preview_failures import exit_on_failures
from cli.progress import Progress


def policies(
    directory: FolderOption = DEFAULT_FOLDER,
    stack: StackOption = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            help="JSON with levels and parameters of policies, as `pulumi preview --policy-pack-config` takes it.",
            metavar="FILE",
        ),
    ] = None,
    pack: Annotated[
        Path | None, typer.Option("--pack", help="The folder of another policy pack.", metavar="DIR")
    ] = None,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the policy pack about every stack.

    Runs the Pulumi program in preview, without AWS, and the pack in a process of its own, as `pulumi preview
    --policy-pack policies` does. Says each violation with what to change, and each exception (exceptions.yaml).

    Exit code 1 for a violation that stops a run, 2 for a configuration that does not fit the pack.
    """
    planned = read(directory, as_of)
    stacks = chosen(planned, stack)
    from sandbox.runs.asked_policies import PackRules, asked_policies, without_violations
    from sandbox.runs.pack_analyzer import PackAnalyzer
    from sandbox.runs.policy_configuration import NOTHING_WRITTEN, levels, read_configuration, reconciled
    from sandbox.runs.policy_host import PACK, settings
    from sandbox.runs.policy_process import PolicyProcess
    from sandbox.runs.preview import previews

    source, written = read_configuration(config) if config else (None, NOTHING_WRITTEN)
    with PolicyProcess(pack or PACK, settings(planned)) as process:
        analyzer = PackAnalyzer(process)
        analyzer.levels(levels(written))
        # The processes are forked before anything here has a thread: a connection has some, and a progress display.
        with previews(planned, stacks, analyzer=analyzer) as each:
            info = analyzer.info
            configuration = reconciled(info, written, source)
            analyzer.configure(configuration)
            with Progress("asking", len(stacks)) as progress:
                runs = each.runs(progress.step)
    asked = asked_policies(runs, PackRules.of(info, configuration))
    if as_json:
        answer_json(asked.as_json())
    else:
        for told in (*asked.violations, *asked.exceptions):
            answer(str(told))
        answer(str(asked))
    exit_on_failures([without_violations(run) for run in runs])
    if asked.refused:
        raise typer.Exit(FINDINGS)
