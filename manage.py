#!/usr/bin/env python
"""The operator's entry: `manage.py help` lists the commands."""

import os
import sys

EXIT_WRONG_SETTING = 2


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryptotrader.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.stderr.write(f"manage.py: {error}\n")
        sys.exit(EXIT_WRONG_SETTING)


if __name__ == "__main__":
    main()
