"""Questions of a call for the evaluator: one or several actions on resources that it has to be allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sandbox.enforcement.aws_call import AwsCall


@dataclass(frozen=True, slots=True)
class Question:
    """An action on a resource. `exact` is false where the resource could not be told from the call."""

    action: str
    resource: str = "*"
    context: Mapping[str, Any] = field(default_factory=dict[str, Any])
    exact: bool = True


class Stored(Protocol):
    """Facts about stored resources that questions need; the live world has them."""

    def bucket_key(self, bucket: str) -> str:
        """ARN of the KMS key that encrypts new objects of a bucket by default; empty without one."""
        ...

    def object_key(self, bucket: str, key: str, version: str) -> str:
        """ARN of the KMS key that an object is encrypted with; empty without one."""
        ...

    def key_arn(self, name: str, account: str, region: str) -> str:
        """ARN of a key by its id, alias or ARN."""
        ...

    def identity_arn(self, account: str, kind: str, name: str) -> str:
        """ARN of a role or user by its name."""
        ...

    def registered(self, account: str, region: str, place: str) -> bool:
        """True when an account's Lake Formation has registered a place (`bucket/prefix`), or one above it."""
        ...

    def connection(self, account: str, region: str, name: str) -> tuple[str, tuple[str, ...]]:
        """The subnet and the security groups of a connection of Glue; neither, where there is none of that name."""
        ...

    def vpc_of(self, subnet: str) -> str:
        """The VPC of a subnet, whose account it is not said; empty where there is none of that id."""
        ...

    def workgroups(self, account: str, region: str, ids: Sequence[str]) -> Sequence[str]:
        """For each id of an execution of Athena or a named query its workgroup; empty where there is none."""
        ...

    def result(self, account: str, region: str, execution: str) -> str:
        """Place of the result of an execution of Athena (`bucket/key`); empty where there is none."""
        ...

    def boundary(self, account: str, role: str) -> str:
        """ARN of the permissions boundary of a role; empty without one."""
        ...


Asks = Callable[[AwsCall, str, Stored], Iterable[Question]]
"""From a call, the caller's account and what is stored."""
