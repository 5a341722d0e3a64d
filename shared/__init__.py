"""Wire contracts and plumbing shared by every room. No business rule lives here, and nothing here imports a room."""
