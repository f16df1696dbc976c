"""F2: pages of the statement before a decision."""
