"""Policies enforced in the emulated organisation: every call to moto is decided first, by what is stored in moto."""
