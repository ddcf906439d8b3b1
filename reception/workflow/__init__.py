"""How a visit moves: the table of law.md 7.1 as the desk walks it."""
