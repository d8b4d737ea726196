"""The whole platform as `make run` starts it, used through a browser."""
