"""Papers: one source a form, set as Nghị định 30/2020 asks, printed as PDF."""
