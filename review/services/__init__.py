"""What the pages of `review` show, and the reminder that the head's page sends."""
