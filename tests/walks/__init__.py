"""Random walks over every workflow: on the tables alone, and on the real services with the real database."""
