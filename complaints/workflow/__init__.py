"""The workflows of law.md section 7 as tables of data: one module a kind."""
