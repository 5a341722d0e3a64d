"""The chance of a sale, learnt from the company's own won and lost leads.

`learning/` needs scikit-learn and runs in a job of its own (`leadbus prediction train`). What it learns is plain data,
kept in the database. Everything beside `learning/` is plain Python: the room evaluates that data and gets the same
number, without the 210 MB.
"""
