"""Who you are and what you own."""
