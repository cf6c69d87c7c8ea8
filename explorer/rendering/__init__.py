"""Numbers become pictures; nothing here runs a network."""
