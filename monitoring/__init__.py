"""Is it healthy, is the money right, is it saved."""
