"""Insertions into files that people wrote: every byte that was there stays, and what is added is what was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh.beginnings.yaml_insertions import YamlEntry, added
from mesh.beginnings.yaml_scalars import scalar
from mesh.findings import KeyPath, NotPossibleError


class Edit(NamedTuple):
    """A file in a form that somebody could have chosen, an entry, and the lines that the insertion adds."""

    name: str
    before: str
    path: KeyPath
    entry: YamlEntry
    after: str


PRODUCT = YamlEntry("{kind: ml, ports: [files]}", "new")
ITEM = YamlEntry("{group: a, review: 2027-01-01}")
BLOCK = YamlEntry("rule: x\nreason: y\n")

EDITS = (
    Edit(
        "a block",
        "products:\n  a: {kind: ml}\n",
        ("products",),
        PRODUCT,
        "products:\n  a: {kind: ml}\n  new: {kind: ml, ports: [files]}\n",
    ),
    Edit(
        "a comment behind the last entry, and one that belongs to the next key",
        "products:\n  a: {kind: ml} # why\n\n# of the next\nconsumes: []\n",
        ("products",),
        PRODUCT,
        "products:\n  a: {kind: ml} # why\n  new: {kind: ml, ports: [files]}\n\n# of the next\nconsumes: []\n",
    ),
    Edit(
        "comments in the block stay with it",
        "products:\n  a: {kind: ml}\n  # b was removed\n    # in 2026\nconsumes: []\n",
        ("products",),
        PRODUCT,
        "products:\n  a: {kind: ml}\n  # b was removed\n    # in 2026\n  new: {kind: ml, ports: [files]}\n"
        "consumes: []\n",
    ),
    Edit(
        "line breaks of Windows",
        "products:\r\n  a: {kind: ml}\r\nconsumes: []\r\n",
        ("products",),
        PRODUCT,
        "products:\r\n  a: {kind: ml}\r\n  new: {kind: ml, ports: [files]}\r\nconsumes: []\r\n",
    ),
    Edit(
        "a byte order mark",
        "\ufeffproducts:\n  a: {kind: ml}\n",
        ("products",),
        PRODUCT,
        "\ufeffproducts:\n  a: {kind: ml}\n  new: {kind: ml, ports: [files]}\n",
    ),
    Edit(
        "no line break at the end",
        "products:\n    a: {kind: ml}",
        ("products",),
        PRODUCT,
        "products:\n    a: {kind: ml}\n    new: {kind: ml, ports: [files]}\n",
    ),
    Edit(
        "a comment at the end without a line break",
        "members:\n- {a: 1}\n# end",
        ("members",),
        ITEM,
        "members:\n- {a: 1}\n- {group: a, review: 2027-01-01}\n# end",
    ),
    Edit(
        "nothing in the brackets",
        "owner: x\nproducts: {}   # none yet\n",
        ("products",),
        PRODUCT,
        "owner: x\nproducts: {new: {kind: ml, ports: [files]}}   # none yet\n",
    ),
    Edit(
        "a whole file in brackets",
        "{owner: x, products: {a: {kind: ml}}}\n",
        ("products",),
        PRODUCT,
        "{owner: x, products: {a: {kind: ml}, new: {kind: ml, ports: [files]}}}\n",
    ),
    Edit(
        "a whole file in brackets without the key",
        "{owner: x}",
        ("members",),
        ITEM,
        "{owner: x, members: [{group: a, review: 2027-01-01}]}",
    ),
    Edit(
        "a list in brackets over lines, with comments",
        "consumes: [\n  a.b, # why\n  c.d # why too\n] # all\n",
        ("consumes",),
        YamlEntry("e.f"),
        "consumes: [\n  a.b, # why\n  c.d, # why too\n  e.f\n] # all\n",
    ),
    Edit(
        "a comma before the bracket",
        "consumes: [ a.b, c.d, ]\n",
        ("consumes",),
        YamlEntry("e.f"),
        "consumes: [ a.b, c.d, e.f ]\n",
    ),
    Edit(
        "a comma before the bracket, over lines",
        "consumes: [\n    a.b,   # why\n]\n",
        ("consumes",),
        YamlEntry("e.f"),
        "consumes: [\n    a.b,   # why\n    e.f,\n]\n",
    ),
    Edit(
        "the key is missing, below a comment",
        "description: x\n# the end\n",
        ("members",),
        ITEM,
        "description: x\nmembers:\n  - {group: a, review: 2027-01-01}\n# the end\n",
    ),
    Edit(
        "the key is missing, and the last value is a long text",
        "owner: x\ndescription: >-\n  One\n  two.\n\n",
        ("members",),
        ITEM,
        "owner: x\ndescription: >-\n  One\n  two.\n\nmembers:\n  - {group: a, review: 2027-01-01}\n",
    ),
    Edit(
        "dashes below their key",
        "members:\n- {a: 1}\n- {a: 2}\nz: 1\n",
        ("members",),
        ITEM,
        "members:\n- {a: 1}\n- {a: 2}\n- {group: a, review: 2027-01-01}\nz: 1\n",
    ),
    Edit(
        "dashes far out, entries farther",
        "exceptions:\n    -   rule: a\n        reason: b\nz: 1\n",
        ("exceptions",),
        BLOCK,
        "exceptions:\n    -   rule: a\n        reason: b\n    -   rule: x\n        reason: y\nz: 1\n",
    ),
    Edit(
        "quotes and odd spaces",
        "'products' :\n   \"a b\" :   {kind:   ml}   \n\n\nz:   1  # x\n",
        ("products",),
        PRODUCT,
        "'products' :\n   \"a b\" :   {kind:   ml}   \n   new: {kind: ml, ports: [files]}\n\n\nz:   1  # x\n",
    ),
    Edit(
        "a key in an entry that is in brackets",
        "products:\n  a: {kind: ml, ports: [files]} # x\n",
        ("products", "a"),
        YamlEntry("script: a.py\nreads:\n  - b.c\n", "pipeline"),
        "products:\n  a: {kind: ml, ports: [files], pipeline: {script: a.py, reads: [b.c]}} # x\n",
    ),
    Edit(
        "a key in an entry of lines",
        "products:\n  a:\n     kind: ml # x\n  b: {}\n",
        ("products", "a"),
        YamlEntry("script: a.py\n", "pipeline"),
        "products:\n  a:\n     kind: ml # x\n     pipeline:\n       script: a.py\n  b: {}\n",
    ),
    Edit(
        "marks of a document",
        "%YAML 1.2\n---\n# head\nproducts:\n  a: {}\n...\n",
        ("products",),
        PRODUCT,
        "%YAML 1.2\n---\n# head\nproducts:\n  a: {}\n  new: {kind: ml, ports: [files]}\n...\n",
    ),
    Edit(
        "a text in quotes over lines",
        "products:\n  a: {kind: \"m\n    l\"}\nz: 'it''s\n  # no comment'\n",
        ("products",),
        PRODUCT,
        "products:\n  a: {kind: \"m\n    l\"}\n  new: {kind: ml, ports: [files]}\nz: 'it''s\n  # no comment'\n",
    ),
    Edit(
        "marks in texts",
        "consumes: ['a]', \"b#c\", d#e]\n",
        ("consumes",),
        YamlEntry("e.f"),
        "consumes: ['a]', \"b#c\", d#e, e.f]\n",
    ),
    Edit(
        "letters of more than one byte",
        "description: Größe 🎬 – “x”\nproducts:\n  a: {t: é} # ü\n",
        ("products",),
        PRODUCT,
        "description: Größe 🎬 – “x”\nproducts:\n  a: {t: é} # ü\n  new: {kind: ml, ports: [files]}\n",
    ),
)


def is_kept(before: str, after: str) -> bool:
    """Whether the characters of a text stand in another in their order: nothing was taken out."""
    rest = iter(after)
    return all(one in rest for one in before)


def comments(text: str) -> list[str]:
    return [line[line.index("#") :] for line in text.splitlines() if re.search(r"(^|\s)#", line)]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_an_edit_adds_its_lines_and_touches_nothing_else(edit: Edit) -> None:
    after = added(edit.before, edit.path, edit.entry, "stacks/a.yaml")
    assert after == edit.after
    assert is_kept(edit.before, after)
    assert comments(after) == comments(edit.before)


def test_there_are_twenty_edits_at_the_least() -> None:
    assert len(EDITS) >= 20


REFUSED = (
    ("a: &x {b: 1}\nproducts: *x\n", ("products",), PRODUCT),
    ("products: text\n", ("products",), PRODUCT),
    ("products:\n  new: {}\n", ("products",), PRODUCT),
    ("products:\n  a: |\n    text", ("products",), PRODUCT),
    ("products:\n", ("products",), PRODUCT),
    ("members:\n  a: 1\n", ("members",), ITEM),
)


@pytest.mark.parametrize(("before", "path", "entry"), REFUSED)
def test_a_form_without_a_safe_place_is_refused_with_the_line_to_write(
    before: str, path: KeyPath, entry: YamlEntry
) -> None:
    with pytest.raises(NotPossibleError) as refused:
        added(before, path, entry, "stacks/a.yaml")
    told = str(refused.value)
    assert told.startswith(
        f"stacks/a.yaml: nothing can be added below '{path[0]}' without touching what stands there ("
    )
    assert told.endswith(f"add it by hand: {'new: ' if entry.key else '- '}{entry.value}")


# ---- any file


NAMES = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=12).map(str.strip)
SPACES = st.sampled_from(["", " ", "   "])
COMMENTS = st.sampled_from(["", " # a comment", "   # it's [odd}: # twice"])


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file of a mesh in some form: blocks and brackets, comments, blank lines, quotes, indents, line breaks."""
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    indent = " " * draw(st.integers(1, 5))
    lines = list(draw(st.lists(st.sampled_from(["# head", "", "---"]), max_size=1)))
    keys = draw(st.lists(NAMES.filter(lambda key: key != "things"), max_size=3, unique=True))
    position = draw(st.integers(0, len(keys)))
    for key in [*keys[:position], "things", *keys[position:]]:
        if key == "things":
            lines += list(_things(draw, indent))
        else:
            lines.append(f"{key}:{draw(SPACES.filter(bool))}{scalar(draw(TEXTS))}{draw(COMMENTS)}")
        lines += draw(st.lists(st.sampled_from(["", "# aside", f"{indent}# inside"]), max_size=2))
    return draw(st.sampled_from(["", "\ufeff"])) + newline.join(lines) + draw(st.sampled_from(["", newline]))


def _things(draw: st.DrawFn, indent: str) -> Iterator[str]:
    names = draw(st.lists(NAMES.filter(lambda key: key != "new"), min_size=0, max_size=3, unique=True))
    flow = [f"{name}:{draw(SPACES.filter(bool))}{scalar(draw(TEXTS))}" for name in names]
    if not names or draw(st.booleans()):
        space = draw(SPACES)
        yield f"things: {{{space}{f',{draw(SPACES)} '.join(flow)}{space}}}{draw(COMMENTS)}"
        return
    yield f"things:{draw(COMMENTS)}"
    for line in flow:
        yield f"{indent}{line}{draw(COMMENTS)}"
        yield from draw(st.lists(st.sampled_from(["", f"{indent}# between", "# at the margin"]), max_size=1))


@settings(max_examples=40)
@given(files(), TEXTS)
def test_any_file_keeps_its_characters_and_gains_the_key(text: str, value: str) -> None:
    _require_gain(text, value)


@pytest.mark.long
@settings(max_examples=300)
@given(files(), TEXTS)
def test_very_many_files_keep_their_characters_and_gain_the_key(text: str, value: str) -> None:
    _require_gain(text, value)


def _require_gain(text: str, value: str) -> None:
    before: Any = yaml.safe_load(text.removeprefix("\ufeff"))
    after = added(text, ("things",), YamlEntry(scalar(value), "new"), "stacks/a.yaml")
    # PyYAML is neither of the parsers that the insertion itself asks.
    assert yaml.safe_load(after.removeprefix("\ufeff")) == {**before, "things": {**before["things"], "new": value}}
    assert is_kept(text, after)
    if "#" not in text.replace("# ", "") + value:  # else what looks like a comment may be a text
        assert [line.rstrip("}") for line in comments(after)] == [line.rstrip("}") for line in comments(text)]
    assert (after[:1] == "\ufeff") == (text[:1] == "\ufeff")


@settings(max_examples=100)
@given(st.text(max_size=20))
def test_a_scalar_is_read_back_in_a_block_and_in_brackets(text: str) -> None:
    if any(not one.isprintable() for one in text):
        return
    for written, path in ((f"a: {scalar(text)}\n", ("a",)), (f"{{b: [{scalar(text)}, 1]}}\n", ("b", 0))):
        found: Any = yaml.safe_load(written)
        for step in path:
            found = found[step]
        assert found == text, written


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "Off",
        "null",
        "~",
        "1e3",
        "0x1f",
        "012",
        "1:30",
        "2027-01-01",
        "-",
        "a: b",
        "a #b",
        "x,y",
        "[x",
        "",
        " a",
        "@a",
        "`a`",
        "%a",
        "!a",
        "&a",
        "*a",
        "=",
        "<<",
        ".inf",
    ],
)
def test_a_text_that_yaml_would_take_for_something_else_stands_in_quotes(text: str) -> None:
    assert scalar(text) == f'"{text}"'
