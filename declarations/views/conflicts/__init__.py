"""F3: pages of the declaration of conflict."""
