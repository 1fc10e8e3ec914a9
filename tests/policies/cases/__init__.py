"""Cases of the rules, a module for each theme: what a rule passes, what it reports, and what it cannot judge yet.

Every module has `CASES`; a module that is added here is found by itself.
"""

from __future__ import annotations

import importlib
import pkgutil

from tests.policies.cases.case import Case


def all_cases() -> list[Case]:
    """The cases of all modules of this folder."""
    modules = (importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__))
    return [case for module in modules for case in getattr(module, "CASES", ())]
