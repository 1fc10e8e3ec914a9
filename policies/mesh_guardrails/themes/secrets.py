"""Rule on secrets: none stands in the settings, or the scripts, of what runs code."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from mesh_guardrails.document_reading import UNKNOWN_TEXT, parsed
from mesh_guardrails.rule import RegisteredResource, Rule, StackRule
from mesh_guardrails.type_tokens import token

_SETTINGS: Final[dict[str, tuple[str, ...]]] = {
    token("glue/job"): ("defaultArguments", "nonOverridableArguments"),
    token("lambda/function"): ("environment",),
    token("sfn/stateMachine"): ("definition",),
    token("glue/trigger"): ("actions",),
    token("apprunner/service"): ("sourceConfiguration",),
    token("batch/jobDefinition"): ("containerProperties", "ecsProperties", "eksProperties", "nodeProperties"),
    token("codebuild/project"): ("environment", "source", "secondarySources"),
    token("ecs/taskDefinition"): ("containerDefinitions",),
    token("ec2/instance"): ("userData", "userDataBase64"),
    token("ec2/launchConfiguration"): ("userData", "userDataBase64"),
    token("ec2/launchTemplate"): ("userData",),
    token("ec2/spotFleetRequest"): ("launchSpecifications",),
    token("ec2/spotInstanceRequest"): ("userData", "userDataBase64"),
    token("imagebuilder/component"): ("data",),
    token("lightsail/instance"): ("userData",),
    token("sagemaker/notebookInstanceLifecycleConfiguration"): ("onCreate", "onStart"),
    token("ssm/document"): ("content",),
    token("ssm/parameter"): ("insecureValue",),
}
_CALLED: Final = (
    r"password|passwd|passphrase|secret|api_?-?key|access_?-?key|private_?-?key|auth_?-?token|bearer_?-?token"
)
_SECRET_NAME: Final = re.compile(rf"(?i)({_CALLED})$")
_NAMES_A_SECRET: Final = re.compile(r"arn:aws[\w-]*:(?:secretsmanager|ssm):|\{\{resolve:|\$\.")
_SECRET_VALUE: Final = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\w+://[^/\s:@]+:[^/\s:@]+@|\bgh[pousr]_\w{36}"
)
_SCRIPTS: Final = frozenset(
    {
        "buildspec",
        "command",
        "commands",
        "content",
        "data",
        "entryPoint",
        "onCreate",
        "onStart",
        "runCommand",
        "startCommand",
    }
    | {"buildCommand", "script", "userData", "userDataBase64"}
)
"""Names of settings that hold a script, in which a secret is set in a line among others."""

_SET_IN_A_SCRIPT: Final = re.compile(
    rf"(?i)(?<![$\w-])([\w-]{{0,60}}(?:{_CALLED}))(?:=|: +)[\"']?"
    r"(?!arn:|\{\{|[$<`]|/\w+/)([^\s\"'$=;][^\s\"'$;]{5,})"
)
"""A name and a value that is written out: no variable or command, and not the name of a secret or of its file."""

_BASE64: Final = re.compile(r"[A-Za-z0-9+/\s]{16,}={0,2}")


def plain_secret(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a password or a key that stands in a setting, which everyone who sees the resource reads."""
    for setting in _SETTINGS[resource.type]:
        for name in _secrets_in(resource.props.get(setting), setting):
            yield (
                f"'{resource.name}' has a secret in {setting} ({name}); keep it in Secrets Manager, name it there, and "
                "change it"
            )


def _secrets_in(value: Any, setting: str) -> Iterator[str]:
    """Names at which a secret stands within a setting."""
    for name, text in _texts_in(value, setting):
        named = _SECRET_NAME.search(name.strip("-")) and text and not _NAMES_A_SECRET.match(text)
        if (named and text != UNKNOWN_TEXT) or _SECRET_VALUE.search(text):
            yield name
        elif name in _SCRIPTS:
            yield from sorted({found[1].strip("-") for found in _SET_IN_A_SCRIPT.finditer(text)})


def _texts_in(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Texts within a value, each with its name; a list of `{name, value}` is read as settings, JSON as what it says."""
    if isinstance(value, str):
        text = _decoded(value)
        document = parsed(text) or parsed(f'{{"{name}": {text}}}' if text.startswith("[") else None)
        if document:
            yield from _texts_in(document, name)
        else:
            yield name, text
    elif isinstance(value, Mapping):
        written = cast("Mapping[str, Any]", value)
        named = written.get("name") or written.get("Name")
        for key in written:
            yield from _texts_in(written[key], str(named) if named and key in ("value", "Value") else key)
    elif isinstance(value, Sequence):
        for each in cast("Sequence[Any]", value):
            yield from _texts_in(each, name)


def _decoded(text: str) -> str:
    """The text within base64, as user data is written; the text itself where it is no such text."""
    if not _BASE64.fullmatch(text.strip()):
        return text
    try:
        return b64decode(text).decode()
    except ValueError:
        return text


RULES: Final = (
    Rule(
        name="no-secret-in-settings",
        theme="pipelines",
        severity="critical",
        description="No password or key stands in the settings of a pipeline, or in a script of a machine.",
        check=plain_secret,
        types=frozenset(_SETTINGS),
        equivalents=(
            "checkov:CKV_AWS_45",
            "checkov:CKV_AWS_46",
            "prowler:awslambda_function_no_secrets_in_variables",
            "prowler:glue_etl_jobs_no_secrets_in_arguments",
            "prowler:stepfunctions_statemachine_no_secrets_in_definition",
            "fsbp:ECS.8",
        ),
    ),
)
STACK_RULES: Final[tuple[StackRule, ...]] = ()
