"""What nurture does with what it hears, and when a step's time has come."""
