"""The command line. One file per command; `main.py` lists them."""
