"""What visitors do before and after we know them: how it is read, whose it is, and whether a person did it."""
