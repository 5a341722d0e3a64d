"""Learning from examples. Needs the extra `prediction`; nothing that the room runs imports it."""
