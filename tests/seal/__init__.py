"""The seal: rotation, keys of a KMS, keys in parts, who is let in."""
