"""Who may do what to a declaration; one module a kind, the shared predicates in `base`."""
