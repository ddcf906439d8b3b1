"""The acts of reception: visits and letters at the desk, online sessions."""
