"""AWS as plain data, dated and with its source: what its actions can do with data, and which of them a mesh allows."""
