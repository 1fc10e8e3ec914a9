"""Clicks."""

return
