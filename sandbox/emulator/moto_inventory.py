"""Inventory of the things that moto holds in an account, and of the operations that it has."""

from __future__ import annotations

import inspect
from collections.abc import Sized
from functools import lru_cache
from pkgutil import resolve_name
from typing import Any, Final

from botocore import xform_name
from moto.core import base_backend
from moto.core.responses import BaseResponse

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


_MODULES: Final = {"lambda": "awslambda", "sso": "ssoadmin"}
"""Names of services in moto that differ from the prefix of their actions."""

_OPERATIONS: Final = {"budgets:ViewBudget": "describe_budget"}
"""Operations, as moto calls them, of actions that have another name."""

_OF_S3_MISSING: Final = frozenset({"s3:GetBucketRequestPayment", "s3:PutBucketRequestPayment"})
"""Actions on a bucket that moto does not have: its operations on buckets have no methods by their names."""


def has_operation(action: str) -> bool:
    """Whether moto has the operation that an action is asked for."""
    service, _, name = action.partition(":")
    if service == "s3":
        return action not in _OF_S3_MISSING
    operation = _OPERATIONS.get(action, xform_name(name))
    return any(hasattr(response, operation) for response in _responses(service))


@lru_cache(maxsize=128)
def _responses(service: str) -> tuple[type, ...]:
    try:
        module: Any = resolve_name(f"moto.{_MODULES.get(service, service)}.responses")
    except (ImportError, AttributeError):
        return ()
    classes: list[tuple[str, type]] = inspect.getmembers(module, inspect.isclass)
    return tuple(each for _, each in classes if issubclass(each, BaseResponse))
