"""The desk at which `mesh publish` asks: records of what is published, and requests, with somebody's credentials.

Of the organisation that `mesh up --serve` keeps it asks as the domain's owner, or its engineer where there is no owner;
on AWS with the credentials of the shell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mesh import names
from mesh.findings import NotPossibleError, listed
from sandbox.runs.served_organization import NONE_SERVED, ServedOrganization, find

if TYPE_CHECKING:
    from mesh.plan import Plan

REFUSALS: Final = ("AccessDenied", "AccessDeniedException", "403")
SEE: Final = frozenset({"owner", "engineer"})
"""Duties of people who see what is published of their domain."""
MISSING: Final = ("NoSuchKey", "404")


@dataclass(frozen=True, slots=True)
class PublicationDesk:
    """The place to read records and put requests; `client` makes a client of a service for a domain's people.

    `caller` says who asks, for a sentence about what they may not do; `account` is theirs on AWS, None of a kept
    organisation, in which somebody of each domain is there to ask.
    """

    plan: Plan
    client: Callable[[str, str], Any]
    caller: Callable[[str], str]
    account: str | None = None

    def record(self, domain: str, product: str) -> Mapping[str, Any] | None:
        """The record of a product; None when it was never published. Raises NotPossibleError for who may not."""
        from botocore.exceptions import BotoCoreError, ClientError

        account, bucket = self._account(domain), self.plan.governance.publication.bucket
        try:
            answer = self.client(domain, "s3").get_object(Bucket=bucket, Key=f"{account}/{product}.json")
            return dict(json.loads(answer["Body"].read()))
        except ClientError as error:
            code = _said(error)["Code"]
            # Of an object that is not there S3 says the same to who may not list the bucket, which nobody here may.
            if code in MISSING or (code in REFUSALS and self._is_staff(domain, ("owner", "engineer"))):
                return None
            raise self._impossible(f"read what is published of {domain}.{product}", domain, error) from None
        except BotoCoreError as error:
            raise NotPossibleError(f"AWS cannot be asked: {error}") from None

    def ask(self, domain: str, product: str, action: str, to: str | None = None) -> str:
        """Ask on the mesh bus for `retry` or `rollback`: the event's id. Raises NotPossibleError for who may not."""
        from botocore.exceptions import BotoCoreError, ClientError

        perimeter = self.plan.perimeter
        detail = {"action": action, "product": f"{domain}.{product}", **({"to": to} if to else {})}
        entry = {
            "EventBusName": f"arn:aws:events:{perimeter.region}:{perimeter.governance_id}:event-bus/{names.BUS}",
            "Source": names.event_source(domain, product),
            "DetailType": names.REQUESTED,
            "Detail": json.dumps(detail),
        }
        what = f"ask for a {action} of {domain}.{product}"
        try:
            answer = self.client(domain, "events").put_events(Entries=[entry])
        except ClientError as error:
            raise self._impossible(what, domain, error, ("owner",)) from None
        except BotoCoreError as error:
            raise NotPossibleError(f"AWS cannot be asked: {error}") from None
        told: Mapping[str, str] = answer["Entries"][0]
        if answer.get("FailedEntryCount"):
            raise NotPossibleError(f"{what}: the mesh bus answers {told.get('ErrorCode')}: {told.get('ErrorMessage')}")
        return told["EventId"]

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains whose products the caller may ask for: of a kept organisation all that have such people."""
        plans = self.plan.domains
        if self.account is None:
            return tuple(name for name, domain in plans.items() if not SEE.isdisjoint(domain.staff))
        return tuple(name for name in plans if self.account == self._account(name))

    def _account(self, domain: str) -> str:
        return self.plan.domains[domain].access.account_id

    def _is_staff(self, domain: str, duties: tuple[str, ...]) -> bool:
        account = self._account(domain)
        return any(f":{account}:assumed-role/{duty}/" in self.caller(domain) for duty in duties)

    def _impossible(
        self, what: str, domain: str, error: Any, duties: tuple[str, ...] = ("owner", "engineer")
    ) -> NotPossibleError:
        said = _said(error)
        if said["Code"] not in REFUSALS:
            return NotPossibleError(f"{what}: AWS answers {said['Code']}: {said['Message']}")
        roles = " or ".join(names.staff_role(self._account(domain), duty) for duty in duties)
        return NotPossibleError(f"{self.caller(domain)} may not {what}; {roles} may")


def _said(error: Any) -> Mapping[str, str]:
    """The code and the message of an error of a client."""
    return error.response["Error"]


def desk(plan: Plan, told: Callable[[str], None]) -> PublicationDesk:
    """The desk of the organisation that is kept, if there is one; otherwise of AWS, with the shell's credentials."""
    served = find(told)
    if served is None:
        return _on_aws(plan)
    served.require_fit(plan, None)
    return _kept(plan, served)


def _kept(plan: Plan, served: ServedOrganization) -> PublicationDesk:
    sessions: dict[str, Mapping[str, str]] = {}

    def duty(domain: str) -> str:
        staff = plan.domains[domain].staff
        found = next((duty for duty in ("owner", "engineer") if duty in staff), "")
        if not found:
            raise NotPossibleError(
                f"nobody of {domain} sees what is published of it: domains/{domain}.yaml has neither `owners` nor "
                "`engineers`"
            )
        return found

    def client(domain: str, service: str) -> Any:
        if domain not in sessions:
            given = served.credentials(f"{duty(domain)}@{domain}")
            if given is None:
                raise NotPossibleError(NONE_SERVED)
            sessions[domain] = given
        return _client(service, sessions[domain])

    def caller(domain: str) -> str:
        role = names.staff_role(plan.domains[domain].access.account_id, duty(domain))
        return f"arn:aws:sts::{role.split(':')[4]}:assumed-role/{names.role_name(role)}/by-hand"

    return PublicationDesk(plan, client, caller)


def _client(service: str, given: Mapping[str, str]) -> Any:
    import boto3
    from botocore.config import Config

    session: Any = boto3.session.Session()
    return session.client(
        service,
        endpoint_url=given["AWS_ENDPOINT_URL"],
        region_name=given["AWS_DEFAULT_REGION"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=given["AWS_SESSION_TOKEN"],
        config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
    )


def _on_aws(plan: Plan) -> PublicationDesk:
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ModuleNotFoundError as error:
        raise NotPossibleError(f"AWS is asked with boto3, and {error.name} is not installed") from None
    session: Any = boto3.session.Session(region_name=plan.perimeter.region)
    try:
        if session.get_credentials() is None:
            raise NotPossibleError(f"{NONE_SERVED}; and the shell has no credentials of AWS to ask there with")
        identity = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise NotPossibleError(f"{NONE_SERVED}; and AWS cannot be asked who asks: {error}") from None
    account, arn = str(identity["Account"]), str(identity["Arn"])
    found = PublicationDesk(plan, lambda _, service: session.client(service), lambda _: arn, account)
    if not found.domains:
        ids = (f"{domain.access.account_id} ({name})" for name, domain in plan.domains.items())
        raise NotPossibleError(f"{arn} is of no domain of this mesh; accounts of domains are {listed(ids)}")
    return found
