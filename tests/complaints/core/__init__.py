"""Tests of the pure core: codes, workflow tables, routing."""
