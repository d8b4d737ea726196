"""Reads of this room, for its doors and for the rooms above: one module per subject."""
