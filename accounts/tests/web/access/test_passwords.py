"""What a password manager finds on the pages."""

import re

import pytest
from django.test import Client

from accounts.tests.cast import Person

pytestmark = pytest.mark.django_db(transaction=True)
USERNAME = re.compile(r'<input type="text" value="([^"]*)" autocomplete="username" hidden readonly>')


def test_it_finds_the_page_to_change_a_password(client: Client, alice: Person) -> None:
    client.force_login(alice.user)
    answer = client.get("/.well-known/change-password")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/change/")
    assert USERNAME.findall(client.get(answer["Location"]).content.decode()) == [alice.user.email]


def test_a_visitor_who_follows_it_signs_in_first(client: Client) -> None:
    answer = client.get("/.well-known/change-password", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")
