"""The record: audit entries, their marks and seals, verification, exports, and what reading leaves behind."""
