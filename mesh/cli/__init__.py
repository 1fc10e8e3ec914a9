"""The `mesh` command. Nothing of Pulumi or AWS is loaded before a command needs it."""
