"""What every file that people write has in common: frozen, strict, closed models and the small types they share."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

NAME_PATTERN: Final = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
EMAIL_PATTERN: Final = r"^[^@\s]+@[^@\s]+\.[^@\s.]+$"
ACCOUNT_ID_PATTERN: Final = r"^[0-9]{12}$"


def _kebab(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


class Closed(BaseModel):
    """Frozen, strict, no unknown keys; keys are written with hyphens."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=_kebab)


def _days(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        raise PydanticCustomError("days", "a length of time needs its unit: write '{n} days'", {"n": value})
    match = re.fullmatch(r"([1-9][0-9]{0,4}) days?", value) if isinstance(value, str) else None
    if match is None:
        raise PydanticCustomError("days", "expected a length of time such as '400 days'")
    return int(match[1])


def _iso_date(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value
    try:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError(value)
        return datetime.date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("iso_date", "expected a date that exists, such as 2027-05-01") from None


def _account_id(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        raise PydanticCustomError(
            "account_id", "an account id must stand in quotes, or YAML reads a number and drops leading zeros"
        )
    if not isinstance(value, str) or not re.fullmatch(ACCOUNT_ID_PATTERN, value):
        raise PydanticCustomError("account_id", "expected an AWS account id: twelve digits in quotes")
    return value


Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, min_length=1, max_length=40)]
"""Lower-case words joined by single hyphens; no `--` and no `_`, which separate names in buckets and databases."""

ProductRef = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
"""`<domain>.<product>`."""

Email = Annotated[str, StringConstraints(pattern=EMAIL_PATTERN, max_length=254)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
AccountId = Annotated[
    str, BeforeValidator(_account_id), WithJsonSchema({"type": "string", "pattern": ACCOUNT_ID_PATTERN})
]
Days = Annotated[
    int, BeforeValidator(_days), WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,4} days?$"})
]
Date = Annotated[datetime.date, BeforeValidator(_iso_date), WithJsonSchema({"type": "string", "format": "date"})]


class Owner(Closed):
    """Who answers for a domain or a partner; warnings go to this address first."""

    team: Name = Field(description="The team that answers for it.")
    email: Email = Field(description="The team's address, not a person's.")
