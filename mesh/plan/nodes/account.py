"""The baseline of an account: keys, logs, query results, budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mesh import names
from mesh.iam.account import account_key_policy, log_bucket_policy, results_bucket_policy
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.boundary import boundary
from mesh.iam.statement import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBaselineArgs:
    """Baseline of an account: keys, boundary, logs, query results, budget. `owner` names the domain or partner.

    `clearances` that are held in the account have a workgroup each, and so has the check of its drafts; without any
    there is one for the account.
    `with_boundary` is False where the boundary belongs to another stack, that of who reads.
    `budget` in US dollars a month; `log_retention` and `results_retention` in days.
    """

    perimeter: Perimeter
    owner: str
    owner_email: str
    account_id: str
    budget: int
    log_retention: int
    results_retention: int
    clearances: tuple[str, ...] = ()
    with_boundary: bool = True
    deletion_protection: bool = True

    @property
    def workgroups(self) -> Mapping[str, str]:
        """Athena workgroups, each with the location of its results."""
        # One a clearance, and one for checks: results are data, and a lower clearance must not read those of a higher.
        if not self.clearances:
            return {names.WORKGROUP: f"s3://{self.results_bucket}/"}
        queries = (*self.clearances, names.CHECK)
        return {names.workgroup(name): f"s3://{self.results_bucket}/{name}/" for name in queries}

    @property
    def log_bucket(self) -> str:
        """Name of the bucket for access logs of the account's buckets."""
        return self.perimeter.buckets.logs(self.owner, self.account_id)

    @property
    def results_bucket(self) -> str:
        """Name of the bucket for results of the account's queries."""
        return self.perimeter.buckets.results(self.owner, self.account_id)

    @property
    def boundary(self) -> Document:
        """Permissions boundary of every role in the account."""
        return boundary(self.perimeter, self.account_id)

    @property
    def key_policy(self) -> Document:
        """Resource policy of the account's key."""
        return account_key_policy(self.perimeter, self.account_id)

    @property
    def log_bucket_policy(self) -> Document:
        """Resource policy of the log bucket."""
        return log_bucket_policy(self.perimeter, self.log_bucket, self.account_id)

    @property
    def results_bucket_policy(self) -> Document:
        """Resource policy of the bucket of query results."""
        return results_bucket_policy(self.perimeter, self.results_bucket, self.account_id, self._readers)

    @property
    def _readers(self) -> tuple[str, ...]:
        """Patterns of the roles that query in the account."""
        if self.clearances:
            return names.clearance_role(self.account_id, "*"), names.check_role(self.account_id)
        return (names.role(self.account_id, "access"),) if self.owner.startswith("partner-") else ()
