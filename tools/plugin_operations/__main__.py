"""`python -m tools.plugin_operations FOLDER`: reads the source of the AWS plugin, and writes what it calls.

FOLDER is what the archive of the Go proxy has (`github.com/hashicorp/terraform-provider-aws/@v/VERSION.zip`), under its
name, which ends in the commit: that has to be the one of which the table is (`mesh/aws/plugin/`).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from mesh.aws.packaged import packaged, packaged_texts
from mesh.aws.plugin_table import plugin_types
from tools.plugin_operations.go_source import GoPackage

FILE: Final = Path(__file__).resolve().parents[2] / "tests" / "mesh" / "aws" / "plugin_operations.json"


def commits() -> set[str]:
    """Commits that the table says it was read in: one."""
    return {packaged(f"plugin/{name}")["source"]["commit"] for name, _ in packaged_texts("plugin")}


def text(folder: Path) -> str:
    """The operations of every type of the table, by its steps, as JSON. ValueError for a file without a resource."""
    packages: dict[Path, GoPackage] = {}
    lines: list[str] = []
    for token, row in sorted(plugin_types().items()):
        file = folder / row.file
        package = packages.setdefault(file.parent, GoPackage.of(file.parent))
        lines.append(f"{json.dumps(token)}: {json.dumps(package.operations(file.name))}")
    commit = folder.name.rpartition("-")[2]
    return "\n".join((f'{{"commit": "{commit}", "types": {{', ",\n".join(lines), "}}", ""))


def main(arguments: list[str]) -> int:
    """Writes the file; 2 without a folder of the commit that the table names."""
    (commit,) = commits()
    if len(arguments) != 1 or not Path(arguments[0]).is_dir() or not arguments[0].rstrip("/").endswith(f"-{commit}"):
        print(f"give the folder of the plugin's source, whose name ends in -{commit}", file=sys.stderr)  # noqa: T201
        return 2
    FILE.write_text(text(Path(arguments[0])), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
