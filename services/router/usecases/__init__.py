"""What the router does: one function per intention, each in one transaction."""
