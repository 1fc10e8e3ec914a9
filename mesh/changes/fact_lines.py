"""Lines on single facts: whose fact it is, the key that says something else, and what it said before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, cast

from mesh.changes.report import ReportLine
from mesh.changes.sentences import LONGEST_VALUE, became, value_of
from mesh.changes.written_changes import ORDER, Missing, WrittenChange
from mesh.model import Mesh, contract_file
from mesh.model.exceptions_file import EXCEPTIONS_FILE
from mesh.pipeline_scripts import FOLDER


class WrittenFact(NamedTuple):
    """A written change with its subject in words, the kind of the subject, and the path of keys below it."""

    kind: str
    subject: str
    path: tuple[str, ...]
    change: WrittenChange
    is_stray: bool = False
    """Whether the file is there on both sides, and on one of them no product has it."""

    @property
    def line(self) -> ReportLine:
        """The fact as a line."""
        before, after = self.change.before, self.change.after
        if self.is_stray:
            now = (
                ", which no product had, is of one now"
                if isinstance(before, Missing)
                else " stays, and no product has it"
            )
            return ReportLine(f"{self.subject}: the file {self.change.file}{now}")
        if self.kind == "contract" and not self.change.path:
            return ReportLine(f"{self.subject}: the contract is {'new' if isinstance(before, Missing) else 'removed'}")
        if not self.path:
            return ReportLine(f"{self.subject} is {'new' if isinstance(before, Missing) else 'removed'}")
        key, item = _key(self.path)
        if item == ORDER:
            return ReportLine(f"{self.subject}: {key} in another order")
        if isinstance(before, Missing) or isinstance(after, Missing):
            word = "added" if isinstance(before, Missing) else "removed"
            value = after if isinstance(before, Missing) else before
            is_listed = value == item or isinstance(value, dict)
            # An item that has no name is a step of the path as it is written.
            name = f"{key} {item if len(item) <= LONGEST_VALUE else value_of(value)}".strip()
            return ReportLine(
                f"{self.subject}: {name}{'' if is_listed else f' ({value_of(value)})'} {word}{_about(value)}"
            )
        return ReportLine(f"{self.subject}: {f'{key} {item}'.strip()} {became(before, after)}")


def _about(value: Any) -> str:
    """Particulars of a column or a line that was added or removed, in brackets."""
    if not isinstance(value, dict):
        return ""
    known = cast("dict[str, Any]", value)
    words = [known.get("logicalType"), "required" if known.get("required") else None, known.get("classification")]
    said = ", ".join(str(word) for word in words if word)
    return f" ({said})" if said else ""


def _key(path: Sequence[str]) -> tuple[str, str]:
    """A path in words, its last step apart: `column clicks.page`, `classification`."""
    steps = list(path)
    if steps[0] == "schema" and len(steps) > 1:
        words, rest = _of_schema(steps[1:])
        return (words, ".".join(rest)) if rest[-1:] != [ORDER] else (f"{words} {' '.join(rest[:-1])}".strip(), ORDER)
    return ".".join(steps[:-1]), steps[-1]


def _of_schema(steps: Sequence[str]) -> tuple[str, list[str]]:
    """The table or column that a path leads to, and what is left of the path below it."""
    names, left = [steps[0]], list(steps[1:])
    while left:
        if left[0] == "properties" and len(left) > 1 and left[1] != ORDER:
            names.append(left[1])
            left = left[2:]
        elif left[0] == "items" and len(left) > 1:
            names.append("items")
            left = left[1:]
        elif left[0] == "map" and len(left) > 2:
            names.append(left[1])
            left = left[2:]
        else:
            break
    return f"{'column' if len(names) > 1 else 'table'} {'.'.join(names)}", left


def facts(changes: Iterable[WrittenChange], before: Mesh, after: Mesh) -> Iterator[WrittenFact]:
    """Facts of written changes, each with its subject."""
    contracts = {
        contract_file(domain, name, product): f"{domain}.{name}"
        for mesh in (before, after)
        for domain, owner in mesh.domains.items()
        for name, product in owner.products.items()
    }
    stray = {*before.stray_contracts, *before.stray_locks, *after.stray_contracts, *after.stray_locks}
    for change in changes:
        fact = _fact(change, contracts)
        yield fact._replace(is_stray=not change.path and change.file in stray)


def _fact(change: WrittenChange, contracts: dict[str, str]) -> WrittenFact:
    folder, _, name = change.file.removesuffix(".yaml").partition("/")
    path = change.path
    if change.file in contracts:
        return WrittenFact("contract", contracts[change.file], path or ("contract",), change)
    match folder:
        case "domains" if path[:1] == ("products",) and len(path) > 1:
            kind = "pipeline" if path[2:3] == ("pipeline",) else "product"
            return WrittenFact(kind, f"{name}.{path[1]}", path[2:], change)
        case "domains":
            return WrittenFact("domain", f"domain {name}", path, change)
        case "clearances":
            kind = {"members": "member", "pipelines": "pipeline"}.get(path[0] if path else "", "clearance")
            return WrittenFact(kind, f"clearance {name}", path, change)
        case "partners":
            return WrittenFact("partner", f"partner {name}", path, change)
        case "contracts":
            domain, _, product = name.removesuffix(".lock").partition("/")
            return WrittenFact("lock", f"lock of {domain}.{product}", path, change)
        case _ if change.file.startswith(f"{FOLDER}/"):
            return WrittenFact("script", f"script {change.file}", _of_script(path, change), change)
        case _ if change.file == EXCEPTIONS_FILE and path and path[-1] != ORDER:
            return WrittenFact("exception", change.file, path, change)
        case _:
            return WrittenFact("mesh", change.file, path, change)


def _of_script(path: tuple[str, ...], change: WrittenChange) -> tuple[str, ...]:
    whole = isinstance(change.before, Missing) or isinstance(change.after, Missing)
    return () if whole else path
