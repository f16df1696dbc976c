"""Indonesian names: pure Python, no Django."""
