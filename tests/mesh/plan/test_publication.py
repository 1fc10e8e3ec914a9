"""Documents of the publication function: one for the mesh, one for each product with tables, of what contracts say."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from typing import Any

from mesh import names
from mesh.acceptance.event_matching import matches
from mesh.contracts.types import ColumnType, Part, array, mapping
from mesh.model.base import LONGEST_NAME
from mesh.plan import Plan
from mesh.plan.publication import contract_path, required_parts


def documents(plan: Plan) -> dict[str, Any]:
    return {path: json.loads(text) for path, text in plan.governance.publication.documents.items()}


def test_the_document_of_the_mesh_says_where_the_function_works(plan: Plan) -> None:
    about = documents(plan)["mesh.json"]
    hub, region = plan.perimeter.governance_id, plan.perimeter.region
    assert about.keys() == {
        "mesh",
        "region",
        "hub",
        "bus",
        "publications_bucket",
        "classifications",
        "domains",
        "lag_days",
        "rollbacks",
        "snapshot_days",
        "workgroup",
    }
    assert about["bus"] == f"arn:aws:events:{region}:{hub}:event-bus/{names.BUS}"
    assert about["publications_bucket"] == plan.governance.publication.bucket
    assert about["domains"] == {domain.access.account_id: name for name, domain in plan.domains.items()}
    assert about["classifications"] == sorted(plan.governance.catalog.classifications)


def test_every_product_with_tables_has_a_document_and_no_other(plan: Plan) -> None:
    wanted = {
        contract_path(name, product)
        for name, domain in plan.domains.items()
        for product, args in domain.products.items()
        if "table" in args.ports
    }
    assert set(plan.governance.publication.documents) == {"mesh.json", *wanted}


def test_every_domain_that_publishes_hears_what_was_refused_of_its_own_and_nothing_of_others(plan: Plan) -> None:
    publishing = {name: domain for name, domain in plan.domains.items() if domain.drafts}
    assert len(publishing) > 3
    sources = [names.event_source(each, "a") for name in publishing for each in (name, f"{name}x", f"x{name}")]
    for name, domain in publishing.items():
        assert domain.heard is not None
        assert domain.start is not None
        assert domain.heard.role == domain.start.arn
        pattern = json.loads(domain.heard.refusals_pattern)
        told = [each for each in sources if matches(pattern, {"source": each, "detail-type": names.REFUSED})]
        assert told == [names.event_source(name, "a")]
        of_its_own = {"source": told[0], "detail-type": names.PUBLISHED}
        assert not matches(pattern, of_its_own)


def test_names_of_rules_on_the_mesh_bus_fit_and_are_of_one_domain(plan: Plan) -> None:
    heard = [domain.heard for domain in plan.domains.values() if domain.heard]
    rules = [rule for each in heard for rule in (each.rule, each.refusals_rule)]
    assert len(set(rules)) == len(rules)
    assert all(fnmatch(rule, names.JOBS) for rule in rules)
    assert len(names.refusals_rule("a" * LONGEST_NAME)) <= 64


def test_a_document_is_what_the_draft_is_made_of(plan: Plan) -> None:
    """Bucket, names, ids and types are those that the stack of the domain sends to Glue."""
    written = documents(plan)
    for name, domain in plan.domains.items():
        for product, draft in domain.drafts.items():
            document = written[contract_path(name, product)]
            assert document["account_id"] == domain.access.account_id
            assert (document["draft"], document["bucket"]) == (draft.database, draft.bucket)
            assert document["database"] == names.database(name, product)
            for table, entry in zip(draft.tables, document["tables"], strict=True):
                assert entry["location"] == f"s3://{draft.location}/{table.name}/"
                assert [column["name"] for column in entry["columns"]] == [c.name for c in table.every_column]
                if table.format == "iceberg":
                    assert [c["id"] for c in entry["columns"]] == [
                        table.locked.fields[c.name].id for c in table.columns
                    ]
                    assert [p["field_id"] for p in entry["partitions"]] == [*table.locked.partitions.values()]
                else:
                    assert {column["iceberg_type"] for column in entry["columns"]} == {None}


def test_labels_of_a_document_are_those_that_close_a_column(plan: Plan) -> None:
    written = documents(plan)
    for reference, entry in plan.governance.entries.items():
        closed = {
            (tag.table, column, tag.key) for tag in entry.labelling if tag.value == "true" for column in tag.columns
        }
        document = written[contract_path(*reference.split("."))]
        assert closed == {
            (table["name"], column["name"], label)
            for table in document["tables"]
            for column in table["columns"]
            for label in column["labels"]
        }


def test_the_same_plan_writes_the_same_texts(plan: Plan) -> None:
    args = plan.governance.publication
    assert dict(args.documents) == dict(args.documents)
    assert all(
        text == json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n" for text in args.documents.values()
    )


def test_rules_and_documents_do_not_grow_with_products(plan: Plan) -> None:
    domains = [domain.wakeups.rules for domain in plan.domains.values()]
    assert {len(rules) for rules in domains} == {2}
    assert len(plan.governance.publication.rules) == 2


def test_required_parts_of_a_parquet_column_are_named_by_their_paths() -> None:
    text, number = ColumnType("string"), ColumnType("int")
    counted = mapping(text, number, required=True)
    whole = ColumnType(
        "struct", parts=(Part("key", text, True), Part("b", array(counted, required=True)), Part("c", text))
    )
    assert list(required_parts(whole, "a")) == ["a.key", "a.b.element", "a.b.element.value"]
    assert list(required_parts(text, "a")) == []
