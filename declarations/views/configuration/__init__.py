"""The administrator's pages: forms and their versions, lists, limits."""
