"""Enforcement of policies in the emulated organisation: every call is decided first, by the policies stored there."""
