"""Mail taken apart: headers, text, what a person wrote, and whether a person wrote it."""
