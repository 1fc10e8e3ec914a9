"""Clicks."""

def clicks(:
    pass
