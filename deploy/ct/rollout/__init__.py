"""Deployments without an outage: one algorithm for every place that runs the platform."""
