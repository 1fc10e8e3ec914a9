"""Names of buckets: a stem that people can read, and behind it the account and the place of the bucket.

A stem alone is unique among the customers of AWS, or taken by one of them; with account and region nobody else can make
it. Buckets that were made before that was so keep their stem as their name (`names.lock.yaml`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from mesh.aws import bucket_namespace

LONGEST_BUCKET: Final = 63
"""Characters of a bucket's name (S3 User Guide, "General purpose bucket naming rules")."""


@dataclass(frozen=True, slots=True)
class BucketNames:
    """The names of the buckets of a mesh; `kept` are those that are a stem and nothing more."""

    mesh: str
    region: str
    kept: frozenset[str] = frozenset()

    def of_product(self, domain: str, product: str, account_id: str) -> str:
        """The bucket of a data product: `aurora-identity--profiles-310000000013-eu-west-1-an`."""
        return self.name(product_stem(self.mesh, domain, product), account_id)

    def inbox(self, partner: str, account_id: str) -> str:
        """The bucket into which the mesh delivers to a partner."""
        return self.name(inbox_stem(self.mesh, partner), account_id)

    def logs(self, owner: str, account_id: str) -> str:
        """The bucket for access logs of the buckets of an account; `owner` is as in `log_stem`."""
        return self.name(log_stem(self.mesh, owner), account_id)

    def results(self, owner: str, account_id: str) -> str:
        """The bucket for results of the queries of an account."""
        return self.name(results_stem(self.mesh, owner), account_id)

    def scripts(self, domain: str, account_id: str) -> str:
        """The bucket of the scripts of a domain's pipelines."""
        return self.name(scripts_stem(self.mesh, domain), account_id)

    @property
    def every_scripts(self) -> str:
        """Pattern of the buckets of scripts of all domains."""
        return self.derived(scripts_stem(self.mesh, "*"), "?" * 12)

    def audit(self, governance_id: str) -> str:
        """The bucket of the organisation's trail."""
        return self.name(audit_stem(self.mesh), governance_id)

    def publications(self, governance_id: str) -> str:
        """The bucket of what is published of each product, and of what was before."""
        return self.name(publications_stem(self.mesh), governance_id)

    def name(self, stem: str, account_id: str) -> str:
        """The name of the bucket of a stem in an account."""
        return stem if stem in self.kept else self.derived(stem, account_id)

    def derived(self, stem: str, account_id: str) -> str:
        """The name that a stem has where nothing is kept."""
        return stem + bucket_namespace.suffix(account_id, self.region)


class MeshBucket(NamedTuple):
    """A bucket of the mesh: the keys at which `names.lock.yaml` has its name, if it has; its stem, and its account.

    `is_keepable` is False for one that no mesh had before names had their account: it has no line.
    """

    keys: tuple[str, ...]
    stem: str
    account_id: str
    is_keepable: bool = True


def product_stem(mesh: str, domain: str, product: str) -> str:
    """Stem of the bucket of a data product: `aurora-identity--profiles`."""
    return f"{mesh}-{domain}--{product}"


def inbox_stem(mesh: str, partner: str) -> str:
    """Stem of the bucket of a partner's inbox."""
    return f"{mesh}-partner-{partner}--inbox"


def log_stem(mesh: str, owner: str) -> str:
    """Stem of the bucket of an account's access logs; `owner` is `governance`, a domain, or `partner-<p>`."""
    return f"{mesh}-{owner}-logs"


def results_stem(mesh: str, owner: str) -> str:
    """Stem of the bucket of results of an account's queries."""
    return f"{mesh}-{owner}-results"


def scripts_stem(mesh: str, domain: str) -> str:
    """Stem of the bucket of the scripts of a domain's pipelines; no bucket of one is older than the rule of names."""
    return f"{mesh}-{domain}-scripts"


def audit_stem(mesh: str) -> str:
    """Stem of the bucket of the organisation's trail."""
    return f"{mesh}-audit"


def publications_stem(mesh: str) -> str:
    """Stem of the bucket of what is published of each product."""
    return f"{mesh}-publications"
