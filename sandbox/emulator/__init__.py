"""Emulator of AWS: an organisation of many accounts in this process, and Pulumi's provider for it."""
