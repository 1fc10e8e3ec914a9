"""Rules of mesh.yaml: classifications and other words for them, the prefix of bucket names."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator
from typing import Final

from mesh.contracts.labels import look
from mesh.findings import KeyPath, Problem, listed, unknown
from mesh.model.addresses import Network
from mesh.plan.rules.context import CrossFileRule, RuleContext

RESERVED_PREFIX: Final = "sthree"
"""Prefix that S3 reserves (S3 User Guide, "General purpose bucket naming rules")."""


def words_have_one_meaning(context: RuleContext) -> Iterator[Problem]:
    """Words of contracts mean one thing: a classification, no label, or what an alias of mesh.yaml says."""
    file = context.mesh.file
    for number, word in enumerate(file.no_label):
        path = ("no-label", number)
        if word in file.classifications:
            yield Problem(
                "mesh.yaml", path, f"'{word}' is a classification, and cannot mean no label as well; keep one"
            )
        elif word in file.classification_aliases:
            message = (
                f"'{word}' means no label here, and stands for a classification in 'classification-aliases'; keep one"
            )
            yield Problem("mesh.yaml", path, message)
        elif word in file.no_label[:number]:
            yield Problem("mesh.yaml", path, f"'{word}' stands twice; name it once")
    for word, meant in file.classification_aliases.items():
        path = ("classification-aliases", word)
        if word in file.classifications:
            message = f"'{word}' is a classification itself, and needs no other meaning; remove the line"
            yield Problem("mesh.yaml", path, message, on_key=True)
        if not meant:
            message = f"'{word}' stands for no classification; write it under 'no-label', if it means that"
            yield Problem("mesh.yaml", path, message)
        for number, name in enumerate(meant):
            if name not in file.classifications and context.words_are_known:
                yield Problem("mesh.yaml", (*path, number), unknown("classification", name, file.classifications))


def words_that_look_alike_mean_the_same(context: RuleContext) -> Iterator[Problem]:
    """Words of contracts that differ in case or in letters that look alike have one meaning."""
    file = context.mesh.file
    meanings: dict[str, tuple[str, tuple[str, ...]]] = {look(name): (name, (name,)) for name in file.classifications}
    said: list[tuple[KeyPath, str, tuple[str, ...]]] = [
        *(
            (("classification-aliases", word), word, tuple(sorted(set(meant))))
            for word, meant in file.classification_aliases.items()
        ),
        *((("no-label", number), word, ()) for number, word in enumerate(file.no_label)),
    ]
    for path, word, meant in said:
        first, meaning = meanings.setdefault(look(word), (word, meant))
        # The same word twice has findings of its own.
        if word != first and meaning != meant:
            message = (
                f"'{word}' looks like '{first}', which means something else; people take one for the other: remove it"
            )
            yield Problem("mesh.yaml", path, message, on_key=path[0] != "no-label")


def classifications_that_are_in_use_are_there(context: RuleContext) -> Iterator[Problem]:
    """Classifications that clearances read and columns carry are in the list: one that was removed is told here."""
    file = context.mesh.file
    read = {name: clearance for clearance, one in context.mesh.clearances.items() for name in one.reads}
    carried = Counter(label for labels in context.labels.values() for label in labels)
    for name in sorted(read.keys() & carried.keys() - file.classifications.keys()):
        if context.words_are_known:
            products = f"{carried[name]} product{'s carry' if carried[name] > 1 else ' carries'}"
            message = (
                f"'{name}' is no classification here, and clearance '{read[name]}' reads it and {products} it; "
                f"allowed: {listed(file.classifications)}; put the line of '{name}' back, or take it out there first"
            )
            yield Problem("mesh.yaml", ("classifications",), message, on_key=True)


def the_prefix_is_free(context: RuleContext) -> Iterator[Problem]:
    """Bucket names do not begin with the prefix that S3 reserves."""
    if context.mesh.file.name == RESERVED_PREFIX:
        message = f"S3 keeps bucket names beginning with '{RESERVED_PREFIX}-' for itself; choose another name"
        yield Problem("mesh.yaml", ("name",), message)


def people_have_each_address_once(context: RuleContext) -> Iterator[Problem]:
    """Ranges of `people-addresses` stand once, and none lies in another."""
    ranges = [ipaddress.ip_network(text) for text in context.mesh.file.people_addresses]
    for number, one in enumerate(ranges):
        path = ("people-addresses", number)
        if one in ranges[:number]:
            yield Problem("mesh.yaml", path, f"{one} stands twice; name it once")
            continue
        wider = next((other for other in ranges if other != one and _lies_in(one, other)), None)
        if wider:
            yield Problem(
                "mesh.yaml", path, f"{one} lies in {wider}, which is on the list as well; remove one of the two"
            )


def _lies_in(one: Network, other: Network) -> bool:
    return one.version == other.version and one.subnet_of(other)  # pyright: ignore[reportArgumentType]  # of one version


def snapshots_outlive_the_lag(context: RuleContext) -> Iterator[Problem]:
    """Snapshots of drafts are kept longer than a publication may lag: what is published names files of one of them."""
    defaults = context.mesh.file.defaults
    if defaults.snapshots <= defaults.publication_lag:
        message = (
            f"tables keep snapshots for {defaults.snapshots} days, and a publication may lag for "
            f"{defaults.publication_lag}: files that readers still need would be deleted; write more than "
            f"{defaults.publication_lag} days"
        )
        yield Problem("mesh.yaml", ("defaults", "snapshots"), message)


RULES: Final[tuple[CrossFileRule, ...]] = (
    words_have_one_meaning,
    words_that_look_alike_mean_the_same,
    classifications_that_are_in_use_are_there,
    the_prefix_is_free,
    people_have_each_address_once,
    snapshots_outlive_the_lag,
)
