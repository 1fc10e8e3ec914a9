"""`python -m tools.plugin_operations FOLDER`: reads the unpacked source of the AWS plugin, and writes what it calls.

The source is that of the commit that `mesh/aws/plugin/` names, such as the Go proxy has it:
`https://proxy.golang.org/github.com/hashicorp/terraform-provider-aws/@v/VERSION.zip`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from mesh.aws.plugin_table import plugin_types
from tools.plugin_operations.go_source import GoPackage

FILE: Final = Path(__file__).resolve().parents[2] / "tests" / "mesh" / "aws" / "plugin_operations.json"


def text(folder: Path) -> str:
    """The operations of every type of the table, by its steps, as JSON. ValueError for a file without a resource."""
    packages: dict[Path, GoPackage] = {}
    lines: list[str] = []
    for token, row in sorted(plugin_types().items()):
        file = folder / row.file
        package = packages.setdefault(file.parent, GoPackage.of(file.parent))
        lines.append(f"{json.dumps(token)}: {json.dumps(package.operations(file.name))}")
    return "\n".join(("{", ",\n".join(lines), "}", ""))


if __name__ == "__main__":
    FILE.write_text(text(Path(sys.argv[1])), "utf-8")
