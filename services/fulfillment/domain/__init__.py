"""The rules of fulfillment: which piece, once, to whom, and when not."""
