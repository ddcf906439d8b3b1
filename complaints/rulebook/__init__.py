"""The law as data: one TOML row a version of a rule, and the loader that checks them all."""
