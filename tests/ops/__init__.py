"""Operations: settings, first-run servers, the supervisor, the commands, the health addresses."""
