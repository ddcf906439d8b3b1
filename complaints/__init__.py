"""Petitions, cases, clocks, workflow, routing, escalation: the legal heart. Announces what happens in events.py."""
