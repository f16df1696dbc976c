"""Writes of the risk map, and what other apps may ask."""

from mapping.services.lists import save_source, write_entry

__all__ = ["save_source", "write_entry"]
