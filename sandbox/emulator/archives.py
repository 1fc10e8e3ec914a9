"""Archives of Pulumi as an AWS API takes them: a ZIP, the same bytes for the same files.

An asset is a text or a file, an archive is files by their paths, a folder, or a ZIP that is there already
(`pulumi.asset`; on the wire each is an object with a mark of its own).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sandbox.engine.wire import SIGNATURE

ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
"""Marks of the two on the wire (`pulumi.runtime.rpc`)."""

_BEGINNING: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP can tell: an archive has no times of its own."""


def zipped(archive: Mapping[str, Any]) -> bytes:
    """The ZIP of an archive. Raises ValueError for what is none, or is at an address of the web."""
    if archive.get(SIGNATURE) != ARCHIVE:
        raise ValueError("expected an archive")
    path = Path(str(archive.get("path") or ""))
    if archive.get("path") and path.is_file():
        return path.read_bytes()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in sorted(_files(archive).items()):
            file.writestr(zipfile.ZipInfo(name, _BEGINNING), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _files(archive: Mapping[str, Any], below: str = "") -> dict[str, bytes]:
    """Files of an archive by their paths in it."""
    if archive.get("path"):
        folder = Path(archive["path"])
        return {
            below + file.relative_to(folder).as_posix(): file.read_bytes()
            for file in folder.rglob("*")
            if file.is_file()
        }
    files: dict[str, bytes] = {}
    inside: Mapping[str, Mapping[str, Any]] = archive.get("assets") or {}
    for name, item in inside.items():
        if item.get(SIGNATURE) == ARCHIVE:
            files |= _files(item, f"{below}{name}/")
        else:
            files[below + name] = _content(item)
    return files


def _content(asset: Mapping[str, Any]) -> bytes:
    if asset.get(SIGNATURE) != ASSET:
        raise ValueError("expected an asset")
    if asset.get("path"):
        return Path(asset["path"]).read_bytes()
    if asset.get("uri"):
        raise ValueError(f"the sandbox fetches nothing: {asset['uri']}")
    return str(asset.get("text") or "").encode()
