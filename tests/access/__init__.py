"""Who may open what: the generated test of routes, roles and scopes, and the planted name that must appear nowhere."""
