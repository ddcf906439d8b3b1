"""Tests of the pure tables of the reception desk: visits, online sessions."""
