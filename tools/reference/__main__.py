"""`python -m tools.reference [--check]`: writes docs/reference/, or says which of its pages are stale.

Exit code 1 with `--check` when one is stale or missing.
"""

from __future__ import annotations

import sys
from typing import Final

from tools.reference.command_pages import commands_page
from tools.reference.component_pages import components_page
from tools.reference.key_pages import keys_page
from tools.written_pages import write_or_compare

COMMAND: Final = "make reference"


def pages() -> dict[str, str]:
    """Every page of the reference: its path in the repository, and its text."""
    folder = "docs/reference"
    return {
        f"{folder}/commands.md": commands_page(),
        f"{folder}/yaml.md": keys_page(),
        f"{folder}/components.md": components_page(),
    }


if __name__ == "__main__":
    sys.exit(write_or_compare(pages(), COMMAND, check="--check" in sys.argv[1:]))
