"""Type tokens of pulumi-aws, written shortly: `ec2/natGateway` is `aws:ec2/natGateway:NatGateway`."""

from __future__ import annotations


def token(name: str) -> str:
    """The token of a type by its module."""
    last = name.rpartition("/")[2]
    return f"aws:{name}:{last[0].upper()}{last[1:]}"


def tokens(*names: str) -> frozenset[str]:
    """The tokens of some types."""
    return frozenset(map(token, names))
