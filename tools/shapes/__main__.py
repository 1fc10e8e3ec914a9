"""`python -m tools.shapes`: writes `mesh/aws/shapes.json`; with `--check` it only says whether the file is current."""

from __future__ import annotations

import sys

from tools.shapes.shapes_file import SHAPES, text


def main(arguments: list[str]) -> int:
    """Writes or checks; 1 when the file is not current."""
    written = text()
    if "--check" not in arguments:
        SHAPES.write_text(written, "utf-8")
        return 0
    if SHAPES.read_text("utf-8") == written:
        return 0
    print(f"{SHAPES} is not what botocore and members.yaml say: run `make shapes`", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
