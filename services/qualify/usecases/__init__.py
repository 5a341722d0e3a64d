"""What qualification does with what it hears and is asked, one file per noun."""
