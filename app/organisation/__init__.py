"""Units, people, memberships, the office's calendar, and signing in."""
