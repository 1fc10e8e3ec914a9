"""Policies of Organizations in a language of their own: the declarative one for EC2, and opting out of AI services.

Organizations User Guide, "Declarative policy syntax and examples", "AI services opt-out policy syntax and examples",
"Understanding management policy inheritance": operators begin with `@@`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

_CHILDREN: Final = "@@operators_allowed_for_child_policies"
_ALLOWED: Final = ("@@all", "@@append", "@@assign", "@@none", "@@remove")

Setting = tuple[str, ...] | re.Pattern[str]
"""Values that a setting takes."""
_HOPS: Final = re.compile(r"no_preference|[1-9]|[1-5]\d|6[0-4]|-1")
_ON_OR_OFF: Final = ("enabled", "disabled")

_EC2: Final[Mapping[str, Setting]] = {
    "ec2_attributes.vpc_block_public_access.internet_gateway_block.mode": (
        "off",
        "block_ingress",
        "block_bidirectional",
    ),
    "ec2_attributes.vpc_block_public_access.internet_gateway_block.exclusions_allowed": _ON_OR_OFF,
    "ec2_attributes.snapshot_block_public_access.state": ("block_all_sharing", "block_new_sharing", "unblocked"),
    "ec2_attributes.image_block_public_access.state": ("block_new_sharing", "unblocked"),
    "ec2_attributes.serial_console_access.status": _ON_OR_OFF,
    "ec2_attributes.instance_metadata_defaults.http_tokens": ("no_preference", "required", "optional"),
    "ec2_attributes.instance_metadata_defaults.http_put_response_hop_limit": _HOPS,
    "ec2_attributes.instance_metadata_defaults.http_endpoint": ("no_preference", *_ON_OR_OFF),
    "ec2_attributes.instance_metadata_defaults.instance_metadata_tags": ("no_preference", *_ON_OR_OFF),
    "ec2_attributes.allowed_images_settings.state": ("enabled", "disabled", "audit_mode"),
}
_NESTED: Final = ("ec2_attributes.allowed_images_settings.image_criteria", "ec2_attributes.exception_message")
"""Attributes with a form of their own, which the mesh does not write."""


def wrong_policy(type_: str, body: Any) -> Iterator[str]:
    """Mistakes that Organizations would refuse of a policy that is none of IAM's."""
    known = _EC2 if type_ == "DECLARATIVE_POLICY_EC2" else {}
    for path, value in _settings("", body):
        setting = known.get(path)
        if type_ == "AISERVICES_OPT_OUT_POLICY" and re.fullmatch(r"services\.[a-z_]+\.opt_out_policy", path):
            setting = ("optIn", "optOut")
        if path.endswith("@@"):
            yield f"{path.removesuffix('@@')} has no operator: @@assign says its value"
        elif path.endswith(_CHILDREN):
            if not isinstance(value, list) or not all(each in _ALLOWED for each in cast("list[Any]", value)):
                yield f"{path} takes {', '.join(_ALLOWED)}"
        elif setting is None:
            if not path.startswith(_NESTED):
                yield f"{path or 'the document'} is no setting of {type_}"
        elif not _taken(setting, value):
            yield f"{path} is {value!r}: {_words(setting)} is taken"


def _settings(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Each setting with the value that is assigned; one without an operator with `@@` behind its path."""
    if not isinstance(value, Mapping):
        yield f"{path}@@", value
        return
    members = cast("Mapping[str, Any]", value)
    for name, item in members.items():
        if name == "@@assign":
            yield path, item
        elif name == _CHILDREN:
            yield f"{path}.{name}", item
        else:
            yield from _settings(f"{path}.{name}" if path else name, item)


def _taken(setting: Setting, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    return value in setting if isinstance(setting, tuple) else bool(setting.fullmatch(value))


def _words(setting: Setting) -> str:
    return ", ".join(setting) if isinstance(setting, tuple) else setting.pattern
