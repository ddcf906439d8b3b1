"""Pages of signing in, the own account, units, people, roles and the calendar."""
