"""`ct smoke`: asks each part of a running site, from outside, as its users do."""
