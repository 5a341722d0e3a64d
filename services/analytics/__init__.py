"""Analytics: the journal of everything that happened, and what it says of leads, campaigns and owners.

Owns: the journal, and the facts that follow from it and can be worked out from it anew.
Answers: lead, funnel, ledger.
Hears: every declared event of every room.
Publishes: nothing yet.
"""
