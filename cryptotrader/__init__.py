"""Wires the rooms (accounts, trading, monitoring) together; contains no business rules."""

from cryptotrader.celery import app as celery_app

__all__ = ["celery_app"]
