"""A mesh of the earlier form becomes one of the present form: nobody gains or loses, and comments go along."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mesh.findings import BadInputError
from mesh.migrate import migrate

MESH = """\
# yaml-language-server: $schema=../schemas/mesh.schema.json
name: tiny # never changed
owner: {team: platform, email: platform@x.example}

# What people can hold.
clearances: # in every domain
  # Whoever works here.
  general: []
  pii: [pii] # since 2021

  # nobody holds it yet
  "financial":
    - financial # and its like
    - pii
  # the last word

# What holds elsewhere.
defaults: {budget: 5}
"""
ADS = """\
owner: {team: ads, email: ads@x.example}
members: # who

  # Asked for in the spring.
  # By the head of research.
  - {group: research, clearance: pii, use: "Caps: by home", approved-by: privacy@x.example, review: 2027-05-01} # again
  - group: planning
    clearance: general # all of it
    use: Forecast, and more
    approved-by: 'ads@x.example'
    review: 2029-12-31
consumes: []
"""
SHOP = """\
members:
- {group: shop-analysts, clearance: pii, use: Repeat customers, approved-by: office@x.example, review: 2027-05-01}
"""
BEFORE = {"mesh.yaml": MESH, "domains/ads.yaml": ADS, "domains/shop.yaml": SHOP}

AFTER = {
    "mesh.yaml": """\
# yaml-language-server: $schema=../schemas/mesh.schema.json
name: tiny # never changed
owner: {team: platform, email: platform@x.example}

# What people can hold.

# What holds elsewhere.
defaults: {budget: 5}
""",
    "domains/ads.yaml": """\
owner: {team: ads, email: ads@x.example}
consumes: []
""",
    "domains/shop.yaml": "",
    "clearances/general.yaml": """\
# yaml-language-server: $schema=../../schemas/clearance.schema.json
# Whoever works here.
description: Reads what carries no label.
reads: []
approvers: [ads@x.example]
members:
  # all of it
  - {group: planning, domain: ads, use: "Forecast, and more", approved-by: ads@x.example, review: 2029-12-31}
""",
    "clearances/pii.yaml": """\
# yaml-language-server: $schema=../../schemas/clearance.schema.json
# since 2021
description: Reads pii.
reads: [pii]
approvers: [office@x.example, privacy@x.example]
members:
  # Asked for in the spring.
  # By the head of research.
  - {group: research, domain: ads, use: "Caps: by home", approved-by: privacy@x.example, review: 2027-05-01} # again
  - {group: shop-analysts, domain: shop, use: Repeat customers, approved-by: office@x.example, review: 2027-05-01}
""",
    "clearances/financial.yaml": """\
# yaml-language-server: $schema=../../schemas/clearance.schema.json
# nobody holds it yet
# and its like
description: Reads financial and pii.
reads: [financial, pii]
approvers: [platform@x.example]
""",
}


def test_texts_go_where_they_belong() -> None:
    result = migrate(BEFORE)
    for name, text in AFTER.items():
        assert result.files[name] == text, name
    assert result.files.keys() == AFTER.keys()


def test_what_a_person_has_to_look_at_is_told() -> None:
    assert migrate(BEFORE).remarks == [
        "domains/ads.yaml:2: a comment on 'members' is left out: # who",
        "mesh.yaml:6: a comment on 'clearances' is left out: # in every domain",
        "mesh.yaml:15: a comment on 'clearances' is left out: # the last word",
        "clearances/financial.yaml: from now on platform@x.example decides who holds 'financial', for it has no "
        "members, and mesh.yaml is theirs; review 'approvers' and 'description'",
        "clearances/general.yaml: from now on ads@x.example decides who holds 'general', for its members name them "
        "under 'approved-by'; review 'approvers' and 'description'",
        "clearances/pii.yaml: from now on office@x.example and privacy@x.example decide who holds 'pii', for its "
        "members name them under 'approved-by'; review 'approvers' and 'description'",
    ]


def test_a_mesh_of_the_present_form_stays() -> None:
    once = {**BEFORE, **migrate(BEFORE).files}
    again = migrate(once)
    assert (again.files, again.remarks) == ({}, [])


@pytest.mark.parametrize("done", [[], ["clearances/pii.yaml"], ["clearances/pii.yaml", "mesh.yaml"]])
def test_a_run_that_was_interrupted_is_finished_by_the_next(done: list[str]) -> None:
    whole = migrate(BEFORE).files
    half = {**BEFORE, **{name: whole[name] for name in (*done, "clearances/general.yaml", "clearances/financial.yaml")}}
    assert {**half, **migrate(half).files} == {**BEFORE, **whole}


def test_a_member_that_a_branch_still_adds_to_a_domain_comes_without_new_approvers() -> None:
    files = {**BEFORE, **migrate(BEFORE).files}
    line = "{group: shop-x, clearance: pii, use: x, approved-by: me@evil.example, review: 9999-12-31}"
    files["domains/shop.yaml"] = f"owner: 3\nmembers: [{line}]\n"
    result = migrate(files)
    assert result.files["domains/shop.yaml"] == "owner: 3\n"
    pii = files["clearances/pii.yaml"]
    new = "  - {group: shop-x, domain: shop, use: x, approved-by: me@evil.example, review: 9999-12-31}\n"
    assert result.files["clearances/pii.yaml"] == pii + new
    assert result.remarks == ["clearances/pii.yaml: 'shop-x' of 'shop' is added; its approvers are as before"]


@pytest.mark.parametrize(
    "text",
    [
        "members: []\n",
        "members:\n",
        "",
        "members:\n- {group: a, domain: b}\n",
        "members:\n -   {group: a, domain: b}\n",
    ],
)
def test_a_member_is_added_to_any_form_of_the_list(text: str) -> None:
    files = {"mesh.yaml": "name: x\n", "domains/shop.yaml": SHOP, "clearances/pii.yaml": f"reads: [pii]\n{text}"}
    added = yaml.safe_load(migrate(files).files["clearances/pii.yaml"])
    before: list[dict[str, str]] = yaml.safe_load(files["clearances/pii.yaml"]).get("members") or []
    assert added["reads"] == ["pii"]
    assert [each["group"] for each in added["members"]] == [*(each["group"] for each in before), "shop-analysts"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"domains/shop.yaml": SHOP.replace("pii", "pi")},
         "domains/shop.yaml:2:3: group 'shop-analysts' holds clearance 'pi', which does not exist; financial, general "
         "and pii do"),
        ({"domains/shop.yaml": SHOP.replace("clearance: pii, ", "")},
         "domains/shop.yaml:2:3: this member lacks clearance; mend it, then run `mesh migrate` again"),
        ({"domains/shop.yaml": SHOP.replace("use:", "domain: shop, use:")},
         "domains/shop.yaml:2:3: this member has domain; mend it, then run `mesh migrate` again"),
        ({"domains/shop.yaml": "members: 3\n"}, "domains/shop.yaml:1:10: a list of members is expected here"),
        ({"mesh.yaml": "clearances: [pii]\nowner: {email: a@b.example}\n", "domains/shop.yaml": "x: 1\n",
          "domains/ads.yaml": "x: 1\n"}, "mesh.yaml:1:13: a line for each clearance is expected here"),
        ({"mesh.yaml": MESH.replace("pii: [pii]", "pii: pii"), "domains/shop.yaml": "x: 1\n",
          "domains/ads.yaml": "x: 1\n"},
         "mesh.yaml:9:8: clearance 'pii' has no list of classifications; write [] if it reads none"),
        ({"mesh.yaml": MESH.replace("pii: [pii]", "pii:")},
         "mesh.yaml:9:7: clearance 'pii' has no list of classifications; write [] if it reads none"),
        ({"mesh.yaml": "clearances:\nowner: {email: a@b.example}\n"},
         "mesh.yaml:1:12: a line for each clearance is expected here"),
        ({"domains/shop.yaml": SHOP.replace("clearance: pii", 'clearance: "p\\ni"')},
         r"domains/shop.yaml:2:3: group 'shop-analysts' holds clearance 'p\ni', which does not exist; financial, "
         "general and pii do"),
        ({"mesh.yaml": "{name: tiny, clearances: {pii: [pii]}}\n"},
         "mesh.yaml:1:1: a key on each line is expected at the top of the file, without braces around all of them"),
        ({"clearances/pii.yaml": "reads: [financial]\n"},
         "clearances/pii.yaml:1:8: mesh.yaml has clearance 'pii', too, and it reads pii there; remove one of the two"),
    ],
)  # fmt: skip
def test_what_cannot_be_moved_is_told_and_nothing_else_is_done(changes: Mapping[str, str], told: str) -> None:
    with pytest.raises(BadInputError) as refused:
        migrate({**BEFORE, **changes})
    assert [str(finding) for finding in refused.value.findings] == [told]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../../evil", "'../../evil' is not a name that fits here"),
        ("/etc/evil", "'/etc/evil' is not a name that fits here"),
        ('"a\\nb"', r"'a\nb' is not a name that fits here"),
        ('"a\\0"', r"'a\u0000' is not a name that fits here"),
        ("General", "'General' is not a name that fits here"),
        ("pii.yaml", "'pii.yaml' is not a name that fits here"),
        ('""', "'' is not a name that fits here"),
        ("x" * 41, "is not a name that fits here"),
        ("3", "the key '3' is a number to YAML; a key is a text"),
        ("true", "the key 'true' is a truth value to YAML"),
        ("~", "the key '~' is no text to YAML"),
        ("? [a, b]\n  ", "a list or a group of keys stands where a key is expected"),
    ],
)
def test_what_is_no_name_becomes_no_file(name: str, told: str) -> None:
    mesh = f"name: x\nowner: {{email: a@b.example}}\nclearances:\n  good: []\n  {name}: []\n"
    with pytest.raises(BadInputError) as refused:
        migrate({"mesh.yaml": mesh})
    (finding,) = refused.value.findings
    assert str(finding).startswith("mesh.yaml:5:")
    assert told in finding.message


@given(st.text(max_size=12) | st.sampled_from(("..", "../x", "a/b", "a--b", "a\\b", "con", "a" * 41)))
def test_whatever_a_clearance_is_called_its_file_stands_beside_the_others(name: str) -> None:
    mesh = yaml.safe_dump({"name": "x", "owner": {"email": "a@b.example"}}) + f"clearances:\n  {json.dumps(name)}: []\n"
    try:
        files = migrate({"mesh.yaml": mesh}).files
    except BadInputError:
        return
    assert files.keys() == {"mesh.yaml", f"clearances/{name}.yaml"}
    assert re.fullmatch("[a-z0-9-]+", name)


TEXTS = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1, max_size=20)
ODD = ("yes", "3", "1.5", "2027-01-01", "x # y", "a: b", "[", "- x", "'", '"', "1e3", "~")
MEMBERS = st.fixed_dictionaries(
    {
        "group": st.sampled_from(("a", "null", "y-1", "e10")),
        "clearance": st.sampled_from(("general", "pii")),
        "use": TEXTS | st.sampled_from(ODD),
        "approved-by": st.sampled_from(("a@b.example", "o'neil+x@b.example")),
        "review": st.dates().map(str),
    }
)
STYLES = st.sampled_from((True, False, None))


@given(
    ads=st.lists(MEMBERS, max_size=4, unique_by=lambda one: (one["group"], one["clearance"])),
    shop=st.lists(MEMBERS, max_size=2, unique_by=lambda one: (one["group"], one["clearance"])),
    style=STYLES,
)
def test_nobody_gains_or_loses_whatever_the_texts_and_styles(
    ads: list[dict[str, str]], shop: list[dict[str, str]], style: bool | None
) -> None:
    top = "name: x\nowner: {team: a, email: a@b.example}\nclearances: {general: [], pii: [pii]}\n"
    files = {"mesh.yaml": top}
    for name, members in (("ads", ads), ("shop", shop)):
        text = yaml.safe_dump(members, default_flow_style=style, sort_keys=False, allow_unicode=True)
        body = text if style else "".join(f"  {line}\n" for line in text.splitlines())
        is_inline = style or not members
        files[f"domains/{name}.yaml"] = f"members: {text}tail: 1\n" if is_inline else f"members:\n{body}tail: 1\n"
    # What is checked is read by another reader than the one that writes.
    before = {
        (member["clearance"], member["group"], name, member["use"], member["approved-by"], member["review"])
        for name in ("ads", "shop")
        for member in yaml.load(files[f"domains/{name}.yaml"], yaml.BaseLoader)["members"]
    }
    result = migrate(files)
    after = {
        (clearance, one["group"], one["domain"], one["use"], one["approved-by"], one["review"])
        for clearance in ("general", "pii")
        for one in yaml.load(result.files[f"clearances/{clearance}.yaml"], yaml.BaseLoader).get("members", [])
    }
    assert after == before
    assert {name: yaml.safe_load(result.files[name]) for name in files if name != "mesh.yaml"} == {
        "domains/ads.yaml": {"tail": 1},
        "domains/shop.yaml": {"tail": 1},
    }
    assert "clearances" not in yaml.safe_load(result.files["mesh.yaml"])
    assert migrate({**files, **result.files}).files == {}
