"""Classes of roles, people and pull requests, known by their names; the one place that reads a name."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from mesh import names


class PrincipalNode(NamedTuple):
    """A principal of the graph: a role by its ARN, people by their group, a pull request, an outsider.

    `owner` is as buckets are named (`ads`, `governance`, `management`, `partner-x`), empty for an outsider; `detail` is
    what the class has one of each for: the clearance of a clearance role, the stack of a CI role.
    """

    key: str
    who: str
    kind: str
    owner: str
    account: str
    detail: str = ""
    product: str = ""

    @property
    def name(self) -> str:
        """Reference to the principal for people: `deploy@ads`, `clearance/pii@ads`, `group/ads-finance`."""
        if not self.is_role:
            return self.key
        if "#" in self.key:
            return f"token/{self.key.partition('#')[2]}"
        if self.kind == "permission set":
            return f"people/{self.detail}@{self.owner}"
        path = self.key.split(":", 5)[5].removeprefix("role/").removeprefix(f"{names.PATH}/")
        home = self.owner if self.kind not in ("ci", "location", "publisher") else "governance"
        return f"{path if self.kind not in (ADMINISTRATOR, OUTSIDER) else self.kind}@{home or self.account}"

    @property
    def is_role(self) -> bool:
        """Whether AWS knows the principal, by its ARN."""
        return self.key.startswith("arn:")

    @property
    def principal(self) -> str:
        """The caller as a request names it; a token is its identity provider's."""
        return self.key.partition("#")[0]


ADMINISTRATOR: Final = "administrator"
GROUP: Final = "group"
PULL_REQUEST: Final = "pull request"
OUTSIDER: Final = "outsider"
LIKE_NAMED: Final = "like-named"
STACK_SETS: Final = "stack sets"

_M: Final = names.PATH
_PATTERNS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("deploy", rf"role/{_M}/deploy"),
        ("deploy-access", rf"role/{_M}/deploy-access"),
        ("preview", rf"role/{_M}/preview"),
        ("ci", rf"role/{_M}/ci[-/](?P<detail>[a-z-]*?)(?:-?(?P<account>\d{{12}}))?"),
        ("clearance", rf"role/{_M}/clearance/(?P<detail>[^/]+)"),
        ("pipeline", rf"role/{_M}/pipeline/(?P<detail>[^/]+)/(?P<product>[^/]+)"),
        ("delivery", rf"role/{_M}/delivery/deliver-(?P<product>[^/]+)"),
        ("location", rf"role/{_M}/location/(?P<owner>[^/]+)"),
        ("publisher", rf"role/{_M}/publisher/publish-(?P<owner>[^/]+)"),
        ("check", rf"role/{_M}/{names.CHECK}"),
        ("retention", rf"role/{_M}/{names.RETENTION}"),
        ("start", rf"role/{_M}/{names.START}"),
        ("forward", rf"role/{_M}/forward"),
        ("publication", rf"role/{_M}/functions/{names.PUBLICATION}"),
        ("engineer", rf"role/{_M}/engineer"),
        ("owner", rf"role/{_M}/owner"),
        ("auditor", rf"role/{_M}/auditor"),
        ("partner people", rf"role/{_M}/access"),
        ("break-glass", rf"role/{_M}/{names.BREAK_GLASS}/[^/]+"),
        ("break-glass user", rf"user{names.BREAK_GLASS_PATH}.+"),
        ("permission set", r"role/aws-reserved/.*/AWSReservedSSO_(?P<detail>.+)_[0-9a-f]{16}"),
        (STACK_SETS, r"role/stacksets-exec-.*"),
        (ADMINISTRATOR, r"role/somebody"),
    )
)


def node_of(arn: str, owners: dict[str, str]) -> PrincipalNode:
    """The node of a role or user by its ARN; `owners` has the owner of every account by its id."""
    account, rest = arn.split(":", 5)[4:]
    home = owners.get(account, "")
    for kind, pattern in _PATTERNS:
        found = pattern.fullmatch(rest)
        if found:
            parts = found.groupdict()
            owner = parts.get("owner") or owners.get(parts.get("account") or "", home)
            what = f"{kind} {parts['detail']}" if parts.get("detail") and kind != "pipeline" else kind
            product = parts.get("product") or ""
            of = f"{owner}.{product}" if product else owner
            return PrincipalNode(arn, f"{what} of {of}", kind, owner, account, parts.get("detail") or "", product)
    return PrincipalNode(arn, f"{rest} of {home}", "role", home, account, rest)


def bound_to(node: PrincipalNode) -> str:
    """The class of a node, for which there is one bound: `deploy of a domain`, `ci access`, `clearance`."""
    if node.kind in ("ci", PULL_REQUEST, OUTSIDER, GROUP):
        return f"ci {node.detail}" if node.kind == "ci" else node.kind
    return f"{node.kind} of {unit_of(node.owner)}" if node.kind in _IN_EVERY_ACCOUNT else node.kind


_IN_EVERY_ACCOUNT: Final = frozenset({"deploy", "deploy-access", "preview", ADMINISTRATOR})


def unit_of(owner: str) -> str:
    """The kind of an owner of accounts, in words."""
    if owner in ("governance", "management"):
        return owner
    return "a partner" if owner.startswith("partner-") else "a domain"
