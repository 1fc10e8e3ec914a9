"""Faults that only AWS has: answers to calls, for as long as they last, as a run meets them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

from sandbox.emulator.aws.fields import PropertyValues
from sandbox.emulator.aws.resource import AwsError


@dataclass
class LastingFault:
    """An answer of AWS to some operations: to the first `times` calls of each, or to all of them."""

    error: AwsError
    operations: tuple[str, ...]
    times: int = 10**6
    met: Counter[str] = field(default_factory=Counter[str])

    def __call__(self, operation: str) -> None:
        if operation in self.operations and self.met[operation] < self.times:
            self.met[operation] += 1
            raise self.error

    def unmet(self) -> set[str]:
        return set(self.operations) - set(self.met)


@dataclass(frozen=True)
class SingleFault:
    """An answer of AWS to one call, as often as it is made in a run."""

    error: AwsError
    operation: str


@dataclass
class OneEach:
    """Each of some faults is the answer to one call; no call has two."""

    faults: Sequence[SingleFault]
    calls: dict[tuple[str, str], SingleFault | None] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def __call__(self, operation: str, parameters: PropertyValues) -> None:
        call = (operation, json.dumps(parameters, sort_keys=True, default=str))
        with self.lock:
            if call not in self.calls:
                self.calls[call] = next(self._free(operation), None)
            fault = self.calls[call]
        if fault:
            raise fault.error

    @property
    def met(self) -> list[SingleFault]:
        return [fault for fault in self.faults if fault in self.calls.values()]

    def _free(self, operation: str) -> Iterator[SingleFault]:
        taken = [*self.calls.values()]
        return (fault for fault in self.faults if fault.operation == operation and fault not in taken)


NOT_KNOWN_YET = {
    "create_key": AwsError("MalformedPolicyDocumentException", "one or more invalid principals."),
    "create_role": AwsError("MalformedPolicyDocument", "Invalid principal in policy"),
    "grant_permissions": AwsError("InvalidInputException", "Invalid principal"),
    "put_bucket_policy": AwsError("MalformedPolicy", "Invalid principal in policy"),
    "put_data_lake_settings": AwsError("InvalidInputException", "Invalid principal"),
}
"""What AWS says of a role that another service does not know yet, by the operation."""


@dataclass
class YoungRoles:
    """Roles that a run has made: a call that names one is refused the first `times`."""

    times: int
    roles: set[str] = field(default_factory=set[str])
    met: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    """Refusals by operation and parameters."""

    def __call__(self, operation: str, parameters: PropertyValues) -> None:
        call = operation, json.dumps(parameters, sort_keys=True, default=str).replace("\\", "")
        if operation in NOT_KNOWN_YET and self.met[call] < self.times and self._names_one(call[1]):
            self.met[call] += 1
            raise NOT_KNOWN_YET[operation]
        if operation == "create_role":
            self.roles.add(f"role{parameters['Path']}{parameters['RoleName']}")

    @property
    def operations(self) -> set[str]:
        """Operations that were refused."""
        return {operation for operation, _ in self.met}

    def _names_one(self, parameters: str) -> bool:
        return any(f':{role}"' in parameters for role in self.roles)
