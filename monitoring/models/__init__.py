"""The tables of this room."""

from monitoring.models.figure import Figure

__all__ = ["Figure"]
