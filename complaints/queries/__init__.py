"""Reads of petitions and cases for pages, jobs and reports; all start from what the reader may see."""
