"""Pages of the risk map."""
