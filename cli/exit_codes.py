"""Exit codes of the `mesh` command."""

from __future__ import annotations

from typing import Final

FINE: Final = 0
FINDINGS: Final = 1
"""A deployment or a run of a pipeline failed, an invariant does not hold, or a check found something."""

BAD_INPUT: Final = 2
"""A file, an option or a query is wrong; `mesh validate` with a finding ends so, too."""

FAULT: Final = 3
"""A fault of ours."""

SIGNALLED: Final = 128
"""With the number of a signal: 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP."""
