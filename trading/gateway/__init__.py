"""The order gateway: the paths of programs that trade, in front of Django's handler, many requests by one statement."""
