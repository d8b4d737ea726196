"""How long a test waits for what must come."""

PATIENCE_SECONDS = 300
"""It ends what hangs, and measures nothing: a busy machine is no bug."""
