"""Tests of complaints/."""
