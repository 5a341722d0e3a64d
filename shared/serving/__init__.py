"""Runs a room as a nameko service: its loops, its RPC methods, its health."""
