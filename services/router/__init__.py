"""The router: who is responsible for a lead, and until when they must do what.

Owns      owners and territories as the company defines them, assignments, clocks, what owners say of their leads
Answers   describe_link, act (signed links in owners' messages), assignment, ledger
Hears     capture: lead_registered, lead_responded, person_updated
          qualify: lead_scored, lead_qualified, lead_disqualified, screening_requested, screening_attempted,
          screening_completed
          fulfillment: piece_sent, print_job_sent (the lead package tells what the prospect has been sent)
Publishes lead_assigned, lead_delivered, delivery_failed, lead_accepted, lead_declined, lead_lapsed, lead_escalated,
          lead_status_changed, quote_recorded, lead_won, lead_lost, lead_recycled

A lead has an owner from the transaction that registers it, and exactly one; while it is open it has a next due time.
The database refuses anything else.
"""
