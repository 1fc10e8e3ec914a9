"""AI-services opt-out policy: what the accounts send to AWS's AI services is neither kept nor learnt from.

Without one AWS may store content that its AI services process, outside the region too ("AI services opt-out policies",
Organizations User Guide): data would leave by a service that no policy of IAM refuses.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

LOCKED: Final = {"@@operators_allowed_for_child_policies": ["@@none"]}
"""No policy below may say otherwise."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """An AI-services opt-out policy: one setting for every service that is or will be."""

    setting: str = "optOut"

    def as_json(self) -> dict[str, Any]:
        """JSON as Organizations takes it ("AI services opt-out policy syntax and examples")."""
        setting = {**LOCKED, "@@assign": self.setting}
        return {"services": {**LOCKED, "default": {**LOCKED, "opt_out_policy": setting}}}

    def text(self) -> str:
        """Minified JSON, the same text for the same value."""
        return json.dumps(self.as_json(), separators=(",", ":"))

    @property
    def size(self) -> int:
        """Characters of the minified text."""
        return len(self.text())
