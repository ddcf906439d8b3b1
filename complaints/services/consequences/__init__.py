"""What a step means beyond its state, one module a kind; `table` lists which act records what."""
