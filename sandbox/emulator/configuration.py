"""Configuration of an `aws.Provider`: the settings that the sandbox has; nested ones may arrive as JSON text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.engine.wire import UNKNOWN, has_unknown

HANDLED: Final = frozenset({"assumeRoles", "allowedAccountIds", "region", "defaultTags", "version"})
IGNORED: Final = frozenset(
    {
        "skipCredentialsValidation",
        "skipRegionValidation",
        "skipMetadataApiCheck",
        "skipRequestingAccountId",
        "maxRetries",
    }
)
"""Settings without an effect in the sandbox."""


class ConfigurationError(Exception):
    """A refused setting."""

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(reason)
        self.setting = setting


@dataclass(frozen=True, slots=True)
class Configuration:
    """The parsed settings; in a preview `role_arn` and `region` may be the unknown value."""

    role_arn: str = ""
    through: tuple[str, ...] = ()
    """The roles of the chain before `role_arn`, each assumed by the one before it."""
    assumes: bool = False
    allowed_account_ids: tuple[str, ...] = ()
    region: str = ""
    default_tags: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def account_id(self) -> str:
        """The account of the role."""
        return UNKNOWN if self.role_arn == UNKNOWN else (self.role_arn.split(":") + [""] * 5)[4]

    def all_tags(self, tags: Any) -> Any:
        """The default tags with those of a resource, which may be unknown as a whole."""
        declared: dict[str, str] = {} if tags in (None, UNKNOWN) else tags
        return UNKNOWN if tags == UNKNOWN else {**self.default_tags, **declared}

    def own_tags(self, tags: Mapping[str, str], declared: Mapping[str, str]) -> dict[str, str]:
        """The tags of a resource without the default ones, unless the resource declares them as well."""
        return {n: value for n, value in tags.items() if n in declared or self.default_tags.get(n) != value}

    def caller(self) -> dict[str, str]:
        """The answer of `getCallerIdentity`."""
        arn = f"arn:aws:sts::{self.account_id}:assumed-role/{self.role_arn.rpartition('/')[2]}/mesh"
        return {
            "id": self.account_id,
            "accountId": self.account_id,
            "arn": arn,
            "userId": f"AROASANDBOX{self.account_id}:mesh",
        }

    def require_role(self) -> None:
        """Raise ConfigurationError where the AWS provider would refuse, in its words."""
        if not self.assumes:
            raise ConfigurationError(
                "assumeRoles", "a provider needs assumeRoles: the sandbox has no account of its own"
            )
        if not self.role_arn:
            raise ConfigurationError("assumeRoles", "IAM Role ARN not set")
        if not self.region:
            raise ConfigurationError("region", "invalid AWS Region: ")
        if self.allowed_account_ids and self.account_id not in (*self.allowed_account_ids, UNKNOWN):
            raise ConfigurationError("allowedAccountIds", f"AWS account ID not allowed: {self.account_id}")


def parse(settings: Mapping[str, Any]) -> Configuration:
    """The configuration of the settings; raises ConfigurationError for one that the sandbox lacks."""
    values = {
        name: _plain(value) for name, value in settings.items() if not name.startswith("__") and value is not None
    }
    for name in values:
        if name not in HANDLED | IGNORED:
            raise ConfigurationError(name, f"the sandbox does not handle the provider setting {name}")
    roles = _list(values, "assumeRoles")
    allowed = [] if has_unknown(values.get("allowedAccountIds")) else _list(values, "allowedAccountIds")
    return Configuration(
        role_arn=_role_arn(roles),
        through=tuple(_role_arn([role]) for role in roles[:-1]),
        assumes=bool(roles),
        allowed_account_ids=tuple(str(account) for account in allowed),
        region=str(values.get("region", "")),
        default_tags=_default_tags(values.get("defaultTags")),
    )


def _plain(value: Any) -> Any:
    """The value of a setting; Pulumi's engine sends a nested one as JSON text."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        return json.loads(value)
    return value


def _list(settings: Mapping[str, Any], name: str) -> list[Any]:
    value: list[Any] = [UNKNOWN] if settings.get(name) == UNKNOWN else settings.get(name, [])
    if type(value) is not list:
        raise ConfigurationError(name, f"expected a list, got {value!r:.60}")
    return value


def _role_arn(roles: list[Any]) -> str:
    """The last role of the chain, in whose account calls land."""
    if not roles:
        return ""
    last = roles[-1]
    return UNKNOWN if last == UNKNOWN else str(last.get("roleArn") or "")


def _default_tags(value: Any) -> dict[str, str]:
    return {} if not value or has_unknown(value) else dict(value.get("tags") or {})
