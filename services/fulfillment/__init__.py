"""Fulfillment: acknowledges, sends literature by email and print-mail, and knows what went to whom.

Owns: pieces (one thing sent to one person, once), permissions to contact, the literature rules and templates.
Answers: describe_unsubscribe, unsubscribe, ledger.
Hears: capture.lead_registered, lead_responded, person_updated, consent_changed; qualify.lead_scored, lead_qualified,
lead_disqualified; router.lead_assigned; nurture.step_due.
Publishes: piece_sent, piece_failed, print_job_sent, unsubscribed.
"""
