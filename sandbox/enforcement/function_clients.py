"""The `boto3` of a function: clients whose calls are the function's role's, come from its network, and stay here."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from sandbox.emulator.clients import Credentials, isolated_session
from sandbox.emulator.request_origin import Origin


def boto3_of(credentials: Credentials, region: str, origin: Origin) -> dict[str, ModuleType]:
    """Modules `boto3` and `boto3.session` by name; whoever makes a session with other keys gets one of those."""
    import boto3
    import boto3.session
    from botocore.config import Config

    class Session(boto3.session.Session):
        """A session of the function's role."""

        def __init__(
            self,
            aws_access_key_id: str | None = None,
            aws_secret_access_key: str | None = None,
            aws_session_token: str | None = None,
            region_name: str | None = None,
            **_others: Any,
        ) -> None:
            inner = isolated_session(origin)
            # The gate takes buckets in the path; waiting between tries would wait for nothing here.
            inner.set_default_client_config(Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}))
            given = Credentials(aws_access_key_id or "", aws_secret_access_key or "", aws_session_token)
            keys = given if aws_access_key_id else credentials
            inner.set_credentials(*keys)
            super().__init__(region_name=region_name or region, botocore_session=inner)

    default: Any = Session()
    module, sessions = _copy(boto3), _copy(boto3.session)
    vars(sessions).update(Session=Session)
    vars(module).update(Session=Session, session=sessions, client=default.client, resource=default.resource)
    return {"boto3": module, "boto3.session": sessions}


def _copy(module: ModuleType) -> ModuleType:
    copied = ModuleType(module.__name__, module.__doc__)
    vars(copied).update(vars(module))
    return copied
