"""The whole platform on one machine: `python -m cryptotrader.local run`, `exec`, `stop`. Production doesn't use it."""
