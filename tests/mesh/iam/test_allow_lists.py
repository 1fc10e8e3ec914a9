"""Allow lists: the documents together refuse exactly what no file allows, however the services are split among them."""

from __future__ import annotations

import fnmatch
import random
from string import ascii_lowercase

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mesh.aws.allowed_actions import AllowedAction, ListedService, allowed_actions, listed_services
from mesh.aws.universe import universe
from mesh.evaluator.policies import compiled
from mesh.iam.scp.allow_lists import ALLOW_LISTS, AllowList, ServicePart, allow_lists, documents
from mesh.iam.statement import Document
from mesh.plan import Plan

MOST = 6
"""The most documents of allow lists that a node may have."""


def denied(made: tuple[Document, ...], action: str) -> bool:
    policies = [compiled(f"list {number}", each.as_json()) for number, each in enumerate(made)]
    return any(policy.denies(action.lower()) for policy in policies)


def test_every_action_of_the_reference_is_refused_unless_a_file_allows_it() -> None:
    made = [compiled(name, document.as_json()) for name, document in allow_lists().items()]
    services = listed_services()
    wrong = [
        f"{prefix}:{name}"
        for prefix, names in universe().names.items()
        for name in names
        if any(policy.denies(f"{prefix}:{name}".lower()) for policy in made)
        == (prefix in services and name in services[prefix].allowed)
    ]
    assert wrong == []


def test_no_wildcard_stands_for_an_action_of_the_document_itself() -> None:
    for each in ALLOW_LISTS:
        (statement,) = allow_lists()[each.subject].statements
        own = {part.prefix for part in each.parts}
        wide = [name for name in statement.not_actions if "*" in name]
        assert [name for name in wide if name.partition(":")[0] in own] == []
        assert all(name.endswith(":*") for name in wide)


def test_the_documents_are_few_and_have_room_to_grow(plan: Plan) -> None:
    assert len(allow_lists()) <= MOST
    assert {subject: document.size for subject, document in allow_lists().items() if document.size > 8192} == {}
    for unit in ("governance", "domains", "partners"):
        attached = [each for each in plan.organization.args.policies if unit in each.targets]
        assert sum(each.document in allow_lists().values() for each in attached) == len(allow_lists())


def test_no_statement_of_a_unit_names_an_action_that_is_refused_to_everybody(plan: Plan) -> None:
    """It would refuse what is refused already; those at the root bind accounts outside of the units as well."""
    allowed = [name.lower() for name, _ in allowed_actions()]
    named = {
        (statement.sid, action)
        for policy in plan.organization.args.policies
        if policy.type == "SERVICE_CONTROL_POLICY" and "domains" in policy.targets
        for statement in policy.document.statements
        for action in statement.actions
    }
    assert [each for each in sorted(named) if not fnmatch.filter(allowed, each[1].lower())] == []


def test_one_action_more_changes_one_document() -> None:
    services = dict(listed_services())
    action = AllowedAction(name="New", can=("nothing",), bound=(), reason="New.")
    glue = services["glue"]
    services["glue"] = ListedService(
        prefix="glue", use=glue.use, allowed={**glue.allowed, "New": action}, refused=glue.refused
    )
    before, after = documents(ALLOW_LISTS, listed_services()), documents(ALLOW_LISTS, services)
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 1


@pytest.mark.parametrize(
    ("lists", "words"),
    [
        (ALLOW_LISTS[1:], "it stands in one document of ALLOW_LISTS"),
        ((*ALLOW_LISTS, ALLOW_LISTS[0]), "it stands in one document of ALLOW_LISTS"),
        ((*ALLOW_LISTS, AllowList("Moon", (ServicePart("moonbase"),))), "moonbase.yaml is missing"),
    ],
)
def test_a_service_in_no_document_or_in_two_is_refused(lists: tuple[AllowList, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        documents(lists, listed_services())


@given(seed=st.integers(0, 10_000), number=st.integers(1, 5), share=st.floats(0, 1))
@settings(max_examples=25)
def test_however_services_are_split_the_documents_refuse_exactly_the_rest(seed: int, number: int, share: float) -> None:
    """Of two services, one is split by its first letters: what both halves list and what neither does is asked."""
    chosen = random.Random(seed)
    names = {"a": ("Get", "Put", "List", "Zip"), "b": ("Be", "Do"), "c": ("X",)}
    allowed = {prefix: {name for name in every if chosen.random() < share} for prefix, every in names.items()}
    action = AllowedAction(name="", can=("nothing",), bound=(), reason="x")
    services = {
        prefix: ListedService(prefix=prefix, use="x", allowed=dict.fromkeys(every, action), refused={})
        for prefix, every in allowed.items()
    }
    letters = "".join(chosen.sample(ascii_lowercase, chosen.randint(1, 25)))
    others = "".join(letter for letter in ascii_lowercase if letter not in letters)
    parts = [ServicePart("a", letters), ServicePart("a", others), ServicePart("b"), ServicePart("c")]
    split: list[list[ServicePart]] = [[] for _ in range(number)]
    for part in parts:
        split[chosen.randrange(number)].append(part)
    # One service's two halves in one document are one part.
    lists = tuple(AllowList(f"L{n}", _joined(each)) for n, each in enumerate(split) if each)
    # A document of one service of which nothing is allowed would have an empty list, which AWS does not take.
    assume(len(lists) > 1 or any(allowed.values()))
    made = documents(lists, services)
    for prefix, every in (*names.items(), ("d", ("New",))):
        for name in (*every, "Brand", "gone", "Zz"):
            assert denied(made, f"{prefix}:{name}") == (name not in allowed.get(prefix, ()))


def _joined(parts: list[ServicePart]) -> tuple[ServicePart, ...]:
    letters: dict[str, str] = {}
    for part in parts:
        letters[part.prefix] = letters.get(part.prefix, "") + part.letters
    return tuple(ServicePart(prefix, "".join(sorted(each))) for prefix, each in letters.items())
