"""Qualification: what is known of a lead, what it is worth, and whether sales should have it.

Owns      profiles (every known fact with its origin), scores and why, ranks, decisions; the company's rules.yml
Answers   score
Hears     capture: lead_registered, lead_responded, person_updated
          router: lead_recycled, lead_won, lead_lost
Publishes lead_scored, lead_qualified, lead_disqualified

What a lead scores follows from the set of facts heard of it and from the rules alone: not from the order in which they
came, nor from the time at which they were handled. See `usecases.py` for what that guarantees.
"""
