"""`partners/<partner>.yaml`: a partner and its agreements: products, purposes and days of expiry."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mesh.model.base import Closed, Date, Given, Names, Owner, ProductRef, Text
from mesh.model.domain import AccountSettings


class Agreement(Closed):
    """One product that is delivered to the partner until a day."""

    product: ProductRef = Field(description="<domain>.<product>.")
    purpose: Text = Field(description="What the partner may use it for.")
    classifications: Names = Field(description="Classifications that the partner may receive; [] for plain data only.")
    expires: Date = Field(description="The last day of the agreement; from the next on deliveries are closed.")


class Partner(Closed):
    """A partner: an account of its own that can reach nothing else; data is pushed to it."""

    owner: Owner = Field(description="The team in the company that answers for the partner.")
    description: Text = Field(description="What the partner does, in a sentence.")
    account: AccountSettings = Field(default=AccountSettings(), description="Particulars of the partner's account.")
    deletion_protection: Annotated[bool | None, Given] = Field(
        default=None,
        description="Whether the partner's account and data survive its removal; the mesh's default if left out.",
    )
    principals: Names = Field(
        description="Groups in IAM Identity Center that the partner's people are in.", min_length=1
    )
    agreements: Annotated[tuple[Agreement, ...], Field(strict=False)] = Field(
        default=(), description="What the partner gets."
    )
