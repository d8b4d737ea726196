"""The measurements of `make bench`: ratios within one run, on a throw-away database."""
