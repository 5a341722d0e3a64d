"""Mail as a door: an SMTP listener, and mailboxes that are looked into by IMAP. A process of its own.

Owns: the promise behind a 250, or behind a message that is marked as seen: the broker has it, or our own disk.
"""
