"""Nothing stands in the source that nothing uses: vulture finds such names, and each exception has its reason."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from vulture import Vulture

from tests.house.tree import FOLDERS, ROOT

CONFIDENCE: Final = 60
"""Vulture's measure, in percent: from here on it reports names that are never read."""


class Unused(NamedTuple):
    """A name that vulture finds defined and never used."""

    file: str
    name: str


class Allowance(NamedTuple):
    """Unused names (patterns) of a file that are used after all, with the reason."""

    file: str
    names: tuple[str, ...]
    reason: str

    def covers(self, unused: Unused) -> bool:
        return self.file == unused.file and any(fnmatch.fnmatchcase(unused.name, name) for name in self.names)


ALLOWED: Final = (
    *(
        Allowance(f"cli/{name}.py", (name,), "a command, which `cli/main.py` imports by its name")
        for name in ("adopt", "lapse", "offboard", "publish", "validate")
    ),
    Allowance("cli/new.py", ("new_*", "resume_new"), "commands of a group, each by its decorator"),
    Allowance("cli/commands.py", ("format_epilog", "resolve_command"), "methods that typer calls"),
    Allowance("cli/completion.py", ("completion",), "a command, which `cli/main.py` imports by its name"),
    Allowance("cli/run_pipeline.py", ("run_pipeline",), "a command, which `cli/main.py` imports by its name"),
    Allowance("components/mesh_catalog.py", ("lf_tag_policy", "catalog_resource"), "keys of a TypedDict"),
    Allowance(
        "mesh/access/data_locations.py",
        ("may_grant", "read_with"),
        "what a claim about squatted locations could ask; a test asks it of the sample mesh",
    ),
    Allowance("mesh/access/overview.py", ("overview",), "the picture of the README, which `tools/pictures` draws"),
    Allowance("mesh/access/svg_shapes.py", ("THEMES",), "`tools/pictures` draws a picture for each"),
    Allowance(
        "mesh/aws/aws_regions.py",
        ("in_one_place",),
        "services that are no reason against a region: a test holds them to botocore and to what is called",
    ),
    Allowance(
        "mesh/aws/plugin_types.py",
        ("every_call", "forgiven"),
        "what tests hold to AWS's reference and to the emulator",
    ),
    Allowance(
        "mesh/contracts/breaks/contract_versions.py",
        ("is_released", "before_release"),
        "versions are compared as tuples, by every field of theirs",
    ),
    Allowance("mesh/model/base.py", ("model_config",), "pydantic reads it from the class"),
    Allowance("mesh/plan/footprint/deployed_resource.py", ("__call__",), "stacks make their resources by it"),
    Allowance("mesh/proof/symbolic/texts.py", ("Z3_DEBUG",), "z3 reads it from its module"),
    Allowance(
        "policies/mesh_guardrails/pack.py", ("has_validation", "validate"), "the policy host of pulumi-policy calls it"
    ),
    Allowance("policies/mesh_guardrails/excepted.py", ("has_validation", "validate"), "the same"),
    Allowance("sandbox/athena/duck_text.py", ("arg_types",), "sqlglot reads it of a node"),
    Allowance(
        "sandbox/athena/file_scan.py",
        ("to_reader", "rows_read"),
        "DuckDB calls the one; tests of pruning count the other",
    ),
    Allowance("sandbox/athena/iceberg_writes.py", ("new_output", "_load_file_io"), "pyiceberg calls them"),
    Allowance(
        "sandbox/athena/object_file_system.py",
        ("get_*", "normalize_path", "open_*", "create_dir", "delete_*", "copy_file", "new_output", "rows_read"),
        "methods of a file system, as PyArrow and pyiceberg call them, and what tests of pruning count",
    ),
    Allowance("sandbox/athena/statements.py", ("INDEX_OFFSET", "FUNCTION_PARSERS"), "sqlglot reads them of a dialect"),
    Allowance("sandbox/emulator/clients.py", ("get_*", "_credentials"), "botocore calls and reads them"),
    Allowance(
        "sandbox/emulator/emulated_organization.py",
        ("DEFAULT_ACCOUNT", "ensure_account"),
        "what a test of one component needs: an account without the stack that makes it, and where nothing may land",
    ),
    Allowance("sandbox/emulator/emitted_events.py", ("transform_input",), "a parameter that moto gives by its name"),
    Allowance("sandbox/emulator/provider.py", ("[A-Z]*",), "methods of Pulumi's ResourceProvider service, by name"),
    Allowance(
        "sandbox/engine/program_callbacks.py",
        ("_monitor", "_state_migrations", "_transforms"),
        "what the SDK's callbacks read of themselves",
    ),
    Allowance("sandbox/enforcement/event_sources.py", ("visible_at",), "moto reads it of a message"),
    Allowance("sandbox/enforcement/functions.py", ("*",), "members of a context that a handler may read"),
    Allowance(
        "sandbox/enforcement/replication.py",
        ("replicate_existing",),
        "a job of S3 Batch Operations, of which moto has no API: a test starts it",
    ),
    Allowance("sandbox/engine/builtin.py", ("[A-Z]*",), "methods of Pulumi's ResourceProvider service, by name"),
    Allowance("sandbox/engine/engine.py", ("[A-Z]*",), "methods of Pulumi's ResourceMonitor and Engine, by name"),
    Allowance("sandbox/engine/grpc_calls.py", ("set_*",), "methods of a gRPC context, which handlers call by name"),
    Allowance("sandbox/jobs/deployed_jobs.py", ("_transitions", "completed_on"), "moto reads them of a run of a job"),
    Allowance("sandbox/runs/language_host.py", ("[A-Z]*",), "methods of Pulumi's LanguageRuntime service, by name"),
    Allowance("sandbox/runs/pulumi_automation.py", ("*",), "methods of a workspace, as pulumi.automation calls them"),
)


def unused(paths: Iterable[Path]) -> Iterator[Unused]:
    """Names that vulture finds unused in these files and folders."""
    vulture = Vulture()
    vulture.scavenge([str(path) for path in paths])
    for item in vulture.get_unused_code(min_confidence=CONFIDENCE):
        yield Unused(Path(item.filename).resolve().relative_to(ROOT).as_posix(), item.name)


def unexplained(found: Iterable[Unused], allowed: Iterable[Allowance]) -> list[Unused]:
    """Unused names for which there is no reason."""
    allowances = tuple(allowed)
    return [name for name in found if not any(allowance.covers(name) for allowance in allowances)]


def stale(found: Iterable[Unused], allowed: Iterable[Allowance]) -> list[Allowance]:
    """Exceptions for names that are used now, or are gone."""
    names = tuple(found)
    return [allowance for allowance in allowed if not any(allowance.covers(name) for name in names)]


@pytest.fixture(scope="module")
def found() -> list[Unused]:
    everything = unused([ROOT / "__main__.py", *(ROOT / folder for folder in FOLDERS)])
    return list(everything)


def test_every_name_is_used_or_has_a_reason(found: list[Unused]) -> None:
    assert unexplained(found, ALLOWED) == []


def test_every_exception_is_still_needed(found: list[Unused]) -> None:
    assert stale(found, ALLOWED) == []


def test_an_unused_function_and_an_exception_for_nothing_are_noticed() -> None:
    name = Unused("mesh/names.py", "forgotten")
    assert unexplained([name], ALLOWED) == [name]
    assert unexplained([name], [Allowance("mesh/names.py", ("forgot*",), "a reason")]) == []
    assert stale([name], [Allowance("mesh/load.py", ("forgotten",), "a reason")]) != []


def test_vulture_sees_a_function_that_nothing_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.house.test_dead_code.ROOT", tmp_path)
    (tmp_path / "module.py").write_text("def forgotten() -> int:\n    return 1\n", "utf-8")
    assert list(unused([tmp_path])) == [Unused("module.py", "forgotten")]
