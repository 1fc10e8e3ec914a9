"""The known limits of docs/proofs.md are still so; who mends one takes it from the page, and its test from here."""

from __future__ import annotations

import datetime
import re

import pytest

from mesh.access import from_plan
from mesh.evaluator.conditions import condition
