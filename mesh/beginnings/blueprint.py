"""Blueprints: the templates of files and of entries, which a platform team changes; filled with answers.

The form is Jinja2's. In a template of YAML every value that is put in is made a scalar of YAML, so an answer stays one
value whatever is in it; in any other file a value stands as it is, and only names are put in. A template reads its
values and nothing else: it runs in Jinja's sandbox, and a value that is not there is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mesh import yamlfile
from mesh.beginnings.yaml_insertions import YamlEntry
from mesh.beginnings.yaml_scalars import scalar
from mesh.findings import NotPossibleError, listed

FOLDER: Final = "blueprints"
ENDING: Final = ".jinja"
_PLACEABLE: Final = re.compile(r"[\w .,:;()/-]*")
"""Texts that may stand in a file that is no YAML, such as a script: none ends a text or begins a comment."""


@dataclass(frozen=True, slots=True)
class Blueprints:
    """The templates of a mesh by `<kind>/<file>.jinja`, each with the path that a person finds it at."""

    texts: Mapping[str, str]
    shown: Mapping[str, str]

    def path(self, name: str) -> str:
        """The path of a template, for people."""
        return self.shown.get(name, f"{FOLDER}/{name}")

    def filled(self, name: str, values: Mapping[str, Any]) -> str:
        """The text of a template with its values; raises NotPossibleError with the template's path and line."""
        text = self.texts.get(name)
        if text is None:
            raise NotPossibleError(f"the template {self.path(name)} is missing; there are {listed(self.texts)}")
        environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined,
            finalize=_yaml if ".yaml" in name else _placed,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,
        )
        try:
            return environment.from_string(text).render(values)
        except TemplateSyntaxError as error:
            raise self._fault(name, error.lineno, str(error.message)) from None
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise self._fault(name, _line(error), f"{error} ({_known(values)})") from None
        except RecursionError:
            raise self._fault(name, 0, "it comes back to itself without end") from None

    def _fault(self, name: str, line: int, message: str) -> NotPossibleError:
        place = f":{line}" if line else ""
        return NotPossibleError(f"the template {self.path(name)}{place} cannot be filled: {message}; mend the template")

    def entry(self, name: str, values: Mapping[str, Any], key: str | None = None) -> YamlEntry:
        """The entry that a template writes; raises NotPossibleError, with its path, for what is not YAML."""
        lines = [line.rstrip() for line in self.filled(name, values).splitlines()]
        told = [line for line in lines if line.strip() and not line.startswith("#")]
        value = "".join(f"{one}\n" for one in told)
        fault = _fault_of(value)
        if len(told) == 1 and not _fault_of(f"value: {told[0]}\n"):
            value, fault = told[0], ""
        if fault or not told:
            reason = fault if told else "it writes nothing"
            raise NotPossibleError(
                f"the template {self.path(name)} writes what is not valid: {reason}; mend the template"
            )
        return YamlEntry(value, key)


def _fault_of(text: str) -> str:
    """The first sentence on a text that is not YAML as mesh files have it; empty for one that is."""
    try:
        yamlfile.parse(yamlfile.Source("", text))
    except yamlfile.UnreadableError as error:
        first = error.findings[0]
        return f"line {first.line} of its text: {first.message}"
    return ""


def _yaml(value: Any) -> Any:
    if isinstance(value, Undefined):
        return value  # printing it raises, with the name of the value
    return scalar(value)


def _placed(value: Any) -> Any:
    if isinstance(value, Undefined):
        return value
    if not _PLACEABLE.fullmatch(str(value)):
        raise ValueError(f"'{value}' cannot stand in a file of this kind")
    return value


def _line(error: Exception) -> int:
    """The line of the template that an error comes from; 0 where it cannot be told."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _known(values: Mapping[str, Any]) -> str:
    return f"values: {listed(values)}"
