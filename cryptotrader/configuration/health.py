"""Settings of health checks and of retention: see .env.example."""

from pathlib import Path

from cryptotrader import env

# The file systems that this machine needs, by the names that health and metrics show.
HEALTH_DISKS = env.places("HEALTH_DISKS", f"data={Path(__file__).resolve().parents[2] / 'var'}")
HEALTH_DISK_FREE_MIN_PERCENT = env.integer("HEALTH_DISK_FREE_MIN_PERCENT", 10)

# How long data stays: docs/runbook.md, Growth. The database keeps younger logins and prices in any case.
KEEP_LOGINS_DAYS = env.at_least("KEEP_LOGINS_DAYS", 365, 91)
KEEP_PRICES_MONTHS = env.at_least("KEEP_PRICES_MONTHS", 12, 0)
