"""Jobs for tests of the worker."""


def fail_with(words: str) -> None:
    """Fail the way a database does that quotes the row it refuses."""
    raise ValueError(f"Key (full_name)=({words}) already exists")
