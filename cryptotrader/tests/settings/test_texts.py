import re

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Answer

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


def test_each_address_for_language_models_leads_somewhere(client: Client) -> None:
    answer = client.get("/llms.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    links = re.findall(r"\]\(http://testserver([^)]+)\)", answer.content.decode())
    assert len(links) > 8
    assert [link for link in links if client.get(link).status_code != 200] == []
