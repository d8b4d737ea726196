"""Measures orders over HTTP: the order gateway, DRF's door, and a plain door beside them."""
