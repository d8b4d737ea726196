"""Starts one process of the platform: `python -m cryptotrader.start web`. Images and service managers use it."""
