"""Authorization details of an account, as `aws iam get-account-authorization-details` prints them.

IAM API, "GetAccountAuthorizationDetails". Trust policies come as objects from the CLI, and as URL-encoded JSON from the
API; both are read. Identity providers are not in the answer, but as whom roles trust.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote

from mesh.findings import BadInputError, Finding, KeyPath
from mesh.validation_messages import shorten
from mesh.yamlfile import Source, duplicates

ASK: Final = "aws iam get-account-authorization-details --filter User Role Group LocalManagedPolicy --output json"
"""The command whose answer is read."""

_LISTS: Final = {"UserDetailList": "user", "GroupDetailList": "group", "RoleDetailList": "role", "Policies": "policy"}
"""Lists of the answer, each with the kind of the ARNs in it."""
_TOKENS: Final = ("NextToken", "Marker")
"""Keys of an answer that others follow: of the CLI (`--max-items`), and of the API."""
_ARN: Final = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}|aws):(user|group|role|policy)/([!-~]+)")
_AWS: Final = "aws"
"""What stands for the account in the ARNs of AWS's own policies."""
_ACCOUNT: Final = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class IamIdentity:
    """A user, a group or a customer's policy, by its ARN."""

    arn: str


@dataclass(frozen=True, slots=True)
class TrustPrincipal:
    """One principal that a trust policy allows: the kind of the element, and the text there."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class IamRole:
    """A role: its ARN, whom its trust policy allows, whatever the conditions, and its boundary; empty without one."""

    arn: str
    trusts: tuple[TrustPrincipal, ...]
    boundary: str

    @property
    def path(self) -> str:
        """The path and the name: `mesh/deploy`."""
        return self.arn.split(":", 5)[5].removeprefix("role/")


@dataclass(frozen=True, slots=True)
class AuthorizationDetails:
    """The identities of an account."""

    account: str
    users: tuple[IamIdentity, ...]
    groups: tuple[IamIdentity, ...]
    roles: tuple[IamRole, ...]
    policies: tuple[IamIdentity, ...]


def read_details(file: Path) -> AuthorizationDetails:
    """The details in a file. Raises BadInputError, with the place, for one that is not the whole answer of the call."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadInputError(
            [Finding(str(file), 1, 1, f"the file cannot be read: {reason}; write it with `{ASK}`")]
        ) from None
    return _Reader(Source(str(file), text)).details()


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._account = ""

    def details(self) -> AuthorizationDetails:
        try:
            data = json.loads(self._source.text, object_pairs_hook=_once)
        except _TwiceError as error:
            raise self._twice(error) from None
        except json.JSONDecodeError as error:
            raise self._at(error.lineno, error.colno, f"no JSON: {error.msg}; write the file with `{ASK}`") from None
        except RecursionError:
            raise self._at(1, 1, f"nested too deeply; write the file with `{ASK}`") from None
        whole = self._object(data, ())
        strange = [name for name in _LISTS if name not in whole]
        if strange:
            raise self._wrong((), f"'{strange[0]}' is missing; the file is the whole answer of `{ASK}`")
        for name in ("IsTruncated", *_TOKENS):
            if whole.get(name) not in (None, False):
                message = f"'{name}' says that this is a part of the account; write the whole of it with `{ASK}`"
                raise self._wrong((name,), message)
        if not whole["RoleDetailList"]:
            message = "no role at all, and every account has some of AWS's own; the file is not of the whole account"
            raise self._wrong(("RoleDetailList",), f"{message}: write it with `{ASK}`")
        users, groups, roles, policies = (list(self._entries(whole, name)) for name in _LISTS)
        self._account = self._arn(roles[0][1], roles[0][0]).split(":")[4]
        return AuthorizationDetails(
            account=self._account,
            users=tuple(IamIdentity(self._arn(each, path)) for path, each in users),
            groups=tuple(IamIdentity(self._arn(each, path)) for path, each in groups),
            roles=tuple(self._role(each, path) for path, each in roles),
            policies=tuple(
                IamIdentity(arn) for path, each in policies if (arn := self._arn(each, path)).split(":")[4] != _AWS
            ),
        )

    def _entries(self, whole: Mapping[str, Any], name: str) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
        entries = whole[name]
        if not isinstance(entries, list):
            raise self._wrong((name,), f"'{name}' is no list; write the file with `{ASK}`")
        for number, each in enumerate(cast("list[Any]", entries)):
            yield (name, number), self._object(each, (name, number))

    def _object(self, value: Any, path: KeyPath) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self._wrong(path, f"an object is expected here; write the file with `{ASK}`")
        return cast("Mapping[str, Any]", value)

    def _arn(self, entry: Mapping[str, Any], path: KeyPath) -> str:
        """The ARN of an entry of a list: of the list's kind, and of the account that the file is of."""
        arn, wanted = entry.get("Arn"), _LISTS[str(path[0])]
        form = _ARN.fullmatch(arn) if isinstance(arn, str) else None
        if form is None or form[2] != wanted or (form[1] == _AWS and wanted != "policy"):
            found = f"'Arn' is '{shorten(str(arn))}'" if "Arn" in entry else "'Arn' is missing"
            raise self._wrong((*path, "Arn"), f"{found}; every entry of '{path[0]}' has the ARN of a {wanted}")
        if self._account and form[1] not in (self._account, _AWS):
            message = f"of account {form[1]}, and the first role is of {self._account}; check one account at a time"
            raise self._wrong((*path, "Arn"), message)
        return form[0]

    def _role(self, entry: Mapping[str, Any], path: KeyPath) -> IamRole:
        boundary: Any = entry.get("PermissionsBoundary", {})
        arn = self._object(boundary, (*path, "PermissionsBoundary")).get("PermissionsBoundaryArn", "")
        return IamRole(self._arn(entry, path), tuple(self._trusts(entry, path)), str(arn))

    def _trusts(self, entry: Mapping[str, Any], path: KeyPath) -> Iterator[TrustPrincipal]:
        place = (*path, "AssumeRolePolicyDocument")
        document: Any = entry.get("AssumeRolePolicyDocument")
        if document is None:
            raise self._wrong(path, "'AssumeRolePolicyDocument' is missing; every role has a trust policy")
        if isinstance(document, str):
            try:
                document = json.loads(unquote(document), object_pairs_hook=_once)
            except _TwiceError as error:
                raise self._wrong(place, f"{error} in the trust policy; AWS has each once") from None
            except (ValueError, RecursionError):
                raise self._wrong(place, "the trust policy is no JSON") from None
        statements: Any = self._object(document, place).get("Statement", [])
        for statement in cast("list[Any]", statements if isinstance(statements, list) else [statements]):
            if self._object(statement, place).get("Effect") == "Allow":
                yield from self._principals(statement, place)

    def _principals(self, statement: Mapping[str, Any], place: KeyPath) -> Iterator[TrustPrincipal]:
        if "Principal" not in statement:
            yield TrustPrincipal("NotPrincipal", "everybody but some")
            return
        element: Any = statement["Principal"]
        kinds = {"AWS": element} if isinstance(element, str) else self._object(element, place)
        for kind, ids in kinds.items():
            for each in cast("list[Any]", ids if isinstance(ids, list) else [ids]):
                yield TrustPrincipal(kind, str(each))

    def _twice(self, error: _TwiceError) -> BadInputError:
        places = duplicates(self._source)
        line, column = (places[0].line, places[0].column) if places else (1, 1)
        return self._at(line, column, f"{error}; write the file with `{ASK}`, which has each once")

    def _wrong(self, path: KeyPath, message: str) -> BadInputError:
        return self._at(*self._source.place(path), message)

    def _at(self, line: int, column: int, message: str) -> BadInputError:
        return BadInputError([Finding(self._source.file, line, column, message)])


class _TwiceError(Exception):
    """A key stands twice in one object, of which Python would take the last, and another reader the first."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, whose keys stand once each."""
    whole = dict(pairs)
    if len(whole) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _TwiceError(f"the key '{shorten(twice)}' stands twice in one object")
    return whole


def account_of(principal: str) -> str:
    """The account of a principal of the kind `AWS`: an id, an ARN; empty for `*` and for an id of a deleted one."""
    if _ACCOUNT.fullmatch(principal):
        return principal
    parts = principal.split(":", 5)
    return parts[4] if len(parts) == 6 else ""
