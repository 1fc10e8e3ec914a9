"""New exceptions: from rules of the policy pack, or ones that last longer, each with those who say yes to it."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.approvals.needs import ChangeRequest, Need, platform_of
from mesh.model import Mesh
from mesh.model.exceptions_file import EXCEPTIONS_FILE


def exception_needs(request: ChangeRequest) -> Iterator[Need]:
    """A need of security, or the platform team, for each exception that is new or lasts longer than it did.

    Another rule, stack or name is another exception. A file that cannot be read whole may hold any.
    """
    before, after = request.before, request.after
    place, by = f"{request.folder}/{EXCEPTIONS_FILE}", _security_of(before)
    if after.touches(EXCEPTIONS_FILE):
        why = f"{EXCEPTIONS_FILE} cannot be read, and what it lets through not be told"
        yield Need("guardrail", place, by, why)
        return
    had = before.exceptions.by_rule_and_resource() if before.exceptions else {}
    for key, exception in (after.exceptions.by_rule_and_resource() if after.exceptions else {}).items():
        what = f"'{exception.rule}' no longer holds for {exception.resource} until {exception.expires}"
        if key not in had:
            yield Need("guardrail", f"{place}: {exception.resource}", by, f"{what}: {exception.reason}")
        elif exception.expires > had[key].expires:
            yield Need("guardrail", f"{place}: {exception.resource}", by, f"{what}, and not {had[key].expires} alone")


def _security_of(mesh: Mesh) -> tuple[str, ...]:
    """The contact for security, and the platform team, which owns the rules; one of them is enough."""
    contact = mesh.file.security_contact
    return tuple(dict.fromkeys((*((contact,) if contact else ()), *platform_of(mesh))))
