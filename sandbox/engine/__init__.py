"""Pulumi's engine protocol in this process: what runs an unmodified program, with no CLI and no network."""
