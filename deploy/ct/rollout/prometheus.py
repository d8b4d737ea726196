"""Prometheus as the judge of a canary: what each colour's own processes counted."""

import http.client
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from deploy.ct.outcome import Exit, Stopped
from deploy.ct.rollout.canary import Figures
from deploy.ct.rollout.state import Colour

ANSWER_SECONDS = 5.0
LOOK_BACK_SECONDS = 60
"""Before the beginning: there is the last sample before it, from which the increase counts."""
P95 = 0.95
OURS = 'job="cryptotrader",service="web"'
VIEWS = 'view!~"monitoring[.].*|metrics|health.*"'
ANSWERS = "sum by (instance, status) (django_http_responses_total_by_status_view_method_total{%s})"
TIMES = "sum by (instance, le) (django_http_requests_latency_seconds_by_view_method_bucket{%s})"

Samples = Sequence[tuple[float, float]]


class Unanswered(Exception):
    """Prometheus doesn't answer, or not as expected."""


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A server with the API of Prometheus. Its targets have the labels that deploy/ct/targets.py writes."""

    url: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Stopped(f"CT_PROMETHEUS must be like http://127.0.0.1:9090, not {self.url}", Exit.USAGE)

    def figures(self, colour: Colour, since: float, now: float, *, new: bool) -> Figures:
        """Returns what a colour's web processes answered since a moment. Raises Unanswered.

        `new`: they have started lately, so the first sample of a counter that had none is counted from 0.
        """
        selector = f'{OURS},colour="{colour}",{VIEWS}'
        answers = self._increases(ANSWERS % selector, "status", since, now, new=new)
        buckets = self._increases(TIMES % selector, "le", since, now, new=new)
        errors = sum(many for status, many in answers.items() if status.startswith("5"))
        return Figures(round(sum(answers.values())), round(errors), quantile(P95, buckets))

    def seen_until(self, colour: Colour) -> float:
        """Returns the time of the newest answer of a colour to Prometheus; 0 if it has none. Raises Unanswered."""
        up = f'up{{{OURS},colour="{colour}"}}'
        found = self._ask(f"min(timestamp({up}) and ({up} == 1))")
        return float(found[0]["value"][1]) if found else 0.0

    def _increases(self, expression: str, label: str, since: float, now: float, *, new: bool) -> dict[str, float]:
        window = int(now - since) + LOOK_BACK_SECONDS
        told: dict[str, float] = {}
        for series in self._ask(f"{expression}[{window}s:1s]"):
            samples = [(float(at), float(value)) for at, value in series["values"]]
            name = series["metric"].get(label, "")
            told[name] = told.get(name, 0.0) + increase(samples, since, from_zero=new)
        return told

    def _ask(self, expression: str) -> list[dict[str, Any]]:
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", f"{parts.path.rstrip('/')}/api/v1/query?query={quote(expression)}")
            answer = connection.getresponse()
            told = json.loads(answer.read())
            if answer.status != http.client.OK or told["status"] != "success":
                raise Unanswered(f"{self.url}: {answer.status} {told.get('error', '')}".rstrip())
            return list(told["data"]["result"])
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
            raise Unanswered(f"{self.url} doesn't answer: {error}") from error
        finally:
            connection.close()


def increase(samples: Samples, since: float, *, from_zero: bool) -> float:
    """Returns how much a counter grew since a moment; a smaller value is one that began anew.

    Without a sample before that moment the counter began at 0 (`from_zero`), or at its first sample.
    """
    before = [value for at, value in samples if at <= since]
    after = [value for at, value in samples if at > since]
    last = before[-1] if before else 0.0 if from_zero or not after else after[0]
    grown = 0.0
    for value in after:
        grown += value - last if value >= last else value
        last = value
    return grown


def quantile(share: float, buckets: dict[str, float]) -> float:
    """Returns a quantile of cumulative buckets as PromQL's histogram_quantile does: linear inside a bucket."""
    sorted_buckets = sorted((float(bound), many) for bound, many in buckets.items())
    total = sorted_buckets[-1][1] if sorted_buckets else 0.0
    lower, below = 0.0, 0.0
    for bound, many in sorted_buckets:
        if total and many >= share * total:
            if bound == float("inf") or many == below:
                return lower
            return lower + (bound - lower) * (share * total - below) / (many - below)
        lower, below = bound, many
    return 0.0
