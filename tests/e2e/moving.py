"""What two pages have a person do to the states of a deployed mesh, done to recorded ones.

The pages are `docs/two-deployments.md` and `docs/write-check-publish.md`.

`pulumi state move` as `cmd/pulumi/state/state_move.go` of Pulumi 3.259.0 does it: a resource goes with its children,
and a copy of its provider goes along; a parent that stays is replaced by the root of the other stack (and leaves the
URN); dependencies between what goes and what stays are dropped. `pulumi state delete` forgets a resource, which stays
in AWS. `pulumi import` of a database makes a resource with the inputs that AWS answers, which are those of its stack.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

MOVED = ("PipelineRole", "ClearanceRole", "DataLake", "ResourceLink")
"""Components of a domain's stack that are moved as they are."""

_STACK = "pulumi:pulumi:Stack"


def wanted(urn: str) -> bool:
    """Whether a person names the resource to `pulumi state move`."""
    chain = urn.split("::")[2].split("$")
    if len(chain) == 1:
        return chain[0] in {f"mesh:aws:{name}" for name in MOVED}
    boundary = chain[-1] == "aws:iam/policy:Policy" and len(chain) == 2
    return boundary or chain == ["mesh:aws:Delivery", "mesh:aws:MeshRole"]


def forgotten(urn: str) -> bool:
    """Whether a person names the resource to `pulumi state delete`: locations, which governance takes over."""
    return urn.split("::")[2].endswith("$aws:lakeformation/resource:Resource")


ENTRY = "mesh:aws:CatalogEntry"
DATABASE = "aws:glue/catalogDatabase:CatalogDatabase"


def without_entries(source: Json) -> Json:
    """The state of a domain's stack, of which a person forgot entries of the mesh catalog and who published them."""
    left = [each for each in source["resources"] if not _of_an_entry(each["urn"])]
    gone = {each["urn"] for each in source["resources"]} - {each["urn"] for each in left}
    assert not [each["urn"] for each in left if each.get("provider", "").rpartition("::")[0] in gone]
    return {**source, "resources": [_free(each, gone, keep="") for each in left]}


def _of_an_entry(urn: str) -> bool:
    _, _, chain, name = urn.split("::")
    return chain.partition("$")[0] == ENTRY or (chain, name) == ("pulumi:providers:aws", "publisher")


def with_entries(governance: Json, domains: Mapping[str, Json]) -> Json:
    """The state of governance, into which a person imported the databases of recorded states, by domain."""
    root = next(each for each in governance["resources"] if each["type"] == _STACK)["urn"]
    provider = next(each for each in governance["resources"] if each["type"] == "pulumi:providers:aws")
    start = root.rpartition("::")[0].rpartition("::")[0]
    imported: list[Json] = []
    for domain, state in domains.items():
        for database in state["resources"]:
            if database["type"] != DATABASE or not _of_an_entry(database["urn"]):
                continue
            name = f"{domain}.{database['urn'].rpartition('::')[2]}"
            entry: Json = {
                "urn": f"{start}::{ENTRY}::{name}",
                "custom": False,
                "inputs": dict[str, Any](),
                "type": ENTRY,
                "parent": root,
                "outputs": dict[str, Any](),
            }
            known: Json = {key: database[key] for key in ("id", "custom", "type", "inputs", "outputs", "protect")}
            urn = f"{start}::{ENTRY}${DATABASE}::{name}"
            at: Json = {"urn": urn, "parent": entry["urn"], "provider": f"{provider['urn']}::{provider['id']}"}
            imported += [entry, known | at]
    return {**governance, "resources": [*governance["resources"], *imported]}


def with_drafts(domain: Json, recorded: Json, account: str) -> Json:
    """The state of a domain's stack with its recorded tables as those of drafts, in the domain's account."""
    root = next(each for each in domain["resources"] if each["type"] == _STACK)["urn"]
    provider = next(each for each in domain["resources"] if each["type"] == "pulumi:providers:aws")
    start = root.rpartition("::")[0].rpartition("::")[0]
    made: list[Json] = []
    for table in recorded["resources"]:
        if table["type"] != "aws:glue/catalogTable:CatalogTable":
            continue
        product = table["parent"].rpartition("::")[2]
        database = f"{table['inputs']['databaseName']}__draft"
        drafts: Json = {
            "urn": f"{start}::mesh:aws:DraftTables::{product}",
            "type": "mesh:aws:DraftTables",
            "parent": root,
        }
        at = {"catalogId": account, "databaseName": database}
        known: Json = {key: table[key] for key in ("custom", "type", "protect")}
        known |= {side: table[side] | at for side in ("inputs", "outputs")}
        known |= {"id": f"{account}:{database}:{table['inputs']['name']}", "parent": drafts["urn"]}
        known |= {"urn": f"{start}::mesh:aws:DraftTables${table['type']}::{table['urn'].rpartition('::')[2]}"}
        made += [drafts | {"custom": False, "inputs": {}, "outputs": {}}]
        made += [known | {"provider": f"{provider['urn']}::{provider['id']}"}]
    return {**domain, "resources": [*domain["resources"], *made]}


def moved(source: Json, stack: str, other: str) -> tuple[Json, Json]:
    """The state of a domain's stack, and that of the stack `access-<d>`, afterwards."""
    source = copy.deepcopy(source)
    resources: list[Json] = [each for each in source["resources"] if not forgotten(each["urn"])]
    gone = {each["urn"] for each in source["resources"]} - {each["urn"] for each in resources}
    going: set[str] = set()
    for each in resources:
        if wanted(each["urn"]) or each.get("parent") in going:
            going.add(each["urn"])
    provider_urns = {
        each["provider"].rpartition("::")[0] for each in resources if each["urn"] in going and "provider" in each
    }
    staying = {each["urn"] for each in resources} - going
    root = next(each for each in resources if each["type"] == _STACK)
    there: list[Json] = [_renamed(_free(root, staying, keep=root["urn"]), stack, other, {})]
    new_root, rewritten = there[0]["urn"], {root["urn"]: there[0]["urn"]}
    for each in resources:
        if each["urn"] in provider_urns or each["urn"] in going:
            freed = _free(each, staying - provider_urns, keep=root["urn"])
            if freed.get("parent") not in going:
                freed["parent"] = root["urn"]
            there.append(_renamed(freed, stack, other, rewritten))
            rewritten[each["urn"]] = there[-1]["urn"]
    assert all(each["urn"] == new_root or each["parent"] for each in there)
    stays = [_free(each, going | gone, keep="") for each in resources if each["urn"] not in going]
    return {**source, "resources": stays}, {**copy.deepcopy(source), "resources": there}


def _free(resource: Json, others: set[str], keep: str) -> Json:
    """The resource without its dependencies on others; its parent is another matter."""
    freed = copy.deepcopy(resource)
    drop = others - {keep}
    if "dependencies" in freed:
        freed["dependencies"] = [urn for urn in freed["dependencies"] if urn not in drop]
    if "propertyDependencies" in freed:
        of_property: dict[str, list[str] | None] = freed["propertyDependencies"]
        kept = {name: [urn for urn in urns or () if urn not in drop] for name, urns in of_property.items()}
        freed["propertyDependencies"] = kept
    return freed


def _renamed(resource: Json, stack: str, other: str, rewritten: dict[str, str]) -> Json:
    def rename(urn: str) -> str:
        return rewritten.get(urn) or urn.replace(f"urn:pulumi:{stack}::", f"urn:pulumi:{other}::")

    renamed = copy.deepcopy(resource)
    _, project, chain, name = resource["urn"].split("::")
    kind = chain.rpartition("$")[2]
    if kind == _STACK:
        name = name.replace(stack, other)
    else:
        renamed["parent"] = rename(resource["parent"])
        parent = renamed["parent"].split("::")[2]
        kind = kind if parent == _STACK else f"{parent}${kind}"
    renamed["urn"] = f"urn:pulumi:{other}::{project}::{kind}::{name}"
    if "provider" in renamed:
        urn, _, id_ = renamed["provider"].rpartition("::")
        renamed["provider"] = f"{rename(urn)}::{id_}"
    if "dependencies" in renamed:
        renamed["dependencies"] = [rename(urn) for urn in renamed["dependencies"]]
    if "propertyDependencies" in renamed:
        renamed["propertyDependencies"] = {
            key: [rename(urn) for urn in urns or ()] for key, urns in renamed["propertyDependencies"].items()
        }
    return renamed
