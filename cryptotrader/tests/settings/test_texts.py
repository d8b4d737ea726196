import re

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Answer
from trading.tests.cast import SYMBOL, Stage

pytestmark = pytest.mark.django_db
PATH = "/.well-known/security.txt"


def test_it_names_the_contact_and_expires_within_a_year(client: Client, settings: Settings) -> None:
    settings.SECURITY_CONTACT = "mailto:security@example.com"
    with time_machine.travel(NOON, tick=False):
        answer = client.get(PATH)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().splitlines() == [
        "Contact: mailto:security@example.com",
        "Expires: 2026-08-28T00:00:00Z",
        "Preferred-Languages: en, ko",
        "Canonical: http://testserver/.well-known/security.txt",
    ]


def test_without_a_contact_there_is_no_such_file(client: Client) -> None:
    Answer(client.get(PATH)).assert_problem(404, "not-found")


def test_search_engines_are_led_to_what_is_for_everyone(client: Client, stage: Stage) -> None:
    robots = client.get("/robots.txt")
    assert robots["Content-Type"] == "text/plain; charset=utf-8"
    lines = robots.content.decode().splitlines()
    assert "Disallow: /prices/" in lines
    assert lines[-1] == "Sitemap: http://testserver/sitemap.xml"
    listed = client.get("/sitemap.xml")
    assert listed["Content-Type"] == "application/xml"
    addresses = re.findall(r"<loc>http://testserver([^<]+)</loc>", listed.content.decode())
    assert {"/", f"/trade/{SYMBOL}/", "/docs/rules"} <= set(addresses)
    assert [address for address in addresses if client.get(address).status_code != 200] == []
    closed = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow")]
    assert [address for address in addresses if address.startswith(tuple(closed))] == []


def test_each_address_for_language_models_leads_somewhere(client: Client) -> None:
    answer = client.get("/llms.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    links = re.findall(r"\]\(http://testserver([^)]+)\)", answer.content.decode())
    assert len(links) > 8
    assert [link for link in links if client.get(link).status_code != 200] == []
