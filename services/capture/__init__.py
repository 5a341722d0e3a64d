"""The front desk: every inquiry, whatever its shape, becomes a registered response of a person, or a visible exception.

Owns      raw inquiries (byte-exact), inquiries, people and the keys they are known by, leads as episodes of interest,
          consent, and the company's register of sources and campaigns.
Answers   receipt, quarantine, ledger.
Hears     router.lead_won, router.lead_lost, router.lead_recycled, fulfillment.unsubscribed,
          qualify.profile_enriched, and the intake queue.
Publishes inquiry_received, inquiry_quarantined, lead_registered, lead_responded, person_updated, consent_changed.
"""
