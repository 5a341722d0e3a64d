"""Who may be whom: two people's particulars compared, field by field, into a probability with reasons."""
