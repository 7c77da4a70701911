"""Parse arguments, call the session, draw results."""
