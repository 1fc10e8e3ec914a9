"""Base of the models: frozen, strict, without unknown keys; and the small types that they share."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from mesh import value_remedies

NAME_PATTERN: Final = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
PRODUCT_PATTERN: Final = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z][a-z0-9]*(-[a-z0-9]+)*$"
EMAIL_PATTERN: Final = r"^[^@\s*?$]+@[^@\s*?$]+\.[^@\s.*?$]+$"
"""Pattern of an e-mail address, without a wildcard or a variable: policies compare with addresses."""
ACCOUNT_ID_PATTERN: Final = r"^[0-9]{12}$"
DAYS_PATTERN: Final = r"^[1-9][0-9]{0,4} days?$"
LONGEST_NAME: Final = 40

ONE: Final = ": write one"
"""The end of a sentence on a value of another form, where nobody can tell which was meant."""

BY_COMMAND: Final = ": `mesh accounts --from outputs.json` writes it"
"""The same for an id that AWS gave."""

EXPECTED: dict[str, str] = {
    PRODUCT_PATTERN: "a product, written <domain>.<product>, such as identity.profiles",
    EMAIL_PATTERN: "an e-mail address, without a wildcard or a '$', such as data-platform@aurora.example",
}
"""Descriptions of patterns, for the person who wrote something that does not match."""


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class Closed(BaseModel):
    """A model that is frozen and strict and has no unknown keys; keys are written with hyphens."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=_kebab)


def expected(pattern: str, description: str) -> StringConstraints:
    """A constraint of a text to a pattern, with the description of the pattern."""
    EXPECTED[pattern] = description
    return StringConstraints(pattern=pattern)


def _days(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        raise PydanticCustomError("days", "a length of time needs its unit: write '{n} days'", {"n": value})
    match = re.fullmatch(DAYS_PATTERN, value) if isinstance(value, str) else None
    if match is None:
        instead = value_remedies.write(*value_remedies.days(value), otherwise=ONE)
        wanted = "expected a length of time, 1 to 99999 days, such as '400 days'{instead}"
        raise PydanticCustomError("days", wanted, {"instead": instead})
    return int(match[0].partition(" ")[0])


def _iso_date(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            pass  # a day that no calendar has, such as February 30: the error is raised below
    instead = value_remedies.write(*value_remedies.dates(value), otherwise=ONE)
    wanted = "expected a date that exists, as year-month-day, such as 2027-05-01{instead}"
    raise PydanticCustomError("iso_date", wanted, {"instead": instead})


def _account_id(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        raise PydanticCustomError(
            "account_id", "an account id must stand in quotes, or YAML reads a number and drops leading zeros"
        )
    if not isinstance(value, str) or not re.fullmatch(ACCOUNT_ID_PATTERN, value):
        instead = value_remedies.write(*value_remedies.account_id(value))
        wanted = "expected an AWS account id, twelve digits in quotes{instead}"
        raise PydanticCustomError("account_id", wanted, {"instead": instead})
    return value


def _given(value: Any) -> Any:
    if value is None:
        raise PydanticCustomError("no_value", "give one, or leave the key out")
    return value


def once(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names, if each stands once."""
    for name in names:
        if names.count(name) > 1:
            raise PydanticCustomError("twice", "holds '{name}' twice; name it once", {"name": name})
    return names


Given = BeforeValidator(_given)
"""Constraint of an optional key: it may be left out, but not left empty."""

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, min_length=1, max_length=LONGEST_NAME)]
"""Lower-case words joined by single hyphens; no `--` and no `_`, which separate names in buckets and databases."""

Names = Annotated[tuple[Name, ...], Field(strict=False), AfterValidator(once)]
"""Names, each once."""

ProductRef = Annotated[str, StringConstraints(pattern=PRODUCT_PATTERN)]
"""`<domain>.<product>`."""

ColumnRef = Annotated[
    str,
    expected(
        r"^[a-z_][a-z0-9_]{0,127}(\.[a-z_][a-z0-9_]{0,127})?$",
        "a column of the product, written <column> or <table>.<column>, such as profiles.birth_year",
    ),
]
"""`<column>` or `<table>.<column>`, by their names in the catalog."""

Handle = Annotated[
    str,
    expected(
        r"^@[A-Za-z0-9][A-Za-z0-9-]{0,38}(/[A-Za-z0-9][A-Za-z0-9._-]*)?$",
        "a team or user of GitHub, such as @org/team",
    ),
]
Email = Annotated[str, StringConstraints(pattern=EMAIL_PATTERN, max_length=254)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
AccountId = Annotated[
    str, BeforeValidator(_account_id), WithJsonSchema({"type": "string", "pattern": ACCOUNT_ID_PATTERN})
]
Days = Annotated[int, BeforeValidator(_days), WithJsonSchema({"type": "string", "pattern": DAYS_PATTERN})]
Date = Annotated[datetime.date, BeforeValidator(_iso_date), WithJsonSchema({"type": "string", "format": "date"})]


class Owner(Closed):
    """Owner: the team that answers for it, and is warned first."""

    team: Name = Field(description="The team that answers for it.")
    email: Email = Field(description="The team's address, not a person's.")
    github: Annotated[Handle | None, Given] = Field(
        default=None, description="The team on GitHub, @org/team; `mesh codeowners` makes it the owner of its files."
    )
