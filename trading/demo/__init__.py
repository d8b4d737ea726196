"""A demo that looks alive: people, days of invented prices, and trades that the real settlement has decided."""
