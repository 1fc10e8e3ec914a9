"""Pulumi's entry point: deploys the stack that is selected."""

import program

program.deploy()
