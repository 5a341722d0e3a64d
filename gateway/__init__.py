"""The gateway: HTTP for forms, partners, portals, dealers, managers and operation.

Owns: the promise behind a 2xx (confirmed by the broker, or on its own disk), access, limits, translation to HTTP.
Answers: HTTP only; the route table is in `routes/`, described at /openapi.json.
Hears: nothing.
Publishes: raw inquiries to the intake queue (`shared/contracts/intake.py`).
Asks: the rooms, by the calls in `shared/contracts/calls.py`.
It holds no rule, joins nothing and has no database.
"""
