"""Reads for the back office alone."""
