"""Reads metrics as Prometheus does."""

from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

Scrape = dict[str, float]
"""Samples, by their name and the values of their labels: `cryptotrader_queue_depth celery`."""


def samples(text: str) -> Scrape:
    """The samples of a text; labels in the order of their names."""
    return {
        " ".join([sample.name, *(value for _, value in sorted(sample.labels.items()))]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape() -> Scrape:
    """The samples that this process tells its neighbours."""
    response = Client().get("/metrics")
    assert response.status_code == 200
    return samples(response.content.decode())


def growth(before: Scrape, after: Scrape) -> Scrape:
    """What has changed of the platform's samples, and by how much."""
    ours = {name for name in before | after if name.startswith("cryptotrader_")}
    changes = {name: round(after.get(name, 0) - before.get(name, 0), 6) for name in ours}
    return {name.removeprefix("cryptotrader_"): change for name, change in changes.items() if change}
