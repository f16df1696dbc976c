"""System checks that refuse an unsafe start."""
