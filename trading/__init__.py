"""Prices and flash trades."""
