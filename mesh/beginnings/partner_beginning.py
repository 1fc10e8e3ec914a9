"""Beginnings of a partner, and of a product that is delivered to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mesh.beginnings import question
from mesh.beginnings.domain_beginning import owner_team, team_email, team_handle
from mesh.beginnings.new_files import NewFiles
from mesh.beginnings.product_beginning import known_product
from mesh.beginnings.question import AnswerError, BeginningQuestion, GivenAnswers, Ground, days_ahead
from mesh.beginnings.yaml_insertions import added
from mesh.contracts.labels import label_words, product_labels
from mesh.findings import listed

PARTNER: Final = "partner/partner.yaml.jinja"
AGREEMENT: Final = "agreement/entry.yaml.jinja"


def _name(answer: str, ground: Ground, answers: GivenAnswers) -> str:
    name = question.name(answer, ground, answers)
    mesh, file = ground.mesh, f"partners/{answer}.yaml"
    if name in mesh.partners or mesh.is_unread("partners", name) or ground.text_of(file) is not None:
        raise question.taken("partner", name, f"{ground.shown}/{file}", [*mesh.partners])
    return name


def _principals(answer: str, ground: Ground, answers: GivenAnswers) -> list[str]:
    groups = question.names(answer, ground, answers)
    if not groups:
        raise AnswerError("a partner has one group of people at the least; name it as IAM Identity Center does")
    for other, partner in ground.mesh.partners.items():
        if shared := [group for group in groups if group in partner.principals]:
            raise AnswerError(f"'{shared[0]}' are people of partner '{other}' already; give each a group of its own")
    ours = _people_of_the_mesh(ground)
    if shared := [group for group in groups if group in ours]:
        raise AnswerError(
            f"'{shared[0]}' are people of the mesh already ({ours[shared[0]]}), and who is of a partner enters no "
            "account of a domain; give the partner a group of its own"
        )
    return groups


def _people_of_the_mesh(ground: Ground) -> dict[str, str]:
    """Groups that enter accounts of domains, each with a file that says so."""
    mesh = ground.mesh
    ours = dict.fromkeys(mesh.file.auditors, "mesh.yaml")
    for name, domain in mesh.domains.items():
        ours |= dict.fromkeys((*domain.engineers, *domain.owners), f"domains/{name}.yaml")
    for name, clearance in mesh.clearances.items():
        ours |= {member.group: f"clearances/{name}.yaml" for member in clearance.members}
    return ours


PARTNER_QUESTIONS: Final = (
    BeginningQuestion("NAME", "Name of the partner: lower-case words joined by hyphens", _name),
    BeginningQuestion("description", "What the partner does, in a sentence", question.text),
    BeginningQuestion("owner-team", "The team in the company that answers for it", question.name, default=owner_team),
    BeginningQuestion("owner-email", "That team's address, not a person's", question.email, default=team_email),
    BeginningQuestion(
        "github",
        "That team on GitHub; - for none",
        question.handle,
        default=team_handle,
        when=lambda ground, _answers: ground.mesh.file.owner.github is not None,
    ),
    BeginningQuestion("principals", "Groups in IAM Identity Center that the partner's people are in", _principals),
)


def partner_files(ground: Ground, answers: GivenAnswers) -> NewFiles:
    """The file of a new partner, to which nothing is delivered yet."""
    values = {
        "name": answers["NAME"],
        "team": answers["owner-team"],
        "email": answers["owner-email"],
        "github": answers.get("github"),
        "description": answers["description"],
        "principals": answers["principals"],
    }
    text = ground.blueprints.filled(PARTNER, values)
    return NewFiles().with_file(f"partners/{answers['NAME']}.yaml", text, PARTNER)


# ---- an agreement


def _partners(ground: Ground, _answers: GivenAnswers) -> Sequence[str]:
    return list(ground.mesh.partners)


def _deliverable(ground: Ground, answers: GivenAnswers) -> Sequence[str]:
    partner = ground.mesh.partners.get(str(answers.get("PARTNER")))
    agreed = {agreement.product for agreement in partner.agreements} if partner else set[str]()
    return [
        reference
        for reference in ground.mesh.products()
        if reference not in agreed and (one := ground.mesh.product(reference)) is not None and one.kind != "internal"
    ]


def _delivered(answer: str, ground: Ground, answers: GivenAnswers) -> str:
    known_product(answer, ground, answers)
    every = _deliverable(ground, answers)
    if answer not in every:
        product = ground.mesh.product(answer)
        is_internal = product is not None and product.kind == "internal"
        why = "is internal to its domain" if is_internal else f"has an agreement with '{answers['PARTNER']}' already"
        raise AnswerError(f"'{answer}' {why}; there are {listed(every)}")
    return answer


def _labels(ground: Ground, answers: GivenAnswers) -> list[str]:
    contract = ground.mesh.contracts.get(str(answers["PRODUCT"]))
    return sorted(product_labels(contract, label_words(ground.mesh.file))) if contract else []


def _known(ground: Ground, _answers: GivenAnswers) -> Sequence[str]:
    return sorted(ground.mesh.file.classifications)


def _classifications(answer: str, ground: Ground, answers: GivenAnswers) -> list[str]:
    allowed = question.several_of("classification", _known)(answer, ground, answers)
    if missing := [label for label in _labels(ground, answers) if label not in allowed]:
        raise AnswerError(
            f"'{answers['PRODUCT']}' holds {listed(missing)}, which has to be agreed: write "
            f"{', '.join(_labels(ground, answers))}, or deliver a product without it"
        )
    return allowed


AGREEMENT_QUESTIONS: Final = (
    BeginningQuestion("PARTNER", "The partner", question.one_of("partner", _partners), offered=_partners),
    BeginningQuestion(
        "PRODUCT", "The product that is delivered, as <domain>.<product>", _delivered, offered=_deliverable
    ),
    BeginningQuestion("purpose", "What the partner may use it for", question.text),
    BeginningQuestion(
        "classifications",
        "Classifications that the partner may receive; - for plain data only",
        _classifications,
        # What a product holds is not agreed by pressing Enter.
        default=lambda ground, answers: None if _labels(ground, answers) else question.NONE,
        offered=_known,
        remark=lambda ground, answers: (
            f"'{answers['PRODUCT']}' holds {listed(labels)}" if (labels := _labels(ground, answers)) else ""
        ),
    ),
    BeginningQuestion("expires", "The last day of the agreement", question.future_day, default=days_ahead(365)),
)


def agreement_files(ground: Ground, answers: GivenAnswers) -> NewFiles:
    """The file of a partner with one more agreement."""
    file = f"partners/{answers['PARTNER']}.yaml"
    values = {key: answers[key] for key in ("purpose", "classifications", "expires")}
    entry = ground.blueprints.entry(AGREEMENT, {"product": answers["PRODUCT"], **values})
    text = added(ground.text(file), ("agreements",), entry, f"{ground.shown}/{file}")
    return NewFiles().with_file(file, text, AGREEMENT)
