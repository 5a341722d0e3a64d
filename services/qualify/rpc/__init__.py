"""What qualification answers, one file per noun."""
