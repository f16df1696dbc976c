"""The map against reality, for the Inspectorate and for one OPD; the desk of its head."""
