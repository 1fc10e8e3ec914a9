"""Beginnings of readers: a group that holds a clearance, and a domain that uses a product of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mesh.beginnings import question
from mesh.beginnings.new_files import NewFiles
from mesh.beginnings.product_beginning import known_product
from mesh.beginnings.question import NONE, AnswerError, BeginningQuestion, GivenAnswers, Ground, always, days_ahead
from mesh.beginnings.yaml_insertions import added
from mesh.contracts.consumed_columns import columns_by_name
from mesh.findings import listed, nearest
from mesh.validation_messages import shorten

MEMBER: Final = "member/entry.yaml.jinja"
CONSUMER: Final = "consumer/entry.yaml.jinja"


def every_clearance(ground: Ground, _answers: GivenAnswers) -> Sequence[str]:
    """The clearances of the mesh."""
    return list(ground.mesh.clearances)


def every_domain(ground: Ground, _answers: GivenAnswers) -> Sequence[str]:
    """The domains of the mesh."""
    return list(ground.mesh.domains)


def approvers(ground: Ground, answers: GivenAnswers) -> Sequence[str]:
    """Addresses of those who decide who holds the clearance that was answered."""
    clearance = ground.mesh.clearances.get(str(answers["clearance"]))
    return [approver.email for approver in clearance.approvers] if clearance else []


def only_approver(ground: Ground, answers: GivenAnswers) -> str | None:
    """The approver, where there is one alone."""
    every = approvers(ground, answers)
    return every[0] if len(every) == 1 else None


def _groups(ground: Ground, _answers: GivenAnswers) -> Sequence[str]:
    """Groups with an id that are people of the mesh, and not of a partner."""
    accounts = ground.mesh.accounts
    of_partners = {group for partner in ground.mesh.partners.values() for group in partner.principals}
    known = accounts.identity_center.groups if accounts and accounts.identity_center else ()
    return [group for group in known if group not in of_partners]


def clearance_file(answers: GivenAnswers) -> str:
    """File of the clearance that was answered."""
    return f"clearances/{answers['clearance']}.yaml"


def _group(answer: str, ground: Ground, answers: GivenAnswers) -> str:
    group = question.name(answer, ground, answers)
    for name, partner in ground.mesh.partners.items():
        if group in partner.principals:
            raise AnswerError(
                f"'{group}' are people of partner '{name}', who hold no clearance: what a partner gets is copied to it "
                "by an agreement; name another group"
            )
    return group


def _holder_domain(answer: str, ground: Ground, answers: GivenAnswers) -> str:
    domain = question.one_of("domain", every_domain)(answer, ground, answers)
    members = ground.mesh.clearances[answers["clearance"]].members
    if any((member.group, member.domain) == (answers["GROUP"], domain) for member in members):
        raise AnswerError(
            f"group '{answers['GROUP']}' holds '{answers['clearance']}' in '{domain}' already: "
            f"{ground.shown}/{clearance_file(answers)}"
        )
    return domain


def review(ground: Ground, answers: GivenAnswers) -> str:
    """The day of a review: a year from today, or as far ahead as mesh.yaml lets one lie."""
    return days_ahead(min(365, ground.mesh.file.review_horizon))(ground, answers)


CLEARED: Final = (
    BeginningQuestion(
        "approved-by",
        "Who said yes, one of its approvers",
        question.one_of("approver", approvers),
        default=only_approver,
        offered=approvers,
    ),
    BeginningQuestion("review", "The day by which it is approved again", question.future_day, default=review),
)
"""Questions on a yes to who holds a clearance."""

MEMBER_QUESTIONS: Final = (
    BeginningQuestion("GROUP", "The group in IAM Identity Center", _group, offered=_groups),
    BeginningQuestion(
        "clearance", "The clearance", question.one_of("clearance", every_clearance), offered=every_clearance
    ),
    BeginningQuestion("domain", "The domain in whose account the group signs in", _holder_domain, offered=every_domain),
    BeginningQuestion("use", "What the group does with it", question.text),
    *CLEARED,
)


def member_files(ground: Ground, answers: GivenAnswers) -> NewFiles:
    """The file of a clearance with one more group."""
    file = clearance_file(answers)
    values = {
        "group": answers["GROUP"],
        "domain": answers["domain"],
        "use": answers["use"],
        "approved_by": answers["approved-by"],
        "review": answers["review"],
    }
    entry = ground.blueprints.entry(MEMBER, values)
    text = added(ground.text(file), ("members",), entry, f"{ground.shown}/{file}")
    return NewFiles().with_file(file, text, MEMBER)


# ---- a domain that uses a product


def _others(ground: Ground, answers: GivenAnswers) -> Sequence[str]:
    mesh, own = ground.mesh, str(answers.get("DOMAIN"))
    used = mesh.domains[own].consumes if own in mesh.domains else ()
    return [
        reference
        for reference in mesh.products()
        if reference not in used
        and not reference.startswith(f"{own}.")
        and (product := mesh.product(reference)) is not None
        and product.kind != "internal"
    ]


def _used(answer: str, ground: Ground, answers: GivenAnswers) -> str:
    known_product(answer, ground, answers)
    domain = str(answers["DOMAIN"])
    product = ground.mesh.product(answer)
    if answer.startswith(f"{domain}."):
        raise AnswerError(f"'{answer}' is a product of '{domain}' itself, which reads it anyway; name one of another")
    if answer in ground.mesh.domains[domain].consumes:
        raise AnswerError(f"'{domain}' uses '{answer}' already: {ground.shown}/domains/{domain}.yaml")
    if product is not None and product.kind == "internal":
        raise AnswerError(
            f"'{answer}' is internal to its domain; ask its owner to offer it as 'analytics' or 'ml', or name one of "
            f"{listed(_others(ground, answers))}"
        )
    return answer


def _used_columns(answer: str, ground: Ground, answers: GivenAnswers) -> list[str]:
    parts, reference = question.parts(answer), str(answers["PRODUCT"])
    contract = ground.mesh.contracts.get(reference)
    known: Mapping[str, frozenset[str]] = columns_by_name(contract) if contract else {}
    if absent := [part for part in parts if contract and part not in known]:
        raise AnswerError(
            f"'{reference}' has no column '{shorten(absent[0])}'{nearest(absent[0], known) or ';'} it has "
            f"{listed(sorted(name for name in known if '.' not in name))}"
        )
    return parts


CONSUMER_QUESTIONS: Final = (
    BeginningQuestion(
        "DOMAIN", "The domain that uses it", question.one_of("domain", every_domain), offered=every_domain
    ),
    BeginningQuestion("PRODUCT", "The product that it uses, as <domain>.<product>", _used, offered=_others),
    BeginningQuestion(
        "columns",
        "The columns that it uses",
        _used_columns,
        default=always(NONE),
        asked=False,
    ),
)


def consumer_files(ground: Ground, answers: GivenAnswers) -> NewFiles:
    """The file of a domain that uses one more product."""
    file = f"domains/{answers['DOMAIN']}.yaml"
    entry = ground.blueprints.entry(CONSUMER, {"product": answers["PRODUCT"], "columns": answers["columns"]})
    text = added(ground.text(file), ("consumes",), entry, f"{ground.shown}/{file}")
    return NewFiles().with_file(file, text, CONSUMER)
