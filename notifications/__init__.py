"""Who is told what, over which channel: notices in the application and the outbox of messages."""
