"""What analytics does with events, and how it answers: one file per question."""
