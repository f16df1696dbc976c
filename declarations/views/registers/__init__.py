"""Pages of the register of interests (F1)."""
