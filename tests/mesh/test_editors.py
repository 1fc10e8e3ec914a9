"""Mistakes that an editor sees with the schemas of a mesh: all that stand in one file, but those that are listed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

import pytest
import ryaml

from mesh import schemas
from mesh.contracts import versions
from mesh.load import load
from tests.mesh.editor import validator

HERE = Path(__file__).parent
SAMPLES = sorted(folder for folder in (HERE / "bad_input/samples").iterdir() if folder.is_dir())

UNSEEN: Mapping[str, tuple[str, ...]] = {
    "another file says so": (
        "account-email-of-somebody-else",
        "account-email-twice",
        "account-email-twice-in-another-case",
        "agreement-without-a-classification",
        "bucket-name-of-s3",
        "bucket-name-too-long",
        "bucket-name-twice",
        "contract-missing",
        "contract-named-and-missing",
        "contract-of-another-domain",
        "column-labelled-twice-with-one-word",
        "consumed-column-that-is-not-there",
        "contract-of-another-product",
        "exception-in-an-unknown-stack",
        "pipeline-definition-that-says-no-time",
        "group-of-two-partners",
        "label-left-behind-by-half-of-the-approvers",
        "label-left-behind-by-its-guard-alone",
        "label-left-behind-that-is-not-read",
        "label-left-behind-twice",
        "line-of-another-clearance",
        "member-of-a-partner",
        "pipeline-without-a-line-of-its-clearance",
        "own-product",
        "pipeline-definition-that-catches-nowhere",
        "pipeline-definition-that-goes-nowhere",
        "pipeline-definition-that-goes-nowhere-in-a-branch",
        "pipeline-definition-that-has-a-default-of-nothing",
        "pipeline-definition-that-has-a-state-that-is-not-reached",
        "pipeline-definition-that-is-no-json",
        "pipeline-definition-that-never-ends",
        "pipeline-definition-that-starts-nowhere",
        "pipeline-definition-without-states",
        "pipeline-event-of-files",
        "pipeline-function-whose-handler-takes-nothing",
        "pipeline-function-without-a-handler",
        "pipeline-reads-an-unknown-product",
        "pipeline-script-that-is-not-there",
        "pipeline-script-that-is-not-utf-8",
        "pipeline-script-that-is-too-new-for-its-runtime",
        "pipelines-in-a-circle",
    ),
    "the lock says so": (
        "label-under-a-name-that-was-open",
        "labelled-field-in-an-open-column",
        "lock-of-an-earlier-contract",
        "lock-that-is-not-there",
        "mesh-with-another-name-than-its-buckets",
        "rename-of-a-column-that-stays",
        "rename-of-a-table",
        "rename-of-nothing",
        "rename-of-one-column-to-two",
        "rename-of-what-was-removed",
        "rename-that-is-a-number",
        "table-that-is-partitioned-no-more",
        "type-that-data-cannot-be-read-as",
    ),
    "the name of the file is wrong": (
        "domain-ending-in-yml",
        "domain-file-named-badly",
        "domain-named-as-the-platform",
        "clearance-too-long-for-a-permission-set",
        "domain-spelled-twice",
        "role-name-of-continuous-integration",
        "role-name-of-the-emergencies",
        "role-name-of-the-emergency-role",
        "role-name-of-the-platform",
    ),
    "two places of the file do not fit together": (
        "account-of-management",
        "account-that-is-assumed",
        "account-used-twice",
        "agreement-twice",
        "approver-twice",
        "approver-twice-on-github",
        "ci-environment-of-two-stacks",
        "ci-repository-in-two-spellings",
        "column-twice",
        "contract-with-a-rule-of-an-older-version",
        "contract-with-keys-out-of-order",
        "contract-with-quality-rules-of-nothing",
        "contract-with-relationships-to-nothing",
        "contract-with-service-levels-of-nothing",
        "exception-twice",
        "group-id-under-two-names",
        "key-of-a-partner-without-an-account",
        "member-approved-by-a-domain",
        "member-approved-by-nobody-who-may",
        "member-twice",
        "pipeline-approved-by-its-domain",
        "pipeline-cleared-twice",
        "pipeline-of-lambda-that-nothing-starts",
        "pipeline-of-step-functions-with-what-it-does-not-take",
        "people-addresses-twice",
        "pipeline-elsewhere-with-a-job",
        "pipeline-event-of-what-is-not-read",
        "pipeline-of-a-week",
        "pipeline-of-lambda-with-what-it-does-not-take",
        "pipeline-reads-what-is-not-consumed",
        "pipeline-reads-what-it-writes",
        "pipeline-reads-without-a-clearance",
        "pipeline-script-of-another-kind",
        "pipeline-with-an-argument-of-glue",
        "pipeline-with-schedule-and-event",
        "pipeline-with-too-few-workers",
        "pipeline-without-a-script",
        "region-whose-zones-differ",
        "snapshots-within-the-lag",
        "table-of-partition-keys-only",
        "table-partitioned-by-a-nested-column",
        "table-twice",
        "table-with-partitions-that-cannot-be",
        "unit-of-another-root",
        "unit-used-twice",
        "words-that-look-alike",
        "zones-of-another-region",
        "zones-twice",
    ),
    "a type is parsed": (
        "column-nested-without-what-is-in-it",
        "column-whose-types-disagree",
        "column-with-a-bad-struct",
        "column-with-a-bad-type",
        "column-with-a-deep-type",
        "column-with-a-type-of-another-platform",
        "column-with-options-that-its-type-lacks",
        "column-without-a-type",
        "parquet-table-with-types-of-iceberg",
    ),
    "a schedule is parsed": (
        "pipeline-rate-of-a-thousand-years",
        "pipeline-rate-of-two-minute",
        "pipeline-schedule-in-a-rate",
        "pipeline-schedule-in-words",
        "pipeline-schedule-of-a-fifth-monday-that-is-not-there",
        "pipeline-schedule-of-every-minute",
        "pipeline-schedule-of-five-fields",
        "pipeline-schedule-of-no-such-day",
        "pipeline-schedule-of-no-such-hour",
        "pipeline-schedule-of-no-such-month",
        "pipeline-schedule-of-two-kinds-of-day",
        "pipeline-schedule-with-a-step-too-far",
    ),
    "it depends on the day": (
        "exception-that-lasts-too-long",
        "pipeline-reviewed-beyond-the-horizon",
        "review-at-the-end-of-time",
        "review-beyond-the-horizon",
    ),
    "all of a list together is too long": ("expression-too-long", "pipeline-with-arguments-too-long"),
    "arguments are compared with each other, and with what is reserved": (
        "pipeline-window-of-another-argument",
        "pipeline-window-that-ends-before-it-begins",
        "pipeline-window-that-is-empty",
        "pipeline-with-an-argument-of-the-mesh",
        "pipeline-with-logs-elsewhere",
    ),
    "the mesh has its own at the same place": ("policies-of-others-too-many",),
    "the text, and not the value": ("control-character", "unquoted-account-id-with-a-leading-zero"),
}
"""Samples whose mistake no JSON Schema of the file can see, by the reason."""


@pytest.fixture(scope="module")
def texts() -> Mapping[str, str]:
    """The schemas of the tiny mesh."""
    return schemas.schemas(load(HERE / "tiny").usable())


def schema_for(file: str) -> str:
    """The schema of a file of a mesh folder."""
    kinds = {"domains": "domain", "clearances": "clearance", "partners": "partner", "contracts": "odcs"}
    return f"{kinds.get(file.partition('/')[0], Path(file).stem)}.schema.json"


def wrong_file(sample: Path) -> str | None:
    """The one file of a sample that has errors, and that an editor reads as lines of keys and values."""
    lines = (sample / "expected.txt").read_text("utf-8").splitlines()
    told = [line.split(": ")[:2] for line in lines]
    files = {place.split(":")[0] for place, kind in told if kind not in ("warning", "note", "lapse")}
    if len(files) != 1:
        return None
    (file,) = files
    # A lock is written by a command; settings of a stack have Pulumi's own schema; a stray file has none.
    has_schema = {*(f"{name}.schema.json" for name in schemas.TITLES), "odcs.schema.json"}
    if file.endswith(".lock.yaml") or schema_for(file) not in has_schema or not (sample / file).is_file():
        return None
    data = content(sample / file)
    return file if isinstance(data, dict) and only_texts(data) else None


def content(file: Path) -> object:
    try:
        return ryaml.loads(file.read_text("utf-8"))
    except (ryaml.InvalidYamlError, ValueError):  # pyright: ignore[reportPrivateImportUsage] (ryaml has no __all__)
        return None


def only_texts(data: object) -> bool:
    """Whether all keys are texts, as JSON has them."""
    if isinstance(data, dict):
        mapping = cast("dict[object, object]", data)
        return all(isinstance(key, str) and only_texts(value) for key, value in mapping.items())
    return not isinstance(data, list) or all(map(only_texts, cast("list[object]", data)))


IN_ONE_FILE = {sample.name: file for sample in SAMPLES if (file := wrong_file(sample))}
LISTED = {name for names in UNSEEN.values() for name in names}


def test_many_kinds_of_mistakes_are_tried() -> None:
    assert len(IN_ONE_FILE) >= 120
    assert len(IN_ONE_FILE.keys() - LISTED) >= 60
    assert set() == LISTED - IN_ONE_FILE.keys()


@pytest.mark.parametrize("name", IN_ONE_FILE)
def test_an_editor_sees_a_mistake_of_one_file_unless_it_is_listed(texts: Mapping[str, str], name: str) -> None:
    file = IN_ONE_FILE[name]
    valid = validator(texts, schema_for(file)).is_valid(content(HERE / "bad_input/samples" / name / file))
    assert valid == (name in LISTED)


@pytest.mark.parametrize("file", sorted((HERE / "tiny").rglob("*.yaml")), ids=lambda file: file.name)
def test_an_editor_has_nothing_against_a_valid_file(texts: Mapping[str, str], file: Path) -> None:
    if not file.name.endswith(".lock.yaml"):
        schema = validator(texts, schema_for(str(file.relative_to(HERE / "tiny"))))
        assert [str(error) for error in schema.iter_errors(content(file))] == []


def test_every_word_of_a_mesh_is_one_to_choose(tiny: Path) -> None:
    with (tiny / "mesh.yaml").open("a", encoding="utf-8") as stream:
        stream.write("no-label: [public]\nclassification-aliases: {Top Secret: [pii, financial]}\n")
    texts = schemas.schemas(load(tiny).usable())
    contract = cast("dict[str, Any]", content(tiny / "contracts/orders/customers.odcs.yaml"))
    for words, valid in (
        ("public", True),
        ("Top Secret", True),
        ("pii , financial", True),
        ("pii,", False),
        ("Public", False),
        ("secret", False),
        ("", False),
    ):
        contract["schema"][0]["properties"][1]["classification"] = words
        assert validator(texts, "odcs.schema.json").is_valid(contract) == valid, words


@pytest.mark.parametrize("version", versions.PATCHES)
def test_a_contract_is_held_to_its_own_version(texts: Mapping[str, str], version: str) -> None:
    contract = cast("dict[str, Any]", content(HERE / "tiny/contracts/orders/customers.odcs.yaml"))
    schema = validator(texts, "odcs.schema.json")
    assert schema.is_valid({**contract, "apiVersion": version})
    assert schema.is_valid({**contract, "apiVersion": version, "context": "x"}) == (version == "v3.2.0")
    no_status = {key: value for key, value in contract.items() if key != "status"}
    assert schema.is_valid({**no_status, "apiVersion": version}) == (version == "v3.2.0")


WHERE: Final[Mapping[str, tuple[str, ...]]] = {
    "classifications": ("clearance: reads", "partner: Agreement classifications", "odcs-v3.2.0: classification"),
    "clearances": ("domain: ProductPipeline clearance",),
    "consumable": ("domain: Consumption product", "domain: consumes", "partner: Agreement product"),
    "products": ("clearance: ClearedPipeline product",),
    "domains": ("clearance: Member domain", "odcs-v3.2.0: domain"),
}
"""Words of a mesh, and the places that name one: the schema, the definition below it, the key."""


def offered(texts: Mapping[str, str], place: str) -> set[str]:
    """Choices of a key, whatever stands around them."""
    name, _, where = place.partition(": ")
    schema = json.loads(texts[f"{name}.schema.json"])
    *definition, key = where.split()
    here = schema["$defs"][definition[0]] if definition else schema
    asked = [here, *here.get("allOf", ()), schema.get("$defs", {}).get("SchemaBaseProperty", {})]
    return {word for each in asked for word in choices(each.get("properties", {}).get(key, {}))}


def choices(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        node = cast("dict[str, Any]", schema)
        yield from node.get("enum", ())
        for part in ("items", "anyOf"):
            yield from choices(node.get(part))
    for each in cast("list[Any]", schema) if isinstance(schema, list) else ():
        yield from choices(each)


@pytest.mark.parametrize(("words", "place"), [(words, place) for words, places in WHERE.items() for place in places])
def test_an_editor_proposes_the_names_of_the_mesh_wherever_a_file_names_one(
    texts: Mapping[str, str], words: str, place: str
) -> None:
    named = getattr(schemas.vocabulary(load(HERE / "tiny").usable()), words)
    assert named
    assert offered(texts, place) == set(named)


def test_no_schema_has_a_value_that_validate_refuses(texts: Mapping[str, str]) -> None:
    assert "stream" not in texts["domain.schema.json"]
    assert '"v2.' not in texts["odcs.schema.json"]
