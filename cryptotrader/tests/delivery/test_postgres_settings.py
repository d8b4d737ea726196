"""PostgreSQL writes its log packed and makes few checkpoints wherever the project configures it."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import yaml

from cryptotrader.local.home import ROOT
from cryptotrader.local.postgres import SETTINGS
from deploy.ha.forms import Times, shared

CLUSTER = ROOT / "deploy" / "kubernetes" / "data" / "postgres" / "cluster.yaml"
UNITS = {"GB": 1, "Gi": 1}


def of_compose() -> dict[str, str]:
    services = yaml.safe_load((ROOT / "deploy" / "compose.yml").read_text())["services"]
    words = services["postgres"]["command"]
    return dict(word.split("=", 1) for option, word in pairwise(words) if option == "-c")


def cluster() -> dict[str, Any]:
    spec: dict[str, Any] = yaml.safe_load(CLUSTER.read_text())["spec"]
    return spec


def of_patroni() -> dict[str, str]:
    parameters: dict[str, str] = shared(Times(20, 5, 5))["postgresql"]["parameters"]
    return parameters


PLACES: dict[str, Callable[[], dict[str, str]]] = {
    "embedded": lambda: SETTINGS,
    "compose": of_compose,
    "Kubernetes": lambda: cluster()["postgresql"]["parameters"],
    "Patroni": of_patroni,
}


def gigabytes(text: str) -> int:
    return int(text[:-2]) * UNITS[text[-2:]]


@pytest.mark.parametrize("place", PLACES)
def test_a_checkpoint_is_rare_and_its_pages_are_packed(place: str) -> None:
    """A log that reaches its size starts a checkpoint earlier than the time does: PostgreSQL's 1 GB is too small."""
    settings = PLACES[place]()
    assert (settings["wal_compression"], settings["checkpoint_timeout"]) == ("on", "15min")
    assert gigabytes(settings["max_wal_size"]) >= 2


def test_the_log_between_checkpoints_takes_less_than_half_of_its_volume() -> None:
    spec = cluster()
    assert 2 * gigabytes(spec["postgresql"]["parameters"]["max_wal_size"]) < gigabytes(spec["walStorage"]["size"])
