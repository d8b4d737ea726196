"""People and their money: accounts, access, limits, the ledger and the cashier."""
