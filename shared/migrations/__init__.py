"""Alembic's environment, shared by all rooms, and the plumbing tables that every room's first revision creates."""
