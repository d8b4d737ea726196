"""Health checks, metrics, the proof of the ledger, and the database's rights."""
