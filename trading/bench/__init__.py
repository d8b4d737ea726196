"""What `make bench` measures: ratios within one run, on a throw-away database."""
