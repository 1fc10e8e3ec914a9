"""Ids that AWS gives in the run that needs them, in the place of those that the Plan assumed."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi import Input


def with_given(text: str, given: Mapping[str, Input[str]]) -> Input[str]:
    """A document with AWS's ids in the place of assumed ones (`given`: by the assumed id); a preview keeps those."""
    # In the same run that creates an account: else the policy of a new partner's account would, until the next run,
    # name an account that does not exist, and refuse everything in the real one.
    assumed = {stand_in: id_ for stand_in, id_ in given.items() if stand_in in text}
    if not assumed or pulumi.runtime.is_dry_run():
        return text
    return pulumi.Output.all(**assumed).apply(lambda known: replaced(text, known))


def replaced(text: str, ids: Mapping[str, str]) -> str:
    """The text with every assumed id in it replaced by the real one."""
    for old, new in ids.items():
        text = text.replace(old, new)
    return text
