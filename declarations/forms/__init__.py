"""Forms that are not built from a form version."""
