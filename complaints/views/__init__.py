"""Pages of petitions, cases, clocks, the day's work, and supervision."""
