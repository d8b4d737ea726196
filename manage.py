#!/usr/bin/env python
"""The operator's entry: `manage.py help` lists the commands."""

import os
import sys

EXIT_USAGE = 2


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryptotrader.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import BaseCommand, ManagementUtility, get_commands

    class Manager(ManagementUtility):
        def fetch_command(self, subcommand: str) -> BaseCommand:
            if subcommand not in get_commands():
                _ = settings.INSTALLED_APPS  # with settings that can't be read, only Django's own commands are known
                sys.stderr.write(f"manage.py: there is no command {subcommand!r}: `manage.py help` lists them\n")
                sys.exit(EXIT_USAGE)
            return super().fetch_command(subcommand)

    try:
        Manager(sys.argv).execute()
    except ImproperlyConfigured as error:
        sys.exit(f"manage.py: {error}")


if __name__ == "__main__":
    main()
