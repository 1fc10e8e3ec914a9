"""Beginning of a pipeline: its lines in the domain's file, the skeleton of its script, and its line of a clearance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from mesh import names
from mesh.beginnings import people_beginning, question
from mesh.beginnings.new_files import NewFiles
from mesh.beginnings.product_beginning import domain_of, known_product
from mesh.beginnings.question import NONE, AnswerError, BeginningQuestion, GivenAnswers, Ground, always
from mesh.beginnings.yaml_insertions import added
from mesh.findings import listed
from mesh.model.pipeline import SCRIPT_PATTERN
from mesh.plan.schedules import mistake
from mesh.validation_messages import shorten

ENTRY: Final = "pipeline/entry.yaml.jinja"
CLEARED: Final = "pipeline/cleared.yaml.jinja"
EXTERNAL: Final = "external"
USUAL: Final = "glue-python"


def _template(runtime: str) -> str:
    return f"pipeline/{runtime}.py.jinja"


def _runtimes(ground: Ground, _answers: GivenAnswers) -> Sequence[str]:
    """Runtimes of which there is a script to begin with, and the one that has none."""
    kinds = ("glue-spark", USUAL, "lambda")
    return [*(kind for kind in kinds if _template(kind) in ground.blueprints.texts), EXTERNAL]


def _without(ground: Ground, _answers: GivenAnswers) -> Sequence[str]:
    return [
        reference
        for reference in ground.mesh.products()
        if (product := ground.mesh.product(reference)) is not None and product.pipeline is None
    ]


def _product(answer: str, ground: Ground, answers: GivenAnswers) -> str:
    known_product(answer, ground, answers)
    every = _without(ground, answers)
    if answer not in every:
        domain, _ = domain_of(answer)
        raise AnswerError(
            f"'{answer}' has a pipeline already: {ground.shown}/domains/{domain}.yaml; without one are {listed(every)}"
        )
    return answer


def _script(answer: str, ground: Ground, answers: GivenAnswers) -> str:
    domain, _ = domain_of(answers["PRODUCT"])
    if not re.fullmatch(SCRIPT_PATTERN, answer) or not answer.endswith(".py"):
        raise AnswerError(f"'{shorten(answer)}' is no name of a script: letters, digits, '.', '_' and '-', and .py")
    if f"{domain}/{answer}" in ground.mesh.scripts.files:
        raise AnswerError(f"{ground.mesh.scripts.shown(domain, answer)} is there already; choose another name")
    return answer


def _usual_script(_ground: Ground, answers: GivenAnswers) -> str:
    return f"{names.snake(domain_of(answers['PRODUCT'])[1])}.py"


def readable(ground: Ground, answers: GivenAnswers) -> Sequence[str]:
    """Products that the pipeline may read: others of the domain, and what the domain consumes."""
    domain, own = domain_of(str(answers["PRODUCT"]))
    there = ground.mesh.domains[domain]
    return [*(f"{domain}.{name}" for name in there.products if name != own), *there.consumes]


def _reads_something(_ground: Ground, answers: GivenAnswers) -> bool:
    return bool(answers.get("reads"))


def _one_of_reads(answer: str, ground: Ground, answers: GivenAnswers) -> str | None:
    if answer == NONE:
        return None
    return question.one_of("product among --reads", lambda _ground, given: given.get("reads") or [])(
        answer, ground, answers
    )


def _clearance(answer: str, ground: Ground, answers: GivenAnswers) -> str:
    return question.one_of("clearance", people_beginning.every_clearance)(answer, ground, answers)


def _schedule(answer: str, ground: Ground, answers: GivenAnswers) -> str | None:
    if answer == NONE:
        return None
    text = question.text(answer, ground, answers)
    if fault := mistake(text, str(answers["runtime"]).startswith("glue-")):
        raise AnswerError(f"'{shorten(text)}': {fault}")
    return text


QUESTIONS: Final = (
    BeginningQuestion("PRODUCT", "The product that it writes, as <domain>.<product>", _product, offered=_without),
    BeginningQuestion(
        "runtime",
        "What runs it; external is a job that the team makes itself",
        question.one_of("runtime", _runtimes),
        default=lambda ground, answers: USUAL if USUAL in _runtimes(ground, answers) else EXTERNAL,
        offered=_runtimes,
    ),
    BeginningQuestion(
        "script",
        "Name of its script",
        _script,
        default=_usual_script,
        when=lambda _ground, answers: answers.get("runtime") != EXTERNAL,
    ),
    BeginningQuestion(
        "reads",
        "Products that it reads, with commas between them; - for none",
        question.several_of("product that it may read", readable),
        default=always(NONE),
        offered=readable,
        when=lambda ground, answers: bool(readable(ground, answers)),
    ),
    BeginningQuestion(
        "clearance",
        "The clearance that it reads with",
        _clearance,
        offered=people_beginning.every_clearance,
        when=_reads_something,
    ),
    BeginningQuestion("use", "What it does with what it reads", question.text, when=_reads_something),
    *(
        BeginningQuestion(each.name, each.text, each.read, each.default, each.offered, _reads_something)
        for each in people_beginning.CLEARED
    ),
    BeginningQuestion(
        "event",
        "The product with whose publication it starts; - for none",
        _one_of_reads,
        default=always(NONE),
        offered=lambda _ground, answers: answers.get("reads") or [],
        when=lambda ground, answers: _reads_something(ground, answers) and answers.get("runtime") != EXTERNAL,
    ),
    BeginningQuestion(
        "schedule",
        "When it runs (UTC), as cron(15 4 * * ? *); - for none",
        _schedule,
        default=always(NONE),
        when=lambda _ground, answers: answers.get("runtime") != EXTERNAL and not answers.get("event"),
    ),
)


def files(ground: Ground, answers: GivenAnswers) -> NewFiles:
    """The domain's file with the pipeline, its script, and the clearance's file with its line."""
    reference = str(answers["PRODUCT"])
    domain, name = domain_of(reference)
    contract = ground.mesh.contracts.get(reference)
    tables = [table.catalog_name for table in contract.tables] if contract else []
    values: dict[str, Any] = {
        "domain": domain,
        "name": name,
        "table": tables[0] if tables else names.snake(name),
        "database": names.database(domain, name),
        "runtime": answers["runtime"],
        **{key: answers.get(key) for key in ("script", "schedule", "event", "clearance")},
        "reads": answers.get("reads") or [],
    }
    file = f"domains/{domain}.yaml"
    entry = ground.blueprints.entry(ENTRY, values, "pipeline")
    text = added(ground.text(file), ("products", name), entry, f"{ground.shown}/{file}")
    new = NewFiles().with_file(file, text, ENTRY)
    if answers["runtime"] != EXTERNAL:
        template = _template(answers["runtime"])
        script = ground.mesh.scripts.file(domain, answers["script"])
        new = new.with_file(script, ground.blueprints.filled(template, values), template)
    if not values["reads"]:
        return new
    yes = {"product": reference, "use": answers["use"], "approved_by": answers["approved-by"]}
    line = ground.blueprints.entry(CLEARED, {**yes, "review": answers["review"]})
    cleared = people_beginning.clearance_file(answers)
    text = added(ground.text(cleared), ("pipelines",), line, f"{ground.shown}/{cleared}")
    return new.with_file(cleared, text, CLEARED)
