"""Wires the rooms (accounts, trading, monitoring) together; contains no business rules."""
