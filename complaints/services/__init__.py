"""The acts of the office on petitions and cases, one function each."""
