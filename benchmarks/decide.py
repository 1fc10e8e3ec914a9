"""Decisions a second: in this process on the sample mesh and on generated ones, and of `mesh decide` as a process.

    python -m benchmarks.decide [REQUESTS]

The requests are drawn from all roles and all resources of the mesh, with a fixed seed. `first` is the rate while
policies have still to be compiled, `again` the rate after that.
"""

from __future__ import annotations

import datetime
import gc
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mesh import example
from mesh.access import from_plan
from mesh.evaluator import Request, World, decide
from mesh.load import load
from mesh.plan import Plan, build

DAY = datetime.date(2026, 12, 1)
STACKS = Path(__file__).parents[1] / "stacks"
TARGET, ROUNDS = 20_000, 4
THROUGH_S3 = {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}
STRANGERS = ("anonymous", "glue.amazonaws.com", "arn:aws:iam::999999999999:root")


def requests(world: World, number: int) -> list[Request]:
    """Requests of all roles and some strangers: reads, writes, decryptions, catalog look-ups and events."""
    draw = random.Random(1)
    principals, resources = [*world.roles, *STRANGERS], list(world.resources)
    return [_request(draw, draw.choice(principals), draw.choice(resources)) for _ in range(number)]


def _request(draw: random.Random, principal: str, arn: str) -> Request:
    if ":s3:" in arn:
        return Request(principal, draw.choice(("s3:GetObject", "s3:PutObject")), f"{arn}/files/{draw.random()}")
    if ":kms:" in arn:
        return Request(principal, "kms:Decrypt", arn, THROUGH_S3)
    return Request(principal, _ACTIONS[arn.split(":")[2]], arn)


_ACTIONS = {"glue": "glue:GetTable", "events": "events:PutEvents", "sns": "sns:Publish"}


def rates(plan: Plan, number: int) -> tuple[float, float, int]:
    """Decisions a second of CPU, in the first round and in the best later one, and the number of allowed requests."""
    world = from_plan.world(plan)
    drawn = requests(world, number)
    seconds: list[float] = []
    allowed = 0
    for _ in range(ROUNDS):
        started = time.process_time()
        allowed = sum(decide(request, world).allowed for request in drawn)
        seconds.append(time.process_time() - started)
    return number / seconds[0], number / min(seconds[1:]), allowed


def process(number: int) -> float:
    """Lines a second of CPU of `mesh decide`, from the start of its process to the end."""
    world = from_plan.world(build(load(STACKS).usable(), DAY))
    with tempfile.TemporaryDirectory() as name:
        lines = Path(name, "requests.jsonl")
        lines.write_text("".join(f"{json.dumps(_as_line(request))}\n" for request in requests(world, number)))
        command = [
            str(Path(sys.executable).parent / "mesh"),
            "decide",
            "--dir",
            str(STACKS),
            "--as-of",
            DAY.isoformat(),
        ]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with lines.open() as stdin:
            done = subprocess.run(command, check=True, stdin=stdin, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if done.stdout.count(b"\n") != number:
        raise SystemExit("mesh decide did not answer every line")
    return number / seconds


def _as_line(request: Request) -> dict[str, object]:
    line = {"principal": request.principal, "action": request.action, "resource": request.resource}
    return {**line, "context": dict(request.context)} if request.context else line


def main() -> None:
    """Print the rates."""
    gc.set_threshold(100_000, 50, 1000)  # as the `mesh` command does
    number = int((sys.argv[1:2] or ["100000"])[0])
    again: dict[str, float] = {}
    plans = {"sample": build(load(STACKS).usable(), DAY)}
    for domains in (10, 100):
        with tempfile.TemporaryDirectory() as name:
            example.write(Path(name), domains, 10, 1, DAY)
            plans[f"{domains} x 10"] = build(load(Path(name)).usable(), DAY)
    for mesh, plan in plans.items():
        first, again[mesh], allowed = rates(plan, number)
        print(f"{mesh:9} {first:8,.0f} a second first, {again[mesh]:8,.0f} again ({allowed / number:.0%} allowed)")
    growth = again["10 x 10"] / again["100 x 10"]
    print(f"cost of a decision from 10 x 10 to 100 x 10: x{growth:.2f}")
    print(f"sample mesh: {again['sample']:,.0f} decisions a second (target {TARGET:,})")
    print(f"mesh decide, whole process: {process(number):,.0f} lines a second over {number:,} lines")


if __name__ == "__main__":
    main()
