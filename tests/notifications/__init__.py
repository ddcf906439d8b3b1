"""Escalations, notices and mail: once, whatever crashes."""
