"""Patches of moto: its faults and defaults that an emulated organisation cannot have; undone when it is closed."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any, Final

from sandbox.emulator.athena_queries import athena_queries
from sandbox.emulator.emitted_events import emitting
from sandbox.emulator.followed_links import following_links
from sandbox.emulator.given_subnets import given_subnets
from sandbox.emulator.glue_jobs import glue_jobs
from sandbox.emulator.iceberg_tables import iceberg_tables
from sandbox.emulator.kept_lf_tags import keeping_lf_tags
from sandbox.emulator.kept_optimizers import table_optimizers
from sandbox.emulator.organization_ids import OrganizationIds
from sandbox.emulator.queue_attributes import telling_redrive
from sandbox.emulator.replication_status import telling_replication

_ENVIRONMENT: Final[Mapping[str, str]] = {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}

acting: ContextVar[str] = ContextVar("account whose backend answers")
"""The account whose backend of moto answers, set by the gate: the caller's, or the owner's of a catalog or key."""


@contextmanager
def patched(ids: OrganizationIds, on_account: Callable[[str], None]) -> Generator[None]:
    """Inside, moto has these ids and patches; `on_account` is called with the id of each new account."""
    with ExitStack() as undo:
        for name, value in _ENVIRONMENT.items():
            undo.enter_context(_environment(name, value))
        undo.enter_context(_quiet(logging.getLogger("werkzeug")))
        for owner, name, value in _replacements(ids, on_account):
            undo.enter_context(_replaced(owner, name, value))
        yield


@contextmanager
def _environment(name: str, value: str) -> Generator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


@contextmanager
def _quiet(logger: logging.Logger) -> Generator[None]:
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


@contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Generator[None]:
    before = getattr(owner, name, None)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if before is None:
            delattr(owner, name)
        else:
            setattr(owner, name, before)


def _replacements(ids: OrganizationIds, on_account: Callable[[str], None]) -> Iterator[tuple[Any, str, Any]]:
    import moto.kms.models as kms
    import moto.kms.responses as kms_responses
    from moto.core.responses import BaseResponse
    from moto.kms.utils import generate_private_key
    from moto.s3.models import FakeBucket

    yield BaseResponse, "get_current_account", _current_account()
    yield kms, "generate_private_key", _private_key(generate_private_key)
    yield kms_responses, "validate_policy", _allow
    yield FakeBucket, "get_permission", _neutral
    yield FakeBucket, "_log_permissions_enabled_policy", staticmethod(_logging_allowed)
    yield from _organization(ids, on_account)
    yield from _network(ids)
    yield from _keys(ids)
    yield from _groups()
    yield from keeping_lf_tags()
    yield from iceberg_tables()
    yield from glue_jobs()
    yield from table_optimizers()
    yield from athena_queries()
    yield from following_links()
    yield from emitting()
    yield from telling_replication()
    yield from telling_redrive()
    yield from _used_workgroups()
    yield from _server()


def _current_account() -> Callable[[Any], str]:
    """Find the account of an access key, and refuse an unknown one: moto takes its default account then."""
    from moto.core.exceptions import InvalidClientTokenIdError
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.iam.models import iam_backends

    owners: dict[str, str] = {}

    def owner(key: str) -> str:
        for account, backend in list(iam_backends.items()):
            if key in backend["aws"].access_keys:
                return owners.setdefault(key, account)
        raise InvalidClientTokenIdError

    def current_account(response: Any) -> str:
        if owner_account := acting.get(""):
            return owner_account
        if "Authorization" not in response.headers:
            return DEFAULT_ACCOUNT_ID
        key: str = response.get_access_key()
        return owners.get(key) or owner(key)

    return current_account


def _private_key(generate: Callable[[str], Any]) -> Callable[[str], Any]:
    """Generate no private key for a symmetric key: moto takes 50 ms for an RSA key that nothing uses."""
    return lambda spec: None if spec == "SYMMETRIC_DEFAULT" else generate(spec)


def _neutral(*_: Any) -> Any:
    """Skip bucket policies: moto ignores Condition and Principal, so that "Deny unless TLS" would deny everything."""
    from moto.iam.access_control import PermissionResult

    return PermissionResult.NEUTRAL


def _allow(*_: Any) -> None:
    """Accept every key policy: moto reads a Deny without its Principal and Condition."""


def _logging_allowed(**_: Any) -> bool:
    """Let every bucket receive access logs: moto knows only a few forms of the policy that permits it."""
    return True


# --- ids are data ------------------------------------------------------------------------------------------

_naming: ContextVar[str] = ContextVar("name of the account that is being created")


def _organization(ids: OrganizationIds, on_account: Callable[[str], None]) -> Iterator[tuple[Any, str, Any]]:
    from moto.organizations import models, utils

    yield utils, "make_random_org_id", lambda: ids.organization_id
    yield utils, "make_random_root_id", lambda: ids.root_id
    yield utils, "make_random_account_id", lambda: ids.account(_naming.get())
    yield models.FakeAccount, "__init__", _named_account(models.FakeAccount.__init__, on_account)
    yield models.FakeOrganizationalUnit, "__init__", _named_unit(models.FakeOrganizationalUnit.__init__, ids)
    yield models.FakePolicy, "__init__", _named_policy(models.FakePolicy.__init__)
    yield from _declarative_policies(models)
    services = [*models.FakeServiceAccess.TRUSTED_SERVICES, *_MISSING_SERVICES]
    yield models.FakeServiceAccess, "TRUSTED_SERVICES", services
    yield models.FakeDelegatedAdministrator, "SUPPORTED_SERVICES", services


def _network(ids: OrganizationIds) -> Iterator[tuple[Any, str, Any]]:
    """Give the VPC of the governance account its id; the default VPC of each account keeps a random one."""
    from moto.ec2.models import vpcs
    from moto.ec2.utils import random_vpc_id

    create = vpcs.VPCBackend.create_vpc
    given: ContextVar[str] = ContextVar("id of the VPC that is being created", default="")

    def create_vpc(backend: Any, *values: Any, **named: Any) -> Any:
        ours = backend.account_id == ids.account("governance") and not named.get("is_default")
        token = given.set(ids.network if ours and ids.network not in backend.vpcs else "")
        try:
            return create(backend, *values, **named)
        finally:
            given.reset(token)

    yield vpcs, "random_vpc_id", lambda: given.get() or random_vpc_id()
    yield vpcs.VPCBackend, "create_vpc", create_vpc
    yield from given_subnets(ids)


def _keys(ids: OrganizationIds) -> Iterator[tuple[Any, str, Any]]:
    """Give a key the id that its description has, once; any other key keeps a random one."""
    from moto.kms import models, utils

    create, at_random = models.KmsBackend.create_key, utils.generate_key_id
    given: ContextVar[str] = ContextVar("id of the key that is being created", default="")

    def create_key(
        backend: Any, policy: Any, key_usage: Any, key_spec: Any, description: Any, *values: Any, **named: Any
    ) -> Any:
        wanted = ids.keys.get(str(description), "")
        token = given.set("" if wanted in backend.keys else wanted)
        try:
            return create(backend, policy, key_usage, key_spec, description, *values, **named)
        finally:
            given.reset(token)

    yield models, "generate_key_id", lambda multi_region=False: given.get() or at_random(multi_region)
    yield models.KmsBackend, "create_key", create_key


def _declarative_policies(models: Any) -> Iterator[tuple[Any, str, Any]]:
    """Add declarative policies, which moto does not know: kept as SCPs are, under a type and ARN of their own."""
    known: list[str] = [*models.FakeRoot.SUPPORTED_POLICY_TYPES, DECLARATIVE]
    for owner in (models.FakeRoot, models.FakePolicy):
        yield owner, "SUPPORTED_POLICY_TYPES", known


DECLARATIVE: Final = "DECLARATIVE_POLICY_EC2"

_MISSING_SERVICES: Final = (
    "cloudtrail.amazonaws.com",
    "ec2.amazonaws.com",
    "iam.amazonaws.com",
    "lakeformation.amazonaws.com",
    "q.amazonaws.com",
)
"""Services that AWS Organizations trusts and that are not in moto's list."""


def _named_account(init: Callable[..., None], on_account: Callable[[str], None]) -> Callable[..., None]:
    def create(account: Any, organization: Any, **values: Any) -> None:
        token = _naming.set(values["AccountName"])
        try:
            init(account, organization, **values)
        finally:
            _naming.reset(token)
        on_account(account.id)

    return create


def _named_unit(init: Callable[..., None], ids: OrganizationIds) -> Callable[..., None]:
    def create(unit: Any, organization: Any, **values: Any) -> None:
        init(unit, organization, **values)
        if values.get("Name"):
            unit.id = ids.unit(values["Name"])

    return create


def _named_policy(init: Callable[..., None]) -> Callable[..., None]:
    def create(policy: Any, organization: Any, **values: Any) -> None:
        if values.get("Type") == DECLARATIVE:
            init(policy, organization, **{**values, "Type": "SERVICE_CONTROL_POLICY"})
            policy.type = DECLARATIVE
            # moto has no public way to an ARN of another policy type.
            policy._arn_format = policy._arn_format.replace("service_control_policy", DECLARATIVE.lower())
        else:
            init(policy, organization, **values)
        # moto draws an id by chance; one made of type and name is the same in every run.
        policy.id = "p-" + hashlib.sha256(f"{policy.type}|{policy.name}".encode()).hexdigest()[:8]

    return create


# --- IAM ---------------------------------------------------------------------------------------------------


def _groups() -> Iterator[tuple[Any, str, Any]]:
    """Give a group a new path: moto does so only together with a new name."""
    from moto.iam.models import IAMBackend

    update = IAMBackend.update_group

    def update_group(backend: Any, group_name: str, new_group_name: str | None, new_path: str | None) -> None:
        if new_path:
            backend.get_group(group_name).path = new_path
        update(backend, group_name, new_group_name, new_path)

    yield IAMBackend, "update_group", update_group


# --- Athena ------------------------------------------------------------------------------------------------


def _used_workgroups() -> Iterator[tuple[Any, str, Any]]:
    """Keep a workgroup in which a query ran, unless the request says otherwise, as Athena does."""
    from moto.athena.responses import AthenaResponse
    from moto.core.exceptions import JsonRESTError

    delete = AthenaResponse.delete_work_group

    def delete_work_group(response: Any) -> Any:
        name: str = response._get_param("WorkGroup")
        used = response.athena_backend.list_query_executions(name)
        if used and not response._get_param("RecursiveDeleteOption"):
            # moto's own error of Athena has its code inside a body of another protocol, where no client finds it.
            raise JsonRESTError("InvalidRequestException", f"WorkGroup {name} is not empty")
        return delete(response)

    yield AthenaResponse, "delete_work_group", delete_work_group


# --- the server --------------------------------------------------------------------------------------------


def _server() -> Iterator[tuple[Any, str, Any]]:
    """Pass requests over HTTP through the guard of those in this process, one at a time."""
    from moto.core.utils import convert_to_flask_response
    from moto.moto_server import werkzeug_app

    yield werkzeug_app, "convert_to_flask_response", _guarded_view(convert_to_flask_response)


def _guarded_view(view: Callable[[Any], Any]) -> Callable[[Any], Any]:
    import functools

    from flask import current_app

    from sandbox.emulator import moto_transport

    def guarded_view(handler: Any) -> Any:
        @functools.wraps(handler)
        def answer(request: Any, *_: Any) -> Any:
            app: Any = current_app
            try:
                return moto_transport.guarded(app.service, request, handler)
            except NotImplementedError as error:
                return moto_transport.not_served(request, str(error))

        return view(answer)

    return guarded_view
