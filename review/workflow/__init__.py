"""Changes of state in `review`; each locks, asks, checks, writes and records."""
