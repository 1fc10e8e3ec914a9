"""Counts what moto holds in an account, whatever the service."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from moto.core.base_backend import BackendDict

_CONTAINERS: Final = (dict, list, set)


def resources_in(account_id: str) -> int:
    """How many things moto holds in an account beyond those that it puts into every fresh one."""
    return sum(
        _held(backend) - _baseline(type(backend), region)
        for service in list(_services())
        for backend_account, region, backend in list(service.iter_backends())
        if backend_account == account_id
    )


def _services() -> list[Any]:
    return BackendDict._instances  # pyright: ignore[reportPrivateUsage]  # moto's only list of the services in use


def _held(backend: Any) -> int:
    return sum(len(value) for value in vars(backend).values() if isinstance(value, _CONTAINERS))


@cache
def _baseline(kind: Any, region: str) -> int:
    return _held(kind(region, "000000000000"))
