"""Beginning of a domain: its file, its account's line where the account is there already, and its first product."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pydantic import ValidationError

from mesh import yamlfile
from mesh.beginnings import product_beginning, question
from mesh.beginnings.new_files import NewFiles
from mesh.beginnings.question import NONE, AnswerError, BeginningQuestion, GivenAnswers, Ground, always
from mesh.beginnings.yaml_insertions import YamlEntry, added
from mesh.findings import NotPossibleError
from mesh.model import Domain
from mesh.model.base import ACCOUNT_ID_PATTERN
from mesh.validation_messages import shorten

TEMPLATE: Final = "domain/domain.yaml.jinja"


def _name(answer: str, ground: Ground, answers: GivenAnswers) -> str:
    name = question.name(answer, ground, answers)
    mesh, file = ground.mesh, f"domains/{answer}.yaml"
    if name in mesh.domains or mesh.is_unread("domains", name) or ground.text_of(file) is not None:
        raise question.taken("domain", name, f"{ground.shown}/{file}", [*mesh.domains])
    return name


def owner_team(_ground: Ground, answers: GivenAnswers) -> str:
    """The team that owns what is new, unless another is named: it is called as that is."""
    return str(answers["NAME"])


def team_email(ground: Ground, answers: GivenAnswers) -> str:
    """The address of a team, at the domain of the platform team's."""
    return f"{answers['owner-team']}@{ground.mesh.file.owner.email.rpartition('@')[2]}"


def team_handle(ground: Ground, answers: GivenAnswers) -> str:
    """The team on GitHub, in the organisation of the platform team; none where that names none."""
    organization, slash, _ = (ground.mesh.file.owner.github or "").partition("/")
    return f"{organization}/{answers['owner-team']}" if slash else NONE


def _account(answer: str, ground: Ground, _answers: GivenAnswers) -> str | None:
    if answer == NONE:
        return None
    if not re.fullmatch(ACCOUNT_ID_PATTERN, answer):
        raise AnswerError(f"'{shorten(answer)}' is not an AWS account id: twelve digits")
    if ground.mesh.accounts is None:
        raise AnswerError("there is no accounts.yaml to write the line in: write its line 'organization:' first")
    return answer


def _staff(answer: str, ground: Ground, answers: GivenAnswers) -> list[str]:
    groups = question.names(answer, ground, answers)
    for name, partner in ground.mesh.partners.items():
        if shared := [group for group in groups if group in partner.principals]:
            raise AnswerError(
                f"'{shared[0]}' are people of partner '{name}', who enter no account of a domain; name another group"
            )
    return groups


def _first(answer: str, ground: Ground, answers: GivenAnswers) -> str | None:
    if answer == NONE:
        return None
    name = question.name(answer, ground, answers)
    product_beginning.require_no_contract(ground, str(answers["NAME"]), name)
    return name


def _and_product(asked: BeginningQuestion) -> Callable[[Ground, GivenAnswers], bool]:
    return lambda ground, answers: answers.get("product") is not None and asked.when(ground, answers)


QUESTIONS: Final = (
    BeginningQuestion("NAME", "Name of the domain: lower-case words joined by hyphens", _name),
    BeginningQuestion("description", "The domain in a sentence", question.text),
    BeginningQuestion("owner-team", "The team that answers for it", question.name, default=owner_team, asked=False),
    BeginningQuestion("owner-email", "The team's address, not a person's", question.email, default=team_email),
    BeginningQuestion(
        "github",
        "The team on GitHub, which is asked about changes of its files; - for none",
        question.handle,
        default=team_handle,
        when=lambda ground, _answers: ground.mesh.file.owner.github is not None,
    ),
    BeginningQuestion("engineers", "Groups that run its jobs", _staff, default=always(NONE), asked=False),
    BeginningQuestion("owners", "Groups that look after its products", _staff, default=always(NONE), asked=False),
    BeginningQuestion(
        "budget",
        "US dollars a month",
        lambda answer, ground, answers: None if answer == NONE else question.number(answer, ground, answers),
        default=always(NONE),
        asked=False,
    ),
    BeginningQuestion("account", "Id of an account that is there already", _account, default=always(NONE), asked=False),
    BeginningQuestion("product", "Its first product, by name; - for none yet", _first, default=always(NONE)),
)
"""Questions on a domain; those on its first product follow where it has one."""

EVERY_QUESTION: Final = (
    *QUESTIONS,
    *(replace(each, when=_and_product(each)) for each in product_beginning.CONTENTS),
)


def files(ground: Ground, answers: GivenAnswers) -> NewFiles:
    """The file of a new domain, the line of its account if it has one, and its first product."""
    name = str(answers["NAME"])
    file = f"domains/{name}.yaml"
    values = {key: answers[key] for key in ("description", "engineers", "owners", "budget")}
    values |= {"name": name, "team": answers["owner-team"], "email": answers["owner-email"]}
    values["github"] = answers.get("github")
    text = ground.blueprints.filled(TEMPLATE, values)
    new = NewFiles().with_file(file, text, TEMPLATE)
    account = answers["account"]
    if account is not None:
        shown = f"{ground.shown}/accounts.yaml"
        line = added(ground.text("accounts.yaml"), ("domains",), YamlEntry(f'"{account}"', name), shown)
        new = new.with_file("accounts.yaml", line)
    if answers.get("product") is None:
        return new
    domain = _model(text, ground)
    # The product's questions and files are asked of the mesh that has the domain.
    there = replace(ground, mesh=replace(ground.mesh, domains={**ground.mesh.domains, name: domain}))
    return product_beginning.files(there, GivenAnswers({**answers, "PRODUCT": f"{name}.{answers['product']}"}), new)


def _model(text: str, ground: Ground) -> Domain:
    """The domain that a template wrote; raises NotPossibleError, with its path, where it is none."""
    try:
        return Domain.model_validate(yamlfile.parse(yamlfile.Source("", text)))
    except (yamlfile.UnreadableError, ValidationError) as error:
        first = str(error).strip().splitlines()
        told = " ".join(line.strip() for line in first[:3])
        raise NotPossibleError(
            f"the template {ground.blueprints.path(TEMPLATE)} writes what is not a domain: {told}; mend the template"
        ) from None
