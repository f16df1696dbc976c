"""Three years of declarations for the synthetic province, and conflicts hidden in them.

`profiles` says what each person declares, `registers` makes registers of it, `cases` the
statements, conflicts, decisions and plans, `planting` hides what an inspector should find.
Documents are not rendered for thousands of invented people: only `demonstration`, which walks
the real workflow for a few accounts, issues some.
"""
