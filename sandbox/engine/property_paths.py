"""Property paths, as `ignoreChanges` writes them: `tags.owner`, `rules[0].name`, `tags["a.b"]`, `rules[*].name`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sandbox.engine.wire import SECRET, SIGNATURE, is_list, is_map, is_secret, wrap

PropertyPath = tuple[str | int, ...]

_SEGMENT: Final = re.compile(
    r"""\.?(?P<key>[^.\[\]]+) | \[(?P<index>\d+)\] | \[(?P<star>\*)\] | \["(?P<quoted>(?:[^"\\]|\\.)*)"\]""", re.VERBOSE
)


def parse(text: str) -> PropertyPath:
    """The segments of a path; raises ValueError when it is none."""
    segments: list[str | int] = []
    position = 0
    while position < len(text):
        match = _SEGMENT.match(text, position)
        if match is None:
            raise ValueError(f"{text!r} is no property path: cannot read it from {text[position:]!r}")
        position = match.end()
        if match["index"] is not None:
            segments.append(int(match["index"]))
        elif match["quoted"] is not None:
            segments.append(match["quoted"].replace('\\"', '"'))
        else:
            segments.append(match["key"] or match["star"])
    return tuple(segments)


def contains(path: PropertyPath, other: PropertyPath) -> bool:
    """True when the path `other` is `path` or lies below it."""
    return len(other) >= len(path) and all(key in ("*", other_key) for key, other_key in zip(path, other, strict=False))


def restore_ignored(news: dict[str, Any], olds: Mapping[str, Any], paths: Iterable[str]) -> list[str]:
    """Set each path of `news` back to its value in `olds`; the paths for which that cannot be done are returned."""
    return [path for path in paths if not _reset(parse(path), olds, news)]


def _reset(path: PropertyPath, old: Any, new: Any, *, secret: bool = False) -> bool:
    """Set one path back; `secret` when the old value stands inside a secret and the new one does not."""
    old_secret, new_secret = is_secret(old), is_secret(new)
    old, new = _unwrapped(old), _unwrapped(new)
    secret = (secret or old_secret) and not new_secret
    if not path:
        return False
    key, rest = path[0], path[1:]
    if key == "*":
        return _reset_all(rest, old, new, secret=secret)
    if isinstance(key, int):
        return _reset_item(key, rest, old, new, secret=secret)
    return _reset_key(key, rest, old, new, secret=secret)


def _reset_key(key: str, rest: PropertyPath, old: Any, new: Any, *, secret: bool) -> bool:
    has_old, has_new = _has(old, key), _has(new, key)
    if rest:
        if not (is_map(old) and is_map(new)):
            return not is_map(old) and not is_map(new)
        if has_old and has_new:
            return _reset(rest, old[key], new[key], secret=secret)
        return not has_old
    if not has_old:
        if has_new:
            del new[key]
        return True
    if not is_map(new):
        return False
    new[key] = wrap(old[key]) if secret else old[key]
    return True


def _reset_item(index: int, rest: PropertyPath, old: Any, new: Any, *, secret: bool) -> bool:
    if not (is_list(old) and is_list(new)):
        return not is_list(old) and not is_list(new)
    if index >= len(old) or index >= len(new):
        return not rest and index >= len(old) and index >= len(new)
    if rest:
        return _reset(rest, old[index], new[index], secret=secret)
    new[index] = wrap(old[index]) if secret else old[index]
    return True


def _reset_all(rest: PropertyPath, old: Any, new: Any, *, secret: bool) -> bool:
    if is_map(old) and is_map(new):
        keys = list(old) if rest else sorted({*old, *new})
        return all(_has(new, key) or not rest for key in keys) and all(
            _reset_key(key, rest, old, new, secret=secret) for key in keys
        )
    if is_list(old) and is_list(new):
        resets = [_reset_item(index, rest, old, new, secret=secret) for index in range(min(len(old), len(new)))]
        return all(resets) and len(old) == len(new)
    return not rest and (is_map(new) or is_list(new))


def _has(value: Any, key: str) -> bool:
    return is_map(value) and key in value


def _unwrapped(value: Any) -> Any:
    while is_map(value) and value.get(SIGNATURE) == SECRET:
        value = value.get("value")
    return value
