"""Nurture: keeps in touch with leads that are not ready, for years, without wearing them out.

Owns: programmes, enrolments, the steps taken, how often a person may be written to.
Answers: ledger.
Hears: capture lead_registered, lead_responded, person_updated, consent_changed; qualify lead_scored, lead_qualified;
    router lead_accepted, lead_won, lead_lost, lead_recycled; fulfillment unsubscribed.
Publishes: programme_entered, step_due, programme_left.
"""
