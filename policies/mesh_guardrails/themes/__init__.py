"""The rules, a module for each theme: plain functions, and the `RULES` and `STACK_RULES` that name them."""
