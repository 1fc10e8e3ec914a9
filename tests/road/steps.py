"""Steps of the road: for each command of docs/on-aws.md who types it, what AWS is asked, and what there is afterwards.

What a command of the AWS CLI asks, AWS's models say; what a run of Pulumi asks, the plugin's table. Here it is who does
it at that moment, and what comes of it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from mesh import names
from tests.road import preconditions, stack_runs, templates
from tests.road.aws_calls import calls_of
from tests.road.moment import Moment
from tests.road.road import ADMINISTRATOR, JOINING, KEEPER, MANAGEMENT, ORGANIZATION, STATE_KEEPER, Road

IN_GOVERNANCE: Final = "222222222222"
"""The governance account, as the page writes it."""

STATE: Final = "arn:aws:s3:::STATE-BUCKET"
_LOOK, _WRITE = ("s3:ListBucket", "s3:GetObject", "kms:Decrypt"), ("s3:PutObject",)
_LOCK: Final = (*_LOOK, *_WRITE, "s3:DeleteObject")
OF_THE_STATE: Final = {
    "login": ("s3:ListBucket", "s3:GetObject"),
    "stack init": (*_LOOK, *_WRITE, "kms:Encrypt"),
    "stack output": _LOOK,
    "stack export": _LOOK,
    "preview": _LOOK,
    "cancel": ("s3:ListBucket", "s3:DeleteObject"),
    **dict.fromkeys(("up", "import", "refresh", "destroy"), _LOCK),
}
"""What Pulumi asks for the state, by its verbs: it lists and reads, locks by a file that it deletes, and writes (its
pkg/backend/diy, backend and lock); the key of the state opens another key, which stands beside the state."""

EFFECTS: Final[list[tuple[str, Callable[[Moment, Road], None]]]] = []


def walk(commands: Sequence[str], aws: Moment, road: Road, start: int = 0) -> Iterator[Moment]:
    """Go the road from a command on; the moments before each. Raises RefusedError at what AWS would refuse."""
    for aws.number in range(start, len(commands)):
        yield aws
        go(commands[aws.number], aws, road)


def go(command: str, aws: Moment, road: Road) -> None:
    """Type one command."""
    preconditions.require(aws, command)
    typed = command.rpartition("|| ")[2]
    if typed.startswith("aws "):
        who = typist(typed, aws, road)
        for call in calls_of(typed.replace(IN_GOVERNANCE, road.account("governance")), who.split(":")[4]):
            aws.ask(who, call.action, call.resource, **_context(call.action, aws))
    elif typed.startswith("pulumi "):
        for action in OF_THE_STATE[verb(typed)]:
            key = f"arn:aws:kms:eu-west-1:{MANAGEMENT}:key/KEY-ID"
            whole = STATE if action == "s3:ListBucket" else f"{STATE}/.pulumi/stacks/mesh/x.json"
            aws.ask(STATE_KEEPER, action, key if action.startswith("kms:") else whole)
        _run(shlex.split(typed), aws, road)
    for pattern, function in EFFECTS:
        if re.fullmatch(pattern, typed):
            function(aws, road)
    aws.make(*preconditions.made_by(command))


def verb(command: str) -> str:
    """What Pulumi is told to do. Raises KeyError for what the page has not had yet."""
    words = command.split()[1:3]
    found = " ".join(words) if words[0] == "stack" else words[0]
    if found not in OF_THE_STATE:
        raise KeyError(command)
    return found


def is_known(command: str) -> bool:
    """Whether a command is one of the mesh's own, or one whose calls are known."""
    typed = command.rpartition("|| ")[2]
    try:
        return typed.startswith("mesh ") or bool(verb(typed) if typed.startswith("pulumi ") else calls_of(typed, ""))
    except KeyError:
        return False


# ---- who types it


def typist(command: str, aws: Moment, road: Road) -> str:
    """Who types a command of the AWS CLI."""
    if command.startswith(("aws ec2 ", "aws glue ", "aws secretsmanager ")):
        return stack_runs.deploying(aws, road, "domain-playback")
    if command.startswith("aws sns "):
        return stack_runs.deploying(aws, road, "governance")
    if command.startswith("aws iam get-account-authorization-details "):
        return JOINING
    return KEEPER if command.startswith("aws sts ") else ADMINISTRATOR


def _context(action: str, aws: Moment) -> dict[str, str]:
    if action == "sts:AssumeRole":
        factor = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60"}
        return {"sts:SourceIdentity": "keeper"} | (factor if "second factor of the keeper" in aws.things else {})
    return {}


def _run(words: list[str], aws: Moment, road: Road) -> None:
    """A run of a stack by Pulumi."""
    if "-s" not in words or words[1] in {"stack", "cancel"}:
        return
    stack = words[words.index("-s") + 1]
    resources = road.footprint_of(stack, stack_runs.plan_now(aws, road))
    if words[1] == "preview":
        stack_runs.preview(aws, road, stack)
    elif words[1] == "import" or "--target" in words:
        stack_runs.enter(aws, road, stack, ())
        whole = [each for each in resources if each.type == stack_runs.ORGANIZATION_ITSELF]
        stack_runs.read(aws, road, whole if words[1] == "import" else ())
    elif words[1] == "up":
        stack_runs.up(aws, road, stack)
        if stack == "organization":
            _accounts_come(aws, road)
    else:
        stack_runs.enter(aws, road, stack, resources)
        stack_runs.read(aws, road, resources if words[1] == "refresh" else ())
        stack_runs.read(
            aws, road, resources if "--preview-only" in words and words[1] == "refresh" else (), previewed=True
        )


# ---- what comes of it


def effect(pattern: str) -> Callable[[Callable[[Moment, Road], None]], Callable[[Moment, Road], None]]:
    """What there is after the commands that a pattern matches whole."""

    def keep(function: Callable[[Moment, Road], None]) -> Callable[[Moment, Road], None]:
        EFFECTS.append((pattern, function))
        return function

    return keep


@effect("aws organizations create-organization .*")
def _organization(aws: Moment, _: Road) -> None:
    aws.organization = ORGANIZATION
    aws.changed()


@effect("aws s3api create-bucket .*")
def _bucket(aws: Moment, _: Road) -> None:
    aws.has(STATE, MANAGEMENT)


@effect("aws kms create-key .*")
def _key(aws: Moment, _: Road) -> None:
    # Without a policy of one's own AWS gives the key that of the account (KMS Developer Guide, "Default key policy").
    statement = {"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}}
    text = templates.document({**statement, "Action": "kms:*", "Resource": "*"})
    aws.has(f"arn:aws:kms:eu-west-1:{MANAGEMENT}:key/KEY-ID", MANAGEMENT, text)


@effect("mesh bootstrap .*")
def _printed(aws: Moment, road: Road) -> None:
    aws.template = road.then_template if "ids in accounts.yaml" in aws.things else road.first_template


@effect("aws cloudformation deploy --stack-name mesh-bootstrap .*")
def _bootstrap(aws: Moment, road: Road) -> None:
    templates.deploy(aws, ADMINISTRATOR, aws.template, MANAGEMENT)
    aws.handed_over = aws.template == road.then_template


def _accounts_come(aws: Moment, road: Road) -> None:
    """The organisation as the stack's run left it; new accounts with what the StackSets bring."""
    args = road.first.organization.args
    if aws.members:
        road.control(aws, stack_runs.plan_now(aws, road))
        return
    road.accounts_come(aws)
    for account in args.accounts:
        id_ = road.ids[account.name]
        stack_set = names.BOOTSTRAP_ROLE.replace("*", id_, 1).replace("*", "0123456789abcdef")
        # A service-linked role makes it, which no control policy binds.
        aws.role(stack_set, managed=("arn:aws:iam::aws:policy/AdministratorAccess",))
        texts = [args.bootstrap, *([args.access_bootstrap] if account.unit == "domains" else [])]
        for text in texts:
            for action in templates.OF_A_STACK:
                aws.ask(stack_set, action, f"arn:aws:cloudformation:eu-west-1:{id_}:stack/StackSet-mesh-bootstrap/1")
            templates.deploy(aws, stack_set, road.sent(text), id_)


@effect("aws iam create-user .*")
def _keeper(aws: Moment, _: Road) -> None:
    aws.role(KEEPER)


@effect("aws iam add-user-to-group .*")
def _in_the_group(aws: Moment, road: Road) -> None:
    aws.role(KEEPER, inline={"mesh": road.sent(road.first.organization.break_glass_group.permissions.text())})


@effect("aws sts assume-role .*")
def _emergency(aws: Moment, road: Road) -> None:
    role = names.break_glass_role(road.account("governance"))
    aws.ask(KEEPER, "sts:SetSourceIdentity", role, **_context("sts:AssumeRole", aws))
    name = {"aws:SourceIdentity": "keeper", "sts:SourceIdentity": "keeper"}
    for entered in (
        names.deploy_role(MANAGEMENT),
        *(names.deploy_role(id_) for id_ in road.ids.values()),
        names.deploy_access_role(road.account("domain-playback")),
        names.preview_role(road.account("domain-playback")),
    ):
        for action in ("sts:AssumeRole", "sts:SetSourceIdentity"):
            aws.ask(role, action, entered, **name)
