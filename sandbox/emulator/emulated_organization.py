"""An AWS organisation of many accounts, emulated in this process by moto, with ids that are given.

One at a time in a process: moto's state is global. Access is not judged here, only stored.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from sandbox.emulator import backends, emitted_events, request_origin
from sandbox.emulator.asked_actions import AnsweringGate
from sandbox.emulator.aws.records import Count, Inventory, Records
from sandbox.emulator.aws.resource import AwsError
from sandbox.emulator.clients import Clients, Credentials, RoleSession
from sandbox.emulator.organization_ids import OrganizationIds
from sandbox.emulator.request_origin import Origin

if TYPE_CHECKING:
    from sandbox.emulator.moto_transport import Guard

DEFAULT_ACCOUNT: Final = "123456789012"
"""Where moto puts a call whose account it cannot tell. Nothing of ours may ever be there."""

ROLES: Final = ("mesh/preview", "mesh/deploy-access", "mesh/deploy")
OPERATOR: Final = "operator"


Seed = Callable[[str], None]
"""Makes in a new account, by its id, the roles that a StackSet brings there on AWS."""

EntryRole = Callable[[str], str]
"""From the ARN of a role that the operator wants to the role assumed before it; empty for one assumed directly."""


@dataclass(frozen=True, slots=True)
class Enforcement:
    """Enforcement of policies: the guard of requests, which also answers what is only asked, the work behind each
    request, the first roles of an account, the role that leads to a role."""

    guard: Guard
    gate: AnsweringGate
    behind: Callable[[], None]
    seed: Seed
    entry_role: EntryRole


class EmulatedOrganization:
    """A context manager: inside, moto plays the organisation; outside, nothing of it is left.

    Without `enforcement` every call is allowed, and every account starts with two roles that may do everything.
    """

    _active = threading.Lock()

    def __init__(
        self, ids: OrganizationIds, region: str, *, enforcement: Enforcement | None = None, port: int | None = None
    ) -> None:
        self.ids: Final = ids
        self.region: Final = region
        self.records: Final = Records()
        self._enforcement: Final = enforcement
        self._port: Final = port
        self._undo: Final = ExitStack()
        self._lock: Final = threading.RLock()
        self._assumed: Final[dict[str, RoleSession]] = {}
        self._clients: Final = Clients()
        self._operator: Credentials = Credentials("", "", None)
        self._servers: Final[dict[Origin, Any]] = {}

    def __enter__(self) -> Self:
        if not self._active.acquire(blocking=False):
            raise RuntimeError("another emulated organisation is open in this process; moto's state is shared")
        self._undo.callback(self._active.release)
        try:
            self._open()
        except BaseException:
            self._undo.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    def _open(self) -> None:
        from sandbox.emulator.moto_patches import patched

        _reset()
        self._undo.callback(_reset)
        seed = self._enforcement.seed if self._enforcement else self._seed
        self._undo.enter_context(patched(self.ids, seed))
        if self._enforcement:
            from sandbox.emulator.moto_transport import guarded_by

            self._undo.enter_context(guarded_by(self._enforcement.guard, self._enforcement.behind))
        self._operator = _operator(self.ids.management_account)
        self._organizations().create_organization(region="us-east-1", FeatureSet="ALL")
        if self._port is not None:
            self.serve(self._port)

    def _organizations(self) -> Any:
        from moto.organizations.models import organizations_backends

        return organizations_backends[self.ids.management_account]["aws"]

    def _seed(self, account_id: str) -> None:
        """Roles that may do everything, in every account."""
        iam = backends.iam(account_id)
        trust = _policy("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{self.ids.management_account}:root"})
        for role in ROLES:
            path, _, name = f"/{role}".rpartition("/")
            iam.create_role(name, trust, f"{path}/", None, "Comes by a StackSet.", [], "3600")
            iam.put_role_policy(name, "seeded", _policy("*", Resource="*"))

    # --- accounts -------------------------------------------------------------------------------------------

    def account_ids(self) -> dict[str, str]:
        """The ids of all accounts of the organisation by name, the management account's as `management`."""
        return {
            "management" if account.name == "master" else account.name: account.id
            for account in self._organizations().accounts
        }

    def ensure_account(self, name: str, email: str = "") -> str:
        """The id of the account with a name; it is created when there is none."""
        accounts = self.account_ids()
        if name not in accounts:
            self._organizations().create_account(AccountName=name, Email=email or f"{name}@example.com")
        return self.ids.account(name)

    # --- access ---------------------------------------------------------------------------------------------

    def assume(self, role_arn: str, through: Sequence[str] = ()) -> RoleSession:
        """The role, assumed by the operator through STS; raises AwsError when its account or it does not exist.

        Where policies are enforced the operator goes the way of a deployment: continuous integration first, then the
        roles of `through`.
        """
        with self._lock:
            if role_arn not in self._assumed:
                self._require_role(role_arn)
                self._assumed[role_arn] = self._role(role_arn, through)
            return self._assumed[role_arn]

    def _require_role(self, role_arn: str) -> None:
        account_id = (role_arn.split(":") + [""] * 5)[4]
        if account_id not in self.account_ids().values():
            raise AwsError("AccessDenied", f"cannot assume {role_arn}: the organisation has no account {account_id}")
        if not any(role.arn == role_arn for role in [*backends.iam(account_id).roles.values()]):
            raise AwsError("AccessDenied", f"cannot assume {role_arn}: account {account_id} has no such role")

    def _role(self, role_arn: str, through: Sequence[str]) -> RoleSession:
        account = role_arn.split(":")[4]
        caller = RoleSession(self._clients, self.records, self.ids.management_account, self._operator)
        if through:
            caller = self.assume(through[-1], through[:-1])
        elif self._enforcement and (before := self._enforcement.entry_role(role_arn)):
            caller = self.assume(before)
        answer = caller.call("sts", self.region, "assume_role", {"RoleArn": role_arn, "RoleSessionName": "mesh"})
        made = answer["Credentials"]
        keys = Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
        gate = self._enforcement.gate if self._enforcement else None
        return RoleSession(self._clients, self.records, account, keys, gate)

    def acting(self, account_id: str, credentials: Credentials) -> RoleSession:
        """Whoever has these credentials; nobody, with empty ones."""
        return RoleSession(self._clients, self.records, account_id, credentials)

    def client(self, service: str, account_id: str = "", role: str = ROLES[-1], region: str = "") -> Any:
        """An ordinary boto3 client of a role in an account (management when not given), for tests and probes."""
        role_arn = f"arn:aws:iam::{account_id or self.ids.management_account}:role/{role}"
        return self._clients.own(service, region or self.region, self.assume(role_arn).credentials)

    # --- what there is --------------------------------------------------------------------------------------

    def counts(self) -> list[Count]:
        """Resources that the provider has created and not deleted, by account and type, with those only recorded."""
        return self.records.counts()

    def inventory(self) -> Inventory:
        """All of that, as plain values, with the AWS plugin's calls for it."""
        from sandbox.emulator.aws import RECORDED_TYPES
        from sandbox.emulator.moto_inventory import has_operation

        def possible(token: str, action: str) -> bool:
            return token not in RECORDED_TYPES and has_operation(action)

        reasons = {token: sorted(why) for token, why in self.records.reasons().items()}
        calls = self.records.plugin_call_counts(possible)
        return Inventory(self.counts(), reasons, self.account_ids(), calls)

    def resources_in(self, account_id: str) -> int:
        """The number of things that moto holds in an account beyond those that it puts into every fresh one."""
        from sandbox.emulator.moto_inventory import resources_in

        return resources_in(account_id)

    # --- serving --------------------------------------------------------------------------------------------

    def serve(self, port: int = 0) -> str:
        """Serve the same state over HTTP on the loopback interface (port 0: a free one); the endpoint's URL.

        Who comes in there is outside; at another port, a free one, in the mesh's network.
        """
        self.endpoint_from("outside", port)
        self.endpoint_from("network")
        return self.endpoint

    def endpoint_from(self, origin: Origin, port: int = 0) -> str:
        """The URL at which callers from an origin come in, which is served from the first use on."""
        from moto.server import ThreadedMotoServer

        if origin not in self._servers:
            server: Any = ThreadedMotoServer("127.0.0.1", port, verbose=False)
            server.start()
            self._undo.callback(server.stop)
            bound: int = server.get_host_and_port()[1]
            request_origin.listening(bound, origin)
            self._undo.callback(request_origin.closed, bound)
            self._servers[origin] = server
        host, bound = self._servers[origin].get_host_and_port()
        return f"http://{host}:{bound}"

    @property
    def endpoint(self) -> str:
        """The URL at which the organisation is served to callers from outside, empty when it is not."""
        return self.endpoint_from("outside") if "outside" in self._servers else ""

    def connection_help(self) -> str:
        """Instructions for reaching the served organisation with the AWS CLI or an SDK."""
        role = f"arn:aws:iam::{self.ids.management_account}:role/{ROLES[-1]}"
        other = _ENFORCED if self._enforcement else _ANOTHER
        accounts = "\n".join(f"  {account_id}  {name}" for name, account_id in sorted(self.account_ids().items()))
        return _HELP.format(
            another=other,
            endpoint=self.endpoint,
            network=self.endpoint_from("network"),
            key=self._operator.access_key,
            secret=self._operator.secret_key,
            region=self.region,
            role=role,
            accounts=accounts,
        )


_ANOTHER: Final = "For another account assume a role in it:"
_ENFORCED: Final = "They may step into its role `mesh/deploy`; `mesh as deploy@<domain>` is another account's:"
_HELP: Final = """\
The emulated organisation answers at {endpoint} (outside) and {network} (in the mesh's network)

  export AWS_ENDPOINT_URL={endpoint} AWS_REGION={region}
  export AWS_ACCESS_KEY_ID={key} AWS_SECRET_ACCESS_KEY={secret}

These keys belong to the operator of the management account. {another}

  aws sts assume-role --role-session-name me --role-arn {role}

Accounts:
{accounts}
"""


def _policy(action: str, **members: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **members}]})


def _reset() -> None:
    from moto.core.base_backend import BackendDict
    from moto.core.model_instances import reset_model_data
    from moto.organizations.models import organizations_backends

    emitted_events.forget()
    BackendDict.reset()
    reset_model_data()
    organizations_backends.master_accounts.clear()


def _operator(account_id: str) -> Credentials:
    """An IAM user of the management account that may assume roles; everything begins with its key."""
    iam = backends.iam(account_id)
    iam.create_user("us-east-1", OPERATOR)
    iam.put_user_policy(OPERATOR, "assume-roles", _policy("sts:AssumeRole", Resource="*"))
    key = iam.create_access_key(OPERATOR)
    return Credentials(key.access_key_id, key.secret_access_key, None)
