"""Inventory of the things that moto holds in an account."""

from __future__ import annotations

from collections.abc import Sized
from functools import lru_cache
from typing import Any, Final

from moto.core import base_backend

_REGISTRY: Final[Any] = base_backend.BackendDict


def resources_in(account_id: str) -> int:
    """The number of things that moto holds in an account, without those that it puts into every new one."""
    services: list[Any] = list(_REGISTRY._instances)  # moto has no other list of the services in use
    instances = (instance for service in services for instance in list(service.iter_backends()))
    backends: list[Any] = [(region, backend) for account, region, backend in instances if account == account_id]
    return sum(_size(backend) - _initial_size(backend.__class__, region) for region, backend in backends)


def _size(backend: Any) -> int:
    state: dict[str, object] = backend.__dict__
    return sum(len(value) for value in state.values() if isinstance(value, Sized) and not isinstance(value, str))


@lru_cache(maxsize=2048)
def _initial_size(backend_class: Any, region: str) -> int:
    return _size(backend_class(region, "000000000000"))
