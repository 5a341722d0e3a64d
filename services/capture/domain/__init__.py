"""What the front desk knows: how a value is made usable, who is who, what is a repeat, what is suspect."""
