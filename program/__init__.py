"""What each kind of stack is made of: the Plan's nodes, a provider an account, the components."""

from program.stack import deploy

__all__ = ["deploy"]
