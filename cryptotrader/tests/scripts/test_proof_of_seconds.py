"""The evidence on a second's page is checked like a proof: it agrees, and a change of it is found."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.tests.cast import NOON
from cryptotrader.tests.support.node import in_node
from trading.services.proof.publish_digests import publish_digests
from trading.tests.cast import SYMBOL, Stage

CHECK = """
    const { check } = await load("proof/verify.js");
    const { SECOND } = await load("proof/checks.js");
    const { readJson } = await load("proof/json.js");
    const { verdict, steps, faults } = await check({ proof: readJson(given.evidence) }, SECOND);
    return { verdict, steps: steps.map(({ name, state }) => [name, state]), codes: faults.map(({ code }) => code) };
"""


@pytest.mark.process
def test_what_it_shows_can_be_checked_and_a_change_of_it_is_found(client: Client, stage: Stage) -> None:
    stage.prices(NOON + timedelta(seconds=1), ["60000.01", "60000.02", "60000.03"])
    publish_digests(now=NOON + timedelta(days=1))
    content = client.get(f"/prices/{SYMBOL}/2026-03-01T12:00:02Z/evidence.json").content.decode()
    found = in_node(CHECK, {"evidence": content})
    assert found["verdict"] == "agrees", found
    assert found["steps"] == [["prices", "holds"], ["chain", "holds"], ["conversions", "none"], ["days", "holds"]]
    forged = content.replace('"60000.02"', '"60000.09"', 1)
    assert set(in_node(CHECK, {"evidence": forged})["codes"]) == {"price", "digest"}
