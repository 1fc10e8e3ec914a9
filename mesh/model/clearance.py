"""`clearances/<clearance>.yaml`: what a clearance reads, who approves its holders, and the groups and pipelines."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from mesh.model.base import Closed, Date, Email, Given, Handle, Name, Names, ProductRef, Text, expected


class Approver(Closed):
    """Somebody who approves holders of a clearance."""

    email: Email = Field(description="The address that members name under 'approved-by'; a team's, not a person's.")
    github: Annotated[Handle | None, Given] = Field(
        default=None, description="The team on GitHub, @org/team; `mesh codeowners` makes it the file's owner."
    )


def _approver(value: Any) -> Any:
    """An approver that is written as an address alone."""
    return {"email": value} if isinstance(value, str) else value


class Member(Closed):
    """A group that holds the clearance, valid in every domain until its review date."""

    group: Name = Field(description="The group in IAM Identity Center.")
    domain: Name = Field(description="The domain in whose account the group signs in.")
    use: Text = Field(description="What the group does with it.")
    approved_by: Email = Field(description="The approver who said yes.")
    review: Date = Field(description="The day by which it is approved again; past it, validation fails.")


class ClearedPipeline(Closed):
    """A pipeline that holds the clearance, for the products in its `reads`, until its review date."""

    product: ProductRef = Field(description="The product whose pipeline it is, <domain>.<product>.")
    use: Text = Field(description="What the pipeline does with it.")
    approved_by: Email = Field(description="The approver who said yes.")
    review: Date = Field(description="The day by which it is approved again; past it, validation fails.")


WidenedColumn = Annotated[
    str,
    expected(
        r"^(\*|[a-z_][a-z0-9_]{0,127}\.[a-z_][a-z0-9_]{0,127})$",
        'a column of the product, written <table>.<column>, or "*" for the product as a whole',
    ),
]


class Widening(Closed):
    """A label that may be taken away, by which the clearance reads more; it counts for some days from its own."""

    product: ProductRef = Field(description="The product, <domain>.<product>.")
    column: WidenedColumn = Field(
        description='The column, <table>.<column>; "*" where the product as a whole loses the label with a column.'
    )
    labels: Names = Field(description="The classifications that are taken away.", min_length=1)
    reason: Text = Field(description="Why who holds the clearance may read it.")
    approved_by: Email = Field(description="The approver who said yes.")
    date: Date = Field(description="The day of the yes.")


class ClearanceFile(Closed):
    """A clearance: what it reads, in every domain; who approves its holders; and the groups and pipelines."""

    description: Text = Field(description="What the clearance is for, in a sentence.")
    reads: Names = Field(description="Classifications that it may read; [] for data without a label only.")
    approvers: Annotated[
        tuple[Annotated[Approver, BeforeValidator(_approver)], ...], Field(strict=False, min_length=1)
    ] = Field(description="Who approves its holders: addresses, or addresses with a team on GitHub.")
    members: Annotated[tuple[Member, ...], Field(strict=False)] = Field(
        default=(), description="Groups that hold the clearance."
    )
    widenings: Annotated[tuple[Widening, ...], Field(strict=False)] = Field(
        default=(), description="Labels that may be taken from columns, by which this clearance reads more."
    )
    pipelines: Annotated[tuple[ClearedPipeline, ...], Field(strict=False)] = Field(
        default=(), description="Pipelines that hold the clearance; one without a line reads nothing."
    )
