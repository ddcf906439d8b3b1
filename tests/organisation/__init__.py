"""Signing in, units, people, roles, the calendar."""
