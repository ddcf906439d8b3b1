"""The `tiepdan` command: what an operator needs, one module a group."""
