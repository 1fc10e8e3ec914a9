"""`exceptions.yaml`: what rules of the policy pack find in some resources of a stack, and a team answers for."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from mesh.model.base import NAME_PATTERN, Closed, Date, Name, Text, expected

EXCEPTIONS_FILE: Final = "exceptions.yaml"
LONGEST_EXCEPTION: Final = 180
"""Days that an exception may last from the day on which it is looked at."""

RuleName = Annotated[str, StringConstraints(pattern=NAME_PATTERN, min_length=1, max_length=100)]
ResourcePattern = Annotated[
    str,
    expected(
        r"^[a-z][a-z0-9]*(-[a-z0-9]+)*/[._:@ *?-]*[A-Za-z0-9][A-Za-z0-9._:@ *?-]*$",
        "resources of one stack, written <stack>/<name>, such as domain-identity/profiles; in the name '*' may stand "
        "for some characters and '?' for one, beside a letter or digit; in the stack neither",
    ),
    StringConstraints(max_length=200),
]
"""`<stack>/<pattern of a name>`: the stack as it is, and a pattern that says something of the name."""


class GuardrailException(Closed):
    """Exception from one rule for resources of one stack, until a day."""

    rule: RuleName = Field(description="The rule of the policy pack.")
    resource: ResourcePattern = Field(
        description="The resources: <stack>/<name>, the name as in the program, with '*' and '?' for what may be there."
    )
    reason: Text = Field(description="Why the rule does not hold for them, and what protects instead.")
    owner: Name = Field(description="The team that answers for it.")
    expires: Date = Field(description="The last day of the exception; from the next on the rule holds.")


class ExceptionsFile(Closed):
    """The exceptions of a mesh."""

    exceptions: Annotated[tuple[GuardrailException, ...], Field(strict=False)] = Field(
        description="What rules of the policy pack do not hold for."
    )

    def by_rule_and_resource(self) -> dict[tuple[str, str], GuardrailException]:
        """The exceptions by rule and resources."""
        return {(each.rule, each.resource): each for each in self.exceptions}
