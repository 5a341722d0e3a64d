"""Qualification: what is known of a lead, what it is worth, and whether sales should have it.

Owns      profiles (every known fact with its origin), scores and why, ranks, decisions, stages; rule sets with their
          approvals and publications; screenings; what was looked up; models of prediction
Answers   score, reply_form; rules, rule_text, approve_rules, publish_rules, revert_rules, keep_backtest;
          screening_queues, claim_screening, screening, release_screening, report_screening; prediction,
          prediction_card, activate_prediction; export
Hears     capture: lead_registered, lead_responded, person_updated, person_erased, persons_merged, persons_unmerged,
          activity_recorded, activity_reassessed, activity_reassigned
          router: lead_assigned, lead_accepted, lead_declined, lead_status_changed, quote_recorded, lead_recycled,
          lead_won, lead_lost
Publishes lead_scored, lead_qualified, lead_disqualified, stage_changed, rules_published, profile_enriched,
          screening_requested, screening_attempted, screening_completed, screening_overdue, prediction_activated,
          prediction_drifted, person_data_erased

What a lead scores follows from the set of facts heard of it, from the rules that it is under, and from the moment that
is asked for: not from the order in which the facts came. See `usecases/scoring.py` for what that guarantees.
"""
