"""What a lead is worth: the company's rules applied to what was heard of it. Pure functions, no clock."""
