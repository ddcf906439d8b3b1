"""Tests of the reception desk."""
