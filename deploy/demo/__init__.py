"""The demo: realistic inquiries in every format, dealers who answer, and a printed account of what became of all."""
