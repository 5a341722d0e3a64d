"""What each level of agreement is worth: `M` between two records of one person, `U` between two strangers.

Where they come from (levels as in `comparing.LEVELS`):

- given, family, order, street, extra, born: learnt without labels by `estimating.py` from the candidate pairs of the
  set febrl4 (10,000 records), rounded. Levels it does not know (short forms, initials, double names) are set by hand
  and the rest scaled: about one correspondent in twenty signs with a short form, one in twenty-five with an initial.
- place: learnt likewise, but people who ask twice have moved more often than that set says (0.001): one in twenty-five.
- email, phone, company: set by hand. Half of those who write again use the same mailbox, a third another one; farms and
  offices share telephones, so that two strangers share one once in half a million.
- A mailbox or a firm that is made of the name ("john.smith", "Abel Farms") is counted apart: among people of one name
  it is common, and says little beside the name.
- U of street, place, email, phone and company is that of a million people in some thousands of towns; of names it is
  the mean over people, which `frequency.py` corrects for each name.

`python -m tests.bench.identity estimate` runs the estimation again.
"""

M: dict[str, tuple[float, ...]] = {
    "given": (0.70, 0.05, 0.04, 0.13, 0.08),
    "family": (0.76, 0.17, 0.02, 0.05),
    "order": (0.94, 0.06),
    "born": (0.90, 0.04, 0.02, 0.04),
    "street": (0.56, 0.26, 0.06, 0.06, 0.06),
    "extra": (0.70, 0.20, 0.10),
    "place": (0.76, 0.06, 0.12, 0.02, 0.04),
    "email": (0.55, 0.02, 0.04, 0.04, 0.35),
    "phone": (0.65, 0.03, 0.32),
    "company": (0.40, 0.30, 0.15, 0.15),
}
U: dict[str, tuple[float, ...]] = {
    "given": (0.006, 0.004, 0.03, 0.02, 0.94),
    "family": (0.001, 0.004, 0.003, 0.992),
    "order": (0.995, 0.005),
    "born": (0.00005, 0.0006, 0.003, 0.99635),
    "street": (0.000005, 0.0002, 0.001, 0.01, 0.988795),
    "extra": (0.001, 0.005, 0.994),
    "place": (0.0005, 0.0005, 0.001, 0.005, 0.993),
    "email": (0.000001, 0.00001, 0.01, 0.000002, 0.989987),
    "phone": (0.000002, 0.000004, 0.999994),
    "company": (0.0002, 0.02, 0.001, 0.9788),
}
