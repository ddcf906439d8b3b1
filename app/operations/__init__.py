"""Operations: first-run servers, processes, the supervisor, the schema, and how each process begins."""
