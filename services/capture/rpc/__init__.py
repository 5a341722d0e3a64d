"""What the front desk answers, by noun; `service.py` puts them together."""
