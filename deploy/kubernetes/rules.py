"""Writes the rules of Prometheus for its operator: `python -m deploy.kubernetes.rules`, or `make kubernetes-rules`."""

from pathlib import Path
from textwrap import indent

HERE = Path(__file__).parent
SOURCES = HERE.parent / "prometheus" / "rules"
WRITTEN = HERE / "components" / "monitoring" / "rules"

REPLACED = frozenset({"backup"})
"""On Kubernetes another program makes the backups, and components/monitoring/backups.yaml watches it."""


def sources() -> list[Path]:
    """Returns the files of rules that hold on Kubernetes too."""
    return [path for path in sorted(SOURCES.glob("*.yml")) if path.stem not in REPLACED]


def rule_of(source: Path) -> str:
    """Returns the PrometheusRule with the groups of this file."""
    head = (
        f"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: cryptotrader-{source.stem}\n"
    )
    return f"# From deploy/prometheus/rules/{source.name}.\n{head}spec:\n{indent(source.read_text(), '  ')}"


def main() -> None:
    """Writes one file for each file of rules."""
    WRITTEN.mkdir(exist_ok=True)
    for source in sources():
        (WRITTEN / f"{source.stem}.yaml").write_text(rule_of(source))


if __name__ == "__main__":
    main()
