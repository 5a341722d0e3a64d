"""The calls that the router answers, one file per noun."""
