"""Subnets of the network in the emulator: each has the id that `accounts.yaml` gives to its zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from sandbox.emulator.organization_ids import OrganizationIds


def given_subnets(ids: OrganizationIds) -> Iterator[tuple[Any, str, Any]]:
    """Give a subnet of that VPC the id that its zone has; one of another zone keeps a random one."""
    from moto.ec2.models import subnets
    from moto.ec2.utils import random_subnet_id

    create = subnets.SubnetBackend.create_subnet
    given: ContextVar[str] = ContextVar("id of the subnet that is being created", default="")

    def create_subnet(
        backend: Any,
        vpc_id: str,
        cidr_block: str,
        ipv6_cidr_block: str | None = None,
        availability_zone: str | None = None,
        *values: Any,
        **named: Any,
    ) -> Any:
        known = ids.subnets.get(str(availability_zone)) if vpc_id == ids.network else None
        taken = any(known in of_a_zone for of_a_zone in backend.subnets.values())
        token = given.set("" if known is None or taken else known)
        try:
            return create(backend, vpc_id, cidr_block, ipv6_cidr_block, availability_zone, *values, **named)
        finally:
            given.reset(token)

    yield subnets, "random_subnet_id", lambda: given.get() or random_subnet_id()
    yield subnets.SubnetBackend, "create_subnet", create_subnet
