"""What the front desk does: one function per intention. Transaction, clock and company are parameters."""
