"""Reads the data behind health and metrics."""
