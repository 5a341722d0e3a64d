"""Platforms that announce leads and keep the answers: clients that fetch them, and what the company says of them."""
