"""The processes of one host, behind its nginx, as a place that runs the platform: no containers, no service manager."""
