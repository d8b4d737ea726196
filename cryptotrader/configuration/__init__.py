"""The settings by subject; `cryptotrader/settings.py` imports all of them."""
