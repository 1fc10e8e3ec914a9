"""A newcomer looks for a thing by its plain words: a file's path or a module's first line has to lead there.

The words are what a person types who does not know the house; a question is answered when the right file is among at
most six that the words match.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import pytest

from tests.house.tree import Module, modules

MOST = 6
"""Files that somebody opens before giving up."""


class Search(NamedTuple):
    """What is looked for, the words typed, and the file that holds it."""

    what: str
    words: tuple[str, ...]
    file: str


SEARCHES: Final = (
    Search(
        "the bucket policy of a data product", ("bucket policy", "bucket_policy"), "mesh/iam/product/bucket_policy.py"
    ),
    Search("the SCP that refuses other regions", ("region",), "mesh/iam/scp/regions.py"),
    Search("the resource control policies", ("rcp", "resource control"), "mesh/iam/rcp/organization.py"),
    Search("the permissions boundary", ("boundary",), "mesh/iam/roles/boundary.py"),
    Search("the actions of AWS that are allowed", ("allowed",), "mesh/aws/allowed_actions.py"),
    Search("the SCPs that list them", ("allow list", "allowed"), "mesh/iam/scp/allow_lists.py"),
    Search("the bucket policy of a partner's inbox", ("inbox",), "mesh/iam/partner.py"),
    Search("what a clearance reads, as an LF-tag expression", ("lf-tag", "expression"), "mesh/plan/nodes/clearance.py"),
    Search("the command `mesh as`", ("mesh as", "impersonat"), "cli/assume.py"),
    Search("where the evaluator decides a request", ("evaluat",), "mesh/evaluator/decide.py"),
    Search("the operators of conditions", ("condition", "operator"), "mesh/evaluator/conditions.py"),
    Search("how a plan becomes the evaluator's world", ("world",), "mesh/access/from_plan.py"),
    Search("how the engine creates, updates, deletes", ("create", "update"), "sandbox/engine/work.py"),
    Search("how the engine decides on a replacement", ("replace", "diff"), "sandbox/engine/deployment.py"),
    Search("what runs the stacks one after the other", ("stacks", "order"), "sandbox/runs/workspace.py"),
    Search("where the states of the stacks are kept", ("state",), "sandbox/runs/states.py"),
    Search("credentials for `mesh as`", ("credential",), "sandbox/rehearsal/credentials.py"),
    Search("who makes the live calls", ("caller", "principal"), "sandbox/rehearsal/personas.py"),
    Search("the rule that agreements expire", ("agreement",), "mesh/plan/rules/agreements.py"),
    Search("the Athena workgroup", ("workgroup",), "components/account_baseline.py"),
    Search("what of moto is patched", ("patch", "moto"), "sandbox/emulator/moto_patches.py"),
)


def candidates(words: Iterable[str], every: Iterable[Module]) -> list[str]:
    """The files whose path or first line has one of the words."""
    return [each.path for each in every if any(w in each.path or w in each.first_line.lower() for w in words)]


UNANSWERED: Final = {
    "where the evaluator decides a request": "the evaluator is a folder of more than six files",
    "what runs the stacks one after the other": "many files are about stacks, and most of them in some order",
    "where the states of the stacks are kept": "a statement of a policy has the word in it",
}
"""Searches that lead to too many files, with the reason. At most three in all; the right file is among them."""


@pytest.mark.parametrize("search", SEARCHES, ids=lambda search: search.what)
def test_it_is_found_by_a_path_or_a_first_line(search: Search) -> None:
    found = candidates(search.words, modules())
    assert search.file in found, f"not among {found}"
    assert (len(found) <= MOST) == (search.what not in UNANSWERED), found


def test_few_searches_have_no_answer() -> None:
    assert {search.what for search in SEARCHES} > set(UNANSWERED)
    assert (len(SEARCHES), len(UNANSWERED)) == (21, 3)


def test_a_search_that_leads_nowhere_or_to_too_many_is_noticed() -> None:
    every = [Module(f"mesh/{name}.py", '"""Buckets and their policies."""') for name in "abcdefgh"]
    assert candidates(["inbox"], every) == []
    assert len(candidates(["bucket"], every)) > MOST
