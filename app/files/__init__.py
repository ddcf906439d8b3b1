"""Attachments: stored once, checked for what they are, encrypted where they could identify a denouncer."""
