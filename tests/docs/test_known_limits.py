"""The known limits of docs/proofs.md are still so; who mends one takes it from the page, and its test from here."""

from __future__ import annotations


