"""The database as a second wall: a raw connection as the role of the application, and what it is refused."""
