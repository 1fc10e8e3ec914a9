"""`pipeline:` of a product: the script that writes it, what runs the script, when, and what it reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from mesh import value_remedies
from mesh.model.base import ONE, Closed, Given, Name, ProductRef, Text, expected, once

Runtime = Literal["glue-spark", "glue-python", "lambda", "step-functions", "external"]

DURATION_PATTERN: Final = r"^[1-9][0-9]{0,4} (minute|hour)s?$"
SCRIPT_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
LONGEST_ARGUMENT: Final = 1024
MOST_SECRETS: Final = 10


def _minutes(value: Any) -> Any:
    match = re.fullmatch(DURATION_PATTERN, value) if isinstance(value, str) else None
    if match is None:
        instead = value_remedies.write(*value_remedies.minutes(value), otherwise=ONE)
        wanted = "expected minutes or hours, such as '45 minutes' or '2 hours'{instead}"
        raise PydanticCustomError("duration", wanted, {"instead": instead})
    number, _, unit = match[0].partition(" ")
    return int(number) * (60 if unit.startswith("hour") else 1)


def _script(value: Any) -> Any:
    """A file's name: scripts stand in one folder a domain, so that their owners follow from the path."""
    if not isinstance(value, str) or not value.strip():
        raise PydanticCustomError("script", "expected the name of a script, such as device_graph.py: write one")
    path = PurePosixPath(value.replace("\\", "/"))
    if path.is_absolute() or len(path.parts) != 1 or path.parts[0] in ("..", "."):
        raise PydanticCustomError(
            "script",
            "it is outside the domain's folder of scripts; put the script into pipelines/<domain>/ and name the file "
            "alone",
        )
    if not re.fullmatch(SCRIPT_PATTERN, value):
        raise PydanticCustomError("script", "a script's name is of letters, digits, '.', '_' and '-'")
    return value


Duration = Annotated[int, BeforeValidator(_minutes), WithJsonSchema({"type": "string", "pattern": DURATION_PATTERN})]
"""A length of time in minutes, written as minutes or hours."""

ScriptName = Annotated[str, BeforeValidator(_script), WithJsonSchema({"type": "string", "pattern": SCRIPT_PATTERN})]

ArgumentName = Annotated[
    str,
    expected(
        r"^[A-Za-z][A-Za-z0-9_-]{0,63}$",
        "the name of an argument, without '--': letters, digits, '_' and '-', such as days",
    ),
]
ArgumentText = Annotated[str, StringConstraints(max_length=LONGEST_ARGUMENT)]
Arguments = dict[ArgumentName, ArgumentText]


class ProductPipeline(Closed):
    """The pipeline of a product: the one job that writes it, as `role/mesh/pipeline/<clearance>/<product>`."""

    script: Annotated[ScriptName | None, Given] = Field(
        default=None, description="Name of the script in pipelines/<domain>/; 'external' has none."
    )
    runtime: Runtime = Field(
        default="glue-spark",
        description="What runs it: Glue (Spark or Python shell), Lambda, Step Functions; 'external' is a job of Glue, "
        "Lambda or Step Functions in the domain's account that a reviewed stack of the team's own makes.",
    )
    schedule: Annotated[Text | None, Given] = Field(
        default=None, description="When it runs (UTC), as AWS writes it: cron(15 4 * * ? *) or rate(1 hour)."
    )
    event: Annotated[ProductRef | None, Given] = Field(
        default=None, description="The product, one of 'reads', with whose publication it starts."
    )
    reads: Annotated[tuple[ProductRef, ...], Field(strict=False), AfterValidator(once)] = Field(
        default=(), description="What it reads: a part of the domain's 'consumes', and other products of the domain."
    )
    clearance: Annotated[Name | None, Given] = Field(
        default=None, description="The clearance that it reads with; it sees of 'reads' what the clearance covers."
    )
    arguments: Arguments = Field(default={}, description="Arguments of every run, without '--'; nobody overrides them.")
    windows: dict[Name, Arguments] = Field(
        default={},
        description="Runs for a past window, started by hand: a trigger a name, with the arguments of that run.",
    )
    timeout: Annotated[Duration | None, Given] = Field(
        default=None, description="How long a run may take; the runtime's default if left out."
    )
    workers: Annotated[int, Field(ge=2, le=299)] | None = Field(
        default=None, description="Workers of Glue Spark (G.1X); 2 if left out, 4 where it reads tables."
    )
    retries: Annotated[int, Field(ge=0, le=10)] = Field(
        default=0, description="How often Glue starts a run again that failed."
    )
    secrets: Annotated[tuple[Name, ...], Field(strict=False, max_length=MOST_SECRETS), AfterValidator(once)] = Field(
        default=(),
        description="Secrets that it reads, by the last part of their names, mesh/<product>/<name> in Secrets Manager; "
        "their values stand in no file.",
    )


@dataclass(frozen=True, slots=True)
class Script:
    """A file in `pipelines/<domain>/`: its text, or in `fault` why it has none."""

    text: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Scripts:
    """The scripts of a mesh, by `<domain>/<file>`; `folder` is where they are, from the mesh folder."""

    folder: str = "../pipelines"
    files: Mapping[str, Script] = field(default_factory=dict[str, Script])

    def file(self, domain: str, name: str) -> str:
        """The file of a script, relative to the mesh folder."""
        return f"{self.folder}/{domain}/{name}"

    def shown(self, domain: str, name: str = "") -> str:
        """The folder of a domain's scripts, or a script in it, for people."""
        return f"{self.folder.removeprefix('../')}/{domain}/{name}"
