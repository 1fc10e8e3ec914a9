"""AWS as plain data: which of its actions a mesh allows, what each can do with data, and the whole of its actions."""
