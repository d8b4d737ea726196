"""Settings of health checks: see .env.example."""

from pathlib import Path

from cryptotrader import env

# The file systems that this machine needs, by the names that health and metrics show.
HEALTH_DISKS = env.places("HEALTH_DISKS", f"data={Path(__file__).resolve().parent.parent / 'var'}")
HEALTH_DISK_FREE_MIN_PERCENT = env.integer("HEALTH_DISK_FREE_MIN_PERCENT", 10)
