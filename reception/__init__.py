"""Visits, the log book and the desk: where citizens are received."""
