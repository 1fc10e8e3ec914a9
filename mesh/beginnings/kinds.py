"""Kinds of beginnings: the questions of each, and the files that its answers make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mesh.beginnings import (
    domain_beginning,
    exception_beginning,
    partner_beginning,
    people_beginning,
    pipeline_beginning,
    product_beginning,
)
from mesh.beginnings.new_files import NewFiles
from mesh.beginnings.question import BeginningQuestion, GivenAnswers, Ground


@dataclass(frozen=True, slots=True)
class Beginning:
    """A beginning: what is asked, in its order, and what comes of the answers."""

    questions: Sequence[BeginningQuestion]
    files: Callable[[Ground, GivenAnswers], NewFiles]


KINDS: Final[Mapping[str, Beginning]] = {
    "domain": Beginning(domain_beginning.EVERY_QUESTION, domain_beginning.files),
    "product": Beginning(product_beginning.QUESTIONS, product_beginning.files),
    "table": Beginning(product_beginning.TABLE_QUESTIONS, product_beginning.table_files),
    "member": Beginning(people_beginning.MEMBER_QUESTIONS, people_beginning.member_files),
    "consumer": Beginning(people_beginning.CONSUMER_QUESTIONS, people_beginning.consumer_files),
    "partner": Beginning(partner_beginning.PARTNER_QUESTIONS, partner_beginning.partner_files),
    "agreement": Beginning(partner_beginning.AGREEMENT_QUESTIONS, partner_beginning.agreement_files),
    "exception": Beginning(exception_beginning.QUESTIONS, exception_beginning.files),
    "pipeline": Beginning(pipeline_beginning.QUESTIONS, pipeline_beginning.files),
}
