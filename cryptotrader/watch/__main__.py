"""The command line: `python -m cryptotrader.watch dashboards | alertmanager`."""

import argparse
import sys
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

from accounts.management.arguments import OneLineParser
from cryptotrader.watch.alertmanager import configuration

EXIT_FAILED = 1


def main(arguments: Sequence[str]) -> int:
    """Runs the command line, and returns the exit code: 0 done, 1 a variable is wrong."""
    options = _parser().parse_args(arguments)
    try:
        return _dashboards() if options.action == "dashboards" else _alertmanager()
    except ImproperlyConfigured as error:
        sys.stderr.write(f"watch: {error}\n")
        return EXIT_FAILED


def _alertmanager() -> int:
    sys.stdout.write(configuration())
    return 0


def _dashboards() -> int:
    from cryptotrader.watch.dashboards import files  # noqa: PLC0415  (PyYAML is a developer's package)

    for path, content in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        sys.stdout.write(f"{path}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog="python -m cryptotrader.watch")
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("dashboards", help="write Grafana's dashboards, from their definitions, into deploy/grafana")
    actions.add_parser(
        "alertmanager", help="print Alertmanager's configuration with the receivers of ALERT_… (a secret)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
