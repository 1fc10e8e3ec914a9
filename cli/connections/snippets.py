"""Snippets: what a data tool takes to read as somebody, of the kept organisation or of AWS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import Template
from typing import Final, Literal

from cli.aws_profile import profile_name
from cli.connections.data_places import ReadablePlace, ReadablePlaces, ReadingWay
from cli.connections.data_users import DataUser
from mesh.findings import NotPossibleError
from mesh.plan import Plan

ClientName = Literal["boto3", "awswrangler", "dbt", "spark", "jdbc", "duckdb", "polars", "pyiceberg"]

WAYS: Final[Mapping[ClientName, tuple[ReadingWay, ...]]] = {
    "boto3": ("athena", "files"),
    "awswrangler": ("athena", "files"),
    "dbt": ("athena",),
    "jdbc": ("athena",),
    "spark": ("iceberg", "files"),
    "polars": ("files",),
    "duckdb": ("files",),
    "pyiceberg": ("iceberg",),
}
"""How a client reads, the way that is offered first in the first place."""

TABLES_OF_OTHERS: Final = (
    "A port `table` is not read in S3, where clearances have rights on files/ alone: Athena reads it (boto3, "
    "awswrangler, dbt, jdbc), and so does a pipeline's job of Glue with Lake Formation's fine-grained access."
)

NO_PLACE: Final[Mapping[ReadingWay, str]] = {
    "athena": "a table in Athena",
    "files": "files in S3",
    "iceberg": "the files of Iceberg tables in S3, which a pipeline alone may, of its own drafts",
}
"""What a client would have to read in each way."""

DBT_MAKES_NO_TABLE: Final = (
    "dbt compiles, shows and tests here: models that make a table or a view are refused, for tables are the "
    "contract's; a pipeline writes into its draft by `insert into`, in a macro that `dbt run-operation` calls."
)

SPARK_PROFILE: Final = "software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider"

_TEMPLATES: Final = Path(__file__).parent / "templates"
_OF_THE_KEPT: Final = "kept|"


@dataclass(frozen=True)
class Snippet:
    """The text for a client of somebody who reads a place; `endpoint` is empty for AWS."""

    plan: Plan
    user: DataUser
    client: ClientName
    place: ReadablePlace
    endpoint: str

    @property
    def text(self) -> str:
        """The text: comments on the profile and on what is not read, then what the client takes."""
        lines: list[str] = []
        for line in (_TEMPLATES / f"{self.client}.{self.place.way}.txt").read_text("utf-8").splitlines():
            if self.endpoint or not line.startswith(_OF_THE_KEPT):
                written = Template(line.removeprefix(_OF_THE_KEPT)).substitute(self._values)
                lines += [written] if written.strip() or not line.strip() else []
        return "\n".join([*(f"# {line}".rstrip() for line in self._comments()), *lines])

    @property
    def profile(self) -> str:
        """The profile that the client signs in with; empty for a job on AWS, which has credentials of its own."""
        return profile_name(self.user.who) if self.endpoint or self.user.permission_set else ""

    @cached_property
    def _values(self) -> Mapping[str, str]:
        place, region = self.place, self.plan.perimeter.region
        return {
            "region": region,
            "endpoint": self.endpoint,
            "bucket": place.bucket,
            "folder": place.folder,
            "database": place.database,
            "table": place.table,
            "workgroup": self.user.workgroup,
            "results": self._results(),
            "target": "kept" if self.endpoint else "aws",
            "jdbc_endpoints": self._jdbc_endpoints(),
            **(_by_profile(self.profile) if self.profile else _by_a_job(region)),
        }

    def _jdbc_endpoints(self) -> str:
        """Endpoints of the driver 3.x, and the calls by which it takes results when it does not go to S3 itself."""
        if not self.endpoint:
            return ""
        services = ("Athena", "AthenaStreaming", "S3", "Sts")
        return "".join(f"{each}Endpoint={self.endpoint};" for each in services) + "ResultFetcher=GetQueryResults;"

    def _results(self) -> str:
        """The place of results of the workgroup, whatever a client asks for; empty where a pipeline has none."""
        user, plan = self.user, self.plan
        if user.kind == "pipeline":
            job = plan.domains[user.home].jobs.get(user.name)
            return job.results if job else ""
        account = (plan.domains if user.kind == "clearance" else plan.partners)[user.home].account
        return account.workgroups[user.workgroup]

    def _comments(self) -> list[str]:
        who, place = self.user.who, self.place
        read = f"{place.database}.{place.table}" if place.table else f"s3://{place.bucket}/{place.folder}"
        where = "the organisation that `mesh up --serve` keeps" if self.endpoint else "AWS"
        said = [f"{who} reads {read} of {place.product}, on {where}."]
        if self.endpoint:
            said += [
                f"The profile has the keys and the endpoint, {self.endpoint}; write it once after `mesh up --serve`:",
                f"  mesh as {who} --profile --write ~/.aws/config",
            ]
        elif self.profile:
            said += ["The profile, in ~/.aws/config; the start URL is that of your Identity Center:", *self._signs_in()]
        if place.way == "files" and "athena" not in WAYS[self.client] and self.user.kind == "clearance":
            said.append(TABLES_OF_OTHERS)
        if self.client == "dbt":
            said.append(DBT_MAKES_NO_TABLE)
        return said

    def _signs_in(self) -> list[str]:
        """A person's profile on AWS: the permission set, and from it the role of the mesh."""
        region, profile, user = self.plan.perimeter.region, self.profile, self.user
        return [
            f"  [profile {profile}]",
            f"  role_arn = {user.role}",
            f"  source_profile = {profile}-sign-in",
            f"  region = {region}",
            f"  [profile {profile}-sign-in]",
            "  sso_session = mesh",
            f"  sso_account_id = {user.account}",
            f"  sso_role_name = {user.permission_set}",
            "  [sso-session mesh]",
            "  sso_start_url = https://<your directory>.awsapps.com/start",
            f"  sso_region = {region}",
        ]


def _by_profile(profile: str) -> Mapping[str, str]:
    """The profile that is signed in with, as each client is told it."""
    return {
        "session": f'boto3.Session(profile_name="{profile}")',
        "aws_profile_name": f"aws_profile_name: {profile}",
        "jdbc_credentials": f"CredentialsProvider=ProfileCredentials;ProfileName={profile};",
        "spark_profile": f"started with AWS_PROFILE={profile}",
        "spark_s3a_credentials": f"spark.hadoop.fs.s3a.aws.credentials.provider  {SPARK_PROFILE}",
        "spark_iceberg_credentials": f"spark.sql.catalog.mesh.client.credentials-provider  {SPARK_PROFILE}",
    }


def _by_a_job(region: str) -> Mapping[str, str]:
    """The same of a job on AWS, which has the credentials of its role without asking."""
    return {
        "session": f'boto3.Session(region_name="{region}")',
        "aws_profile_name": "",
        "jdbc_credentials": "CredentialsProvider=DefaultChain;",
        "spark_profile": "in the pipeline's job",
        "spark_s3a_credentials": "",
        "spark_iceberg_credentials": "",
    }


def snippet(plan: Plan, user: DataUser, client: ClientName, product: str, endpoint: str) -> Snippet:
    """The snippet of a client; raises NotPossibleError, with what can, where the client cannot read as that user."""
    places = ReadablePlaces(plan, user, product)
    for way in WAYS[client]:
        if place := places.first(way):
            return Snippet(plan, user, client, place, endpoint)
    of = f" of {product}" if product else ""
    wanted = " or ".join(NO_PLACE[way] for way in WAYS[client])
    others = f" {TABLES_OF_OTHERS}" if "athena" not in WAYS[client] and user.kind == "clearance" else ""
    raise NotPossibleError(f"{client} reads {wanted}, and {user.who} reads nothing of the kind{of}.{others}")
