"""Tables of petitions, cases, their parties, clocks, documents, history and escalations."""
