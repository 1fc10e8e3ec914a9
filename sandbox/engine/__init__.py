"""Embedded engine: Pulumi's engine protocol in this process, for unmodified programs, without CLI and network."""
