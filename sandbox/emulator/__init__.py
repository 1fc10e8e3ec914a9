"""Pulumi's provider for AWS over moto: an organisation of many accounts, emulated in this process."""
