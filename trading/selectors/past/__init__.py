"""A person's settled trades, summed up for their pages of the past."""
