"""The policy pack over one domain stack: CPU seconds beside start-up, of the pack's process and of the one that asks.

    python -m benchmarks.policy_pack [STACK]

The stack is previewed once; its resources, and then the stack, are asked about as the engine does it. Start-up is what
a pack costs that is asked nothing.
"""

from __future__ import annotations

import datetime
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

from google.protobuf import struct_pb2

from mesh.folder import PlannedMesh, plan_folder
from sandbox.engine.analysis import AnalyzedResource, PolicyDiagnostic
from sandbox.runs.pack_analyzer import PackAnalyzer
from sandbox.runs.policy_configuration import NOTHING_WRITTEN, reconciled
from sandbox.runs.policy_host import PACK, settings
from sandbox.runs.policy_process import PolicyProcess
from sandbox.runs.preview import previews

STACKS = Path(__file__).resolve().parents[1] / "stacks"
DAY = datetime.date(2026, 12, 1)
TARGET_SECONDS = 0.5
ROUNDS = 5


class KeptQuestions:
    """An analyzer that keeps what it is asked about, and finds nothing."""

    def __init__(self) -> None:
        self.resources: list[AnalyzedResource] = []
        self.stack: Sequence[AnalyzedResource] = ()

    def remedied(self, asked: AnalyzedResource) -> tuple[struct_pb2.Struct | None, Sequence[PolicyDiagnostic]]:
        self.resources.append(asked)
        return None, ()

    def of_resource(self, asked: AnalyzedResource) -> Sequence[PolicyDiagnostic]:  # noqa: ARG002 (kept before)
        return ()

    def of_stack(self, stack: Sequence[AnalyzedResource]) -> Sequence[PolicyDiagnostic]:
        self.stack = list(stack)
        return ()


def questions(mesh: PlannedMesh, stack: str) -> KeptQuestions:
    """What a preview of the stack asks."""
    kept = KeptQuestions()
    with previews(mesh, [stack], processes=1, analyzer=kept) as each:
        (run,) = each.runs()
    if run.result.failures:
        raise SystemExit(run.result.failures[0].message)
    return kept


def cpu(who: int) -> float:
    """CPU seconds so far of this process, or of its children that have ended."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def asked(mesh: PlannedMesh, kept: KeptQuestions | None) -> tuple[float, float]:
    """CPU seconds of a pack from its start to its end, and of this process for the questions."""
    before = cpu(resource.RUSAGE_CHILDREN)
    with PolicyProcess(PACK, settings(mesh)) as process:
        analyzer = PackAnalyzer(process)
        analyzer.configure(reconciled(analyzer.info, NOTHING_WRITTEN))
        began = cpu(resource.RUSAGE_SELF)
        if kept:
            for each in kept.resources:
                analyzer.remedied(each)
                analyzer.of_resource(each)
            analyzer.of_stack(kept.stack)
        ours = cpu(resource.RUSAGE_SELF) - began
    return cpu(resource.RUSAGE_CHILDREN) - before, ours


def main(stack: str = "domain-playback") -> None:
    """Print the figures; of several rounds, the least."""
    mesh = plan_folder(STACKS, DAY)
    kept = questions(mesh, stack)
    rounds = [(asked(mesh, None), asked(mesh, kept)) for _ in range(ROUNDS)]
    start = min(pack for (pack, _), _ in rounds)
    pack = min(pack for _, (pack, _) in rounds) - start
    ours = min(ours for _, (_, ours) in rounds)
    print(f"start-up of the pack: {start:.2f} s of CPU")
    print(
        f"{stack}, {len(kept.resources)} resources: {pack + ours:.2f} s of CPU (target {TARGET_SECONDS}), "
        f"{pack:.2f} in the pack and {ours:.2f} to ask it"
    )


if __name__ == "__main__":
    main(*sys.argv[1:2])
