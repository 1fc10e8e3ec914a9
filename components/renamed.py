"""Aliases for old type tokens of components: a deployed mesh takes the new name, and replaces nothing."""

from __future__ import annotations

from pulumi import Alias, ResourceOptions


def formerly(type_: str, opts: ResourceOptions | None) -> ResourceOptions:
    """Options of a component whose type token was another; its children inherit the alias in the engine."""
    return ResourceOptions.merge(opts, ResourceOptions(aliases=[Alias(type_=type_)]))
