"""Tests of app/papers."""
