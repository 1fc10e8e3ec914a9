"""Rules of pipelines that hold a clearance: a line in its file, approved, with a review neither past nor too far ahead.

A domain's file says with which clearance a pipeline reads; whether it may, the clearance's approvers do.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

from mesh.findings import Problem, listed
from mesh.plan.rules.context import CrossFileRule, RuleContext, clearance_file, domain_file, unknown_product
from mesh.plan.rules.pipelines import every_pipeline


def pipelines_have_a_line_of_their_clearance(context: RuleContext) -> Iterator[Problem]:
    """Pipelines that read have a line in the file of their clearance, which its approvers own."""
    for declared in every_pipeline(context, "reads", "clearance"):
        clearance = declared.pipeline.clearance or ""
        file = context.mesh.clearances.get(clearance)
        if file is None or not declared.pipeline.reads or context.mesh.touches(clearance_file(clearance), "pipelines"):
            continue
        if all(line.product != declared.reference for line in file.pipelines):
            message = (
                f"{clearance_file(clearance)} has no line for the pipeline of '{declared.reference}', which reads "
                f"nothing without one; have {listed(each.email for each in file.approvers)} add one there under "
                f"'pipelines': {{product: {declared.reference}, use: …, approved-by: …, review: …}}"
            )
            yield declared.problem(message, "clearance")


def lines_are_of_a_pipeline(context: RuleContext) -> Iterator[Problem]:
    """Lines of pipelines are of a product whose pipeline reads with that clearance."""
    for clearance, number, line in context.every_cleared_pipeline():
        file, path = clearance_file(clearance), ("pipelines", number, "product")
        if context.mesh.is_uncertain(file, *path):
            continue
        if message := _not_of_a_pipeline(context, clearance, line.product):
            yield Problem(file, path, message)


def _not_of_a_pipeline(context: RuleContext, clearance: str, reference: str) -> str:
    """The sentence for a line that no pipeline needs; empty for one that a pipeline has, or may have."""
    product, (domain, _, name) = context.mesh.product(reference), reference.partition(".")
    if product is None:
        return unknown_product(context, reference)
    if context.mesh.touches(domain_file(domain), "products", name, "pipeline"):
        return ""
    if product.pipeline is None or not (product.pipeline.reads or product.pipeline.clearance):
        has = "no pipeline" if product.pipeline is None else "a pipeline that reads nothing"
        return f"'{reference}' has {has}, and the line would be there for a later one; remove it"
    # A clearance that is missing, or not there, or that opens nothing, has a finding of its own.
    other = product.pipeline.clearance
    if other in context.mesh.clearances and other != clearance:
        return f"the pipeline of '{reference}' reads with clearance '{other}', and not with '{clearance}'; remove it"
    return ""


def pipelines_are_approved_by_an_approver(context: RuleContext) -> Iterator[Problem]:
    """Pipelines that hold a clearance are approved by one of its approvers."""
    for clearance, number, line in context.every_cleared_pipeline():
        file, path = clearance_file(clearance), ("pipelines", number, "approved-by")
        approvers = [approver.email for approver in context.mesh.clearances[clearance].approvers]
        uncertain = context.mesh.touches(file, "approvers") or context.mesh.is_uncertain(file, *path)
        if line.approved_by not in approvers and not uncertain:
            message = (
                f"'{line.approved_by}' does not decide who holds '{clearance}'; have an approver of the clearance "
                f"approve the pipeline of '{line.product}', and name that one: {listed(approvers)}"
            )
            yield Problem(file, path, message)


def pipelines_are_reviewed(context: RuleContext) -> Iterator[Problem]:
    """Pipelines that hold a clearance are reviewed by their review date; past it they read nothing."""
    for clearance, number, line in context.every_cleared_pipeline():
        if line.review < context.as_of:
            message = (
                f"the review of the pipeline of '{line.product}' ({clearance}) was due on {line.review}, "
                f"it is {context.as_of}; have {line.approved_by} approve it again and set a new date, or remove the "
                "line and its 'reads'"
            )
            yield Problem(clearance_file(clearance), ("pipelines", number, "review"), message, "lapse")


def reviews_of_pipelines_lie_within_the_horizon(context: RuleContext) -> Iterator[Problem]:
    """Reviews of pipelines are not further away than the horizon of mesh.yaml."""
    if context.mesh.is_uncertain("mesh.yaml", "review-horizon"):
        return
    days = context.mesh.file.review_horizon
    latest = context.as_of + min(datetime.timedelta(days), datetime.date.max - context.as_of)
    for clearance, number, line in context.every_cleared_pipeline():
        file, path = clearance_file(clearance), ("pipelines", number, "review")
        if line.review > latest and not context.mesh.is_uncertain(file, *path):
            message = (
                f"the review of the pipeline of '{line.product}' ({clearance}) is due on {line.review}, more than "
                f"{days:,} days ahead ('review-horizon' of mesh.yaml); choose a day until {latest}"
            )
            yield Problem(file, path, message)


def lines_of_pipelines_stand_once(context: RuleContext) -> Iterator[Problem]:
    """A pipeline is one line of a clearance's file: of two, one would outlive the other's review."""
    told: set[tuple[str, str]] = set()
    for clearance, number, line in context.every_cleared_pipeline():
        if (clearance, line.product) in told:
            message = f"the pipeline of '{line.product}' holds clearance '{clearance}' twice; keep one entry"
            yield Problem(clearance_file(clearance), ("pipelines", number, "product"), message)
        told.add((clearance, line.product))


RULES: Final[tuple[CrossFileRule, ...]] = (
    pipelines_have_a_line_of_their_clearance,
    lines_are_of_a_pipeline,
    pipelines_are_approved_by_an_approver,
    pipelines_are_reviewed,
    reviews_of_pipelines_lie_within_the_horizon,
    lines_of_pipelines_stand_once,
)
