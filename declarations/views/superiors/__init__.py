"""What superiors, and those they lead, see of F5, F6 and F7."""
