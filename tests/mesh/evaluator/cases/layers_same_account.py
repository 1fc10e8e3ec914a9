"""Identity and resource policy within one account, the root user, and Denies of every layer."""

from __future__ import annotations

from typing import Any

from tests.mesh.evaluator.judge import (
    BUCKET,
    EVERYTHING,
    HOME,
    READER,
    SESSION,
    USER,
    Case,
    allow,
    allowed,
    denied,
    deny,
)
from tests.mesh.evaluator.pages import (
    EVALUATION,
    INTERPLAY,
    SAME_ACCOUNT,
    SESSION_POLICIES,
    WITHIN,
)

_OBJECTS = f"{BUCKET}/*"
_READ = (allow("s3:GetObject"),)
_WRITE = (allow("s3:PutObject"),)
_STOP = (deny("s3:GetObject"),)
_ROOT = f"arn:aws:iam::{HOME}:root"


def _to(principal: object) -> tuple[dict[str, object], ...]:
    return (allow("s3:GetObject", _OBJECTS, to=principal),)


_DENIES = (deny("s3:GetObject", _OBJECTS, to="*"),)
_TO_ROLE, _TO_SESSION, _TO_USER = _to({"AWS": READER}), _to({"AWS": SESSION}), _to({"AWS": USER})
_UNION = "Within an account an Allow of the identity policy or of the resource policy is enough."
_EITHER = (
    Case(
        name="the identity policy will do beside a resource policy for others",
        expect=allowed("identity"),
        rule=_UNION,
        page=SAME_ACCOUNT,
        identity=_READ,
        policy=_to({"AWS": USER}),
    ),
    Case(
        name="the resource policy will do beside an identity policy for other actions",
        expect=allowed("resource"),
        rule=_UNION,
        page=SAME_ACCOUNT,
        identity=_WRITE,
        policy=_TO_ROLE,
    ),
    Case(name="both allow", expect=allowed(), rule=_UNION, page=SAME_ACCOUNT, identity=_READ, policy=_TO_ROLE),
    Case(
        name="neither allows",
        expect=denied("identity"),
        rule=_UNION,
        page=SAME_ACCOUNT,
        identity=_WRITE,
        policy=_to({"AWS": USER}),
    ),
    Case(
        name="the resource policy denies what the identity policy allows",
        expect=denied("resource", "Stop"),
        rule="An explicit deny of either overrides.",
        page=SAME_ACCOUNT,
        identity=_READ,
        policy=_DENIES,
    ),
    Case(
        name="the identity policy denies what the resource policy allows",
        expect=denied("identity", "Stop"),
        rule="An explicit deny of either overrides.",
        page=SAME_ACCOUNT,
        identity=_STOP,
        policy=_TO_ROLE,
    ),
    Case(
        name="a user's identity policy alone will do",
        expect=allowed("identity"),
        rule=_UNION,
        page=SAME_ACCOUNT,
        by=USER,
        identity=_READ,
    ),
    Case(
        name="a session has what its role's identity policy allows",
        expect=allowed("identity"),
        rule="A session has the permissions of its role.",
        page=SESSION_POLICIES,
        by=SESSION,
        identity=_READ,
    ),
    Case(
        name="a session is denied what its role's identity policy denies",
        expect=denied("identity", "Stop"),
        rule="A session has the permissions of its role.",
        page=SESSION_POLICIES,
        by=SESSION,
        identity=(allow(), *_STOP),
    ),
)
_FULL = "The root user of an account has full access by default."
_ROOT_USER = (
    Case(name="the root user may without any policy", expect=allowed(), rule=_FULL, page=WITHIN, by=_ROOT),
    Case(
        name="the root user may beside a resource policy for others",
        expect=allowed(),
        rule=_FULL,
        page=WITHIN,
        by=_ROOT,
        policy=_TO_ROLE,
    ),
    Case(
        name="the root user is stopped by a resource policy's Deny",
        expect=denied("resource", "Stop"),
        rule="An explicit deny overrides.",
        page=WITHIN,
        by=_ROOT,
        policy=_DENIES,
    ),
    Case(
        name="the root user is stopped by an SCP's Deny",
        expect=denied("scp", "Stop"),
        rule="SCPs apply to the root users of member accounts.",
        page=EVALUATION,
        by=_ROOT,
        scp=_STOP,
    ),
    Case(
        name="the root user is stopped by an RCP's Deny",
        expect=denied("rcp", "Stop"),
        rule="RCPs apply to any principal, root users included.",
        page=EVALUATION,
        by=_ROOT,
        rcp=_DENIES,
    ),
)
_ANY = "An explicit deny of any policy overrides every allow."
_LAYERS: dict[str, dict[str, Any]] = {
    "scp": {"scp": _STOP},
    "rcp": {"rcp": (deny("s3:GetObject", to="*"),)},
    "resource": {"policy": (*_TO_SESSION, *_DENIES)},
    "identity": {"identity": (allow(), *_STOP)},
    "boundary": {"boundary": (allow(), *_STOP)},
    "session": {"session": (allow(), *_STOP)},
}
_ALL_ALLOW: dict[str, Any] = {
    "identity": EVERYTHING,
    "boundary": EVERYTHING,
    "session": EVERYTHING,
    "policy": _TO_SESSION,
}
_DENY_ALONE = tuple(
    Case(
        name=f"a Deny of the {layer} policy alone stops what all the others allow",
        expect=denied(layer, "Stop"),
        rule=_ANY,
        page=INTERPLAY,
        by=SESSION,
        **_ALL_ALLOW | written,
    )
    for layer, written in _LAYERS.items()
)
_NAMES = tuple(_LAYERS)
_TWO_DENIES = tuple(
    Case(
        name=f"Denies of the {first} and the {second} policy are reported as the {first} policy's",
        expect=denied(first, "Stop"),
        rule="One explicit deny is enough; they are looked for from the organisation inwards.",
        page=WITHIN,
        by=SESSION,
        **_ALL_ALLOW | _LAYERS[second] | _LAYERS[first],
    )
    for index, first in enumerate(_NAMES)
    for second in _NAMES[index + 1 :]
)
_DENY_BEFORE_SILENCE = (
    Case(
        name="a session policy's Deny is found before the identity policy's silence",
        expect=denied("session", "Stop"),
        rule="Explicit denies are looked for in all policies before any allow.",
        page=WITHIN,
        by=SESSION,
        session=(allow(), *_STOP),
    ),
    Case(
        name="an identity policy's Deny is found before the boundary's silence",
        expect=denied("identity", "Stop"),
        rule="Explicit denies are looked for in all policies before any allow.",
        page=WITHIN,
        identity=_STOP,
        boundary=_WRITE,
    ),
)

CASES: tuple[Case, ...] = (
    *_EITHER,
    *_ROOT_USER,
    *_DENY_ALONE,
    *_TWO_DENIES,
    *_DENY_BEFORE_SILENCE,
)
