"""The law held to examples that a lawyer can read, and to properties."""
