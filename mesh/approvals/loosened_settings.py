"""Loosened settings: of `mesh.yaml`, each with the direction in which it lets more happen, and of `accounts.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Any, Final, NamedTuple, cast

from mesh.approvals.needs import ChangeRequest, Need, platform_of
from mesh.findings import listed
from mesh.model import AccountsFile, MeshFile
from mesh.model.continuous_integration import ContinuousIntegration, ci_stacks


class LooserSetting(NamedTuple):
    """A setting of `mesh.yaml` by its keys, when a change of it lets more happen, and what that is.

    `why` has `{before}` and `{after}`.
    """

    keys: tuple[str, ...]
    loosens: Callable[[Any, Any], bool]
    why: str

    @property
    def name(self) -> str:
        """The setting as people write it."""
        return ".".join(key.replace("_", "-") for key in self.keys)


def _another(before: Any, after: Any) -> bool:
    return before != after


def _less(before: Any, after: Any) -> bool:
    return after < before


def _more(before: Any, after: Any) -> bool:
    return after > before


def _off(before: Any, after: Any) -> bool:
    return bool(before) and not after


def _grows(before: Any, after: Any) -> bool:
    return not set(after) <= set(before)


def _shrinks(before: Any, after: Any) -> bool:
    return _grows(after, before)


def _opens_addresses(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Whether an address that was refused is taken; without a list every one is."""
    if not before or not after:
        return bool(before)
    held = [ip_network(each) for each in before]
    return not all(_inside(ip_network(each), held) for each in after)


def _inside(inner: IPv4Network | IPv6Network, held: list[IPv4Network | IPv6Network]) -> bool:
    if isinstance(inner, IPv4Network):
        of_4 = collapse_addresses(each for each in held if isinstance(each, IPv4Network))
        return any(inner.subnet_of(each) for each in of_4)
    of_6 = collapse_addresses(each for each in held if isinstance(each, IPv6Network))
    return any(inner.subnet_of(each) for each in of_6)


def _forgets_words(before: Mapping[str, tuple[str, ...]], after: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a word stands for fewer classifications than it did."""
    return any(not set(meant) <= set(after.get(word, ())) for word, meant in before.items())


def _hub_no_more(before: str, after: str) -> bool:
    return before == "hub" and after != "hub"


SETTINGS: Final = (
    LooserSetting(("region",), _another, "the data of the mesh move from {before} to {after}"),
    LooserSetting(
        ("security_contact",), _another, "{after} is told of break-glass use and denied access, and {before} no more"
    ),
    LooserSetting(("account_email",), _another, "whoever reads {after} has the accounts to come, and {before} no more"),
    LooserSetting(
        ("people_addresses",), _opens_addresses, "people are let in from addresses from which they were refused"
    ),
    LooserSetting(("auditors",), _grows, "more groups see policies, settings and the trail of every domain"),
    LooserSetting(
        ("granted_by",), _hub_no_more, "domains' accounts pass on grants again, which the hub alone gave ({before})"
    ),
    LooserSetting(
        ("review_horizon",), _more, "a holder of a clearance is reviewed {after} days ahead instead of {before}"
    ),
    LooserSetting(("no_label",), _grows, "words of contracts mean no label that meant something, or nothing, before"),
    LooserSetting(
        ("classification_aliases",), _forgets_words, "words of contracts stand for fewer classifications than before"
    ),
    LooserSetting(("classifications",), _shrinks, "a classification is there no more"),
    LooserSetting(("defaults", "budget"), _more, "owners are told of costs at {after} US dollars instead of {before}"),
    LooserSetting(
        ("defaults", "deletion_protection"), _off, "data no longer survive their removal from the YAML, mesh-wide"
    ),
    LooserSetting(("defaults", "log_retention"), _less, "access logs are kept {after} days instead of {before}"),
    LooserSetting(
        ("defaults", "audit_retention"), _less, "the audit trail can be deleted after {after} days instead of {before}"
    ),
    LooserSetting(
        ("defaults", "results_retention"), _more, "results of queries lie about for {after} days instead of {before}"
    ),
    LooserSetting(
        ("defaults", "publication_lag"),
        _more,
        "a draft may be ahead {after} days instead of {before} before it is told",
    ),
    LooserSetting(("defaults", "snapshots"), _less, "tables can be rolled back {after} days instead of {before}"),
    LooserSetting(
        ("defaults", "agreement_notice"),
        _less,
        "the end of an agreement is told {after} days ahead instead of {before}",
    ),
    LooserSetting(
        ("defaults", "break_notice"),
        _less,
        "the end of what a product promises is announced {after} days ahead instead of {before}",
    ),
)
"""The settings of `mesh.yaml` that guard something."""

NEUTRAL: Final[Mapping[str, str]] = {
    "name": "buckets get other names, and resources tell of it",
    "description": "a text",
    "zones": "a place of the network, which lets nobody in",
    "owner": "asked as the owner of the file",
    "policies_of_others": "numbers that count against quotas",
    "ci": "compared by who may deploy which stack",
    "defaults.retention": "compared product by product",
}
"""Settings whose change by itself loosens nothing, with the reason; a test holds that every setting is in one list."""


def setting_needs(request: ChangeRequest) -> Iterator[Need]:
    """A need of the platform team for each guardrail of `mesh.yaml` that is loosened, and for all that nobody can tell.

    A file that cannot be read has stand-ins for its values, which are no one's wish.
    """
    before, after = request.before.file, request.after.file
    place, platform = f"{request.folder}/mesh.yaml", platform_of(request.before)
    unknown = [setting for setting in SETTINGS if _is_uncertain(request, setting)]
    if unknown:
        names = listed(setting.name for setting in unknown)
        yield Need("guardrail", place, platform, f"mesh.yaml cannot be read, and what it loosens not be told: {names}")
    for setting in SETTINGS:
        if setting in unknown:
            continue
        old, new = _value(before, setting.keys), _value(after, setting.keys)
        if old != new and setting.loosens(old, new):
            why = setting.why.format(before=_shown(old), after=_shown(new)).replace(" 1 days ", " 1 day ")
            yield Need("guardrail", f"{place}: {setting.name}", platform, f"'{setting.name}' is loosened: {why}")
    stacks = ci_stacks(dict.fromkeys((*request.before.domains, *request.after.domains)))
    opened = [stack for stack in stacks if _token(after.ci, stack) not in (None, _token(before.ci, stack))]
    # A domain that is new has no place from which it was deployed before.
    opened = [stack for stack in opened if before.ci is None or stack in ci_stacks(request.before.domains)]
    if opened:
        why = f"another place of continuous integration may deploy {listed(opened)}"
        yield Need("guardrail", f"{place}: ci", platform, f"'ci' is loosened: {why}")


def _is_uncertain(request: ChangeRequest, setting: LooserSetting) -> bool:
    # An entry of a list that cannot be read is one that the setting does not seem to have.
    return any(mesh.touches("mesh.yaml", *setting.name.split(".")) for mesh in (request.before, request.after))


def _value(file: MeshFile, keys: tuple[str, ...]) -> Any:
    value: Any = file
    for key in keys:
        value = getattr(value, key)
    return value


def _shown(value: Any) -> str:
    return listed(cast("tuple[str, ...]", value)) if isinstance(value, tuple) else str(value)


def _token(ci: ContinuousIntegration | None, stack: str) -> tuple[str, str, str] | None:
    """The token that deploys a stack."""
    return (ci.issuer, ci.audience, ci.subject(stack)) if ci else None


def account_needs(request: ChangeRequest) -> Iterator[Need]:
    """A need of the platform team for each id that becomes another one, goes, or comes where none was.

    An id decides whom policies trust, the first as much as another: whoever sets it says which account that is.
    """
    before, after = request.before.accounts, request.after.accounts
    place, platform = f"{request.folder}/accounts.yaml", platform_of(request.before)
    old, new = (_ids(file) if file else {} for file in (before, after))
    changed = [name for name, value in old.items() if new.get(name) != value]
    if changed:
        why = f"{listed(changed)} {'is' if len(changed) == 1 else 'are'} not what AWS gave any more, or not there"
        yield Need("account", place, platform, f"{why}: the mesh would trust, or reach, another")
    first = [name for name in new if name not in old]
    if first:
        is_one = len(first) == 1
        why = f"{listed(first)} {'is' if is_one else 'are'} set where nothing was, and the mesh trusts, or reaches, "
        yield Need("account", place, platform, f"{why}what {'it names' if is_one else 'they name'}: did AWS give that?")
    had = before.organization.services if before else ()
    more = sorted(set(after.organization.services) - set(had)) if after else ()
    if more:
        why = f"services get trusted access to the organisation: {listed(more)}"
        yield Need("account", place, platform, why)


def _ids(file: AccountsFile) -> dict[str, Any]:
    """Every id by its keys, but for groups, which the approvers of their clearances answer for."""
    written = file.model_dump(exclude_none=True, exclude={"identity_center": {"groups"}, "organization": {"services"}})
    return dict(_flat(written, ()))


def _flat(value: Any, place: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, Any]", value).items():
            yield from _flat(inner, (*place, key))
    elif isinstance(value, tuple):
        yield from ((f"{'.'.join(place)} {each}", each) for each in cast("tuple[str, ...]", value))
    else:
        yield ".".join(place), value
