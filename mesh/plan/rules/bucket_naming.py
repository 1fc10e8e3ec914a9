"""Rules of the names of buckets: S3 takes them, none is used twice, and those that exist stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from mesh.aws.bucket_namespace import suffix
from mesh.bucket_names import LONGEST_BUCKET, BucketNames, MeshBucket
from mesh.findings import KeyPath, Problem, nearest_reference
from mesh.model.names_lock import NAMES_LOCK_FILE, NO_NAMES_LOCK
from mesh.plan.rules.context import CrossFileRule, RuleContext, domain_file, partner_file
from mesh.plan.rules.naming import RESERVED

RESERVED_ENDINGS: Final = ("--x-s3", "--ol-s3", "--table-s3", "-s3alias", "-an")
"""Endings of names in the shared namespace that S3 keeps (S3 User Guide, "General purpose bucket naming rules")."""


class Declared(NamedTuple):
    """Purpose of a bucket: whose it is in words, and where people wrote the name that its own is made of."""

    whose: str
    file: str
    path: KeyPath = ()


def declared(bucket: MeshBucket) -> Declared:
    """Purpose of a bucket, and its place."""
    match bucket.keys:
        case ("products", reference):
            domain, _, product = reference.partition(".")
            return Declared(f"product '{reference}'", domain_file(domain), ("products", product))
        case ("inboxes", partner):
            return Declared(f"partner '{partner}'", partner_file(partner))
        case (_, account) if account.startswith("domain-"):
            return Declared(f"domain '{account[7:]}'", domain_file(account[7:]))
        case (_, account) if account.startswith("partner-"):
            return Declared(f"partner '{account[8:]}'", partner_file(account[8:]))
        case ("audit",):
            return Declared("the audit trail", "mesh.yaml", ("name",))
        case ("publications",):
            return Declared("what is published", "mesh.yaml", ("name",))
        case _:
            return Declared("the governance account", "mesh.yaml", ("name",))


def bucket_names_fit_s3(context: RuleContext) -> Iterator[Problem]:
    """Buckets have names that S3 takes; none is cut to fit."""
    if _is_uncertain(context):
        return
    region, kept = context.mesh.file.region, context.builder.perimeter.kept_buckets
    longest: dict[Declared, MeshBucket] = {}
    for bucket in context.builder.every_bucket():
        whose = declared(bucket)
        if whose not in longest or len(bucket.stem) > len(longest[whose].stem):
            longest[whose] = bucket
    for whose, (_, stem, account_id, _) in longest.items():
        ending = "" if stem in kept else suffix(account_id, region)
        room = LONGEST_BUCKET - len(ending)
        if len(stem) > room:
            behind = f" before the account's id and {region}" if ending else ""
            remedy = f"shorten '{whose.path[-1]}' by {len(stem) - room}" if whose.path else "rename the file"
            message = f"bucket '{stem}' would have {len(stem)} characters{behind}, S3 takes {room}: {remedy}"
            yield Problem(whose.file, whose.path, message, on_key=whose.path[:1] == ("products",))
        if not ending and stem.endswith(RESERVED_ENDINGS):
            message = f"bucket '{stem}' would end as S3's own do, which S3 refuses; choose another name"
            yield Problem(whose.file, whose.path, message, on_key=True)


def bucket_names_are_used_once(context: RuleContext) -> Iterator[Problem]:
    """Buckets of the mesh all have different names, and would have without account and region."""
    if _is_uncertain(context):
        return
    owners: dict[str, str] = {}
    for bucket in context.builder.every_bucket():
        whose, file, path = declared(bucket)
        # A file with a reserved name has a finding of its own.
        if bucket.stem in owners and not file.endswith(tuple(f"/{name}.yaml" for name in RESERVED)):
            message = (
                f"duplicate bucket name '{bucket.stem}': {owners[bucket.stem]} has it already; rename one of the two"
            )
            yield Problem(file, path, message, on_key=True)
        owners.setdefault(bucket.stem, whose)


def kept_names_are_written(context: RuleContext) -> Iterator[Problem]:
    """Meshes with locks say which buckets are older, before those would get other names."""
    mesh = context.mesh
    has_locks = bool(mesh.locks or mesh.stray_locks)
    if mesh.names_lock is None and has_locks and NAMES_LOCK_FILE not in mesh.unread:
        yield Problem("mesh.yaml", (), NO_NAMES_LOCK)


def kept_names_are_of_their_bucket(context: RuleContext) -> Iterator[Problem]:
    """Kept names are those that the bucket could have got, and each has a bucket."""
    lock, names = context.mesh.names_lock, context.builder.perimeter.buckets
    if lock is None or _is_uncertain(context):
        return
    kept = lock.buckets.entries.values()
    if kept and not any(name.startswith(f"{names.mesh}-") for name in kept):
        message = (
            f"the mesh is called '{names.mesh}', and {NAMES_LOCK_FILE} has buckets of another name, as '{min(kept)}'; "
            "give it back the name that it was deployed with"
        )
        yield Problem("mesh.yaml", ("name",), message)
        return
    buckets = {bucket.keys: bucket for bucket in context.builder.every_bucket()}
    owners = {name: bucket for bucket in buckets.values() for name in _names(bucket, names)}
    for keys, name in lock.buckets.entries.items():
        path = ("buckets", *keys)
        bucket, owner = buckets.get(keys), owners.get(name)
        if bucket and name in _names(bucket, names):
            continue
        if owner is not None:
            yield Problem(NAMES_LOCK_FILE, path, _of_another(bucket, owner, name))
        elif bucket is None:
            if not _may_be_declared(context, keys):
                near = nearest_reference(
                    keys[1], [other[1] for other in buckets if other[0] == keys[0] and len(other) > 1]
                )
                kind = {"products": "product", "inboxes": "partner"}.get(keys[0], "account")
                remedy = "remove the line when its bucket is deleted"
                message = f"there is no {kind} '{keys[1]}'" + (f"{near} If not, {remedy}" if near else f"; {remedy}")
                yield Problem(NAMES_LOCK_FILE, path, message, "warning", on_key=True)
        else:
            message = (
                f"'{name}' is not the bucket of {declared(bucket).whose}: one that exists is called '{bucket.stem}'; "
                "restore the name from version control, or remove the line if there is no such bucket"
            )
            yield Problem(NAMES_LOCK_FILE, path, message)


def _names(bucket: MeshBucket, names: BucketNames) -> tuple[str, str]:
    """The two names that a bucket can have: that of before, and the one that it gets without a line."""
    return bucket.stem, names.derived(bucket.stem, bucket.account_id)


def _of_another(bucket: MeshBucket | None, owner: MeshBucket, name: str) -> str:
    """The sentence on a line that has the name of another line's bucket."""
    begin = f"'{name}' is the bucket of {declared(owner).whose}, whose line is '{'.'.join(owner.keys)}'"
    if bucket is None:
        return f"{begin}, and no other bucket takes its name; restore the line from version control, or remove it"
    return (
        f"{begin}; the bucket of this line is called '{bucket.stem}', if it exists: restore the line from version "
        "control, or remove it"
    )


def _may_be_declared(context: RuleContext, keys: tuple[str, ...]) -> bool:
    """Whether what a line is for may stand in a file that could not be used."""
    whose, file, path = declared(MeshBucket(keys, "", ""))
    folder, _, name = file.partition("/")
    is_unread = bool(whose) and context.mesh.is_unread(folder, name.removesuffix(".yaml"))
    return is_unread or context.mesh.is_uncertain(file, *path)


def _is_uncertain(context: RuleContext) -> bool:
    """Whether the parts that every name is made of could not be read."""
    mesh = context.mesh
    return mesh.touches(NAMES_LOCK_FILE) or any(mesh.is_uncertain("mesh.yaml", key) for key in ("name", "region"))


RULES: Final[tuple[CrossFileRule, ...]] = (
    bucket_names_fit_s3,
    bucket_names_are_used_once,
    kept_names_are_written,
    kept_names_are_of_their_bucket,
)
