"""Wires the rooms (accounts, trading, monitoring) together; knows no business."""

from cryptotrader.celery import app as celery_app

__all__ = ["celery_app"]
