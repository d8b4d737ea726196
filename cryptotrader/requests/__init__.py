"""How requests come in: read to their end, bounded in size and number, refused in one form."""
