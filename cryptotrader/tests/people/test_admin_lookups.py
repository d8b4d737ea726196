"""The lists of the back office filter by the fields that they name, and tell nothing of any other."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Field, Model
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.domain.approvals.requests import Role
from accounts.models import User
from accounts.tests.staff import back_office, staff_member

GUESSES = ("", "__exact", "__startswith", "__contains", "__regex", "__iregex", "__gt", "__lte", "__in", "__length__gt")
NAMED = {"", "__exact", "__isnull"}
OF_DATES = {"__gte", "__lt", "__year", "__month", "__day"}
DEPTH_MAX = 3
"""Relations on the way to a field: an event's author has a key, and that key has a hash."""


def named_by(page: Any) -> set[str]:
    """The paths of all fields that a list names for its readers."""
    filters = [getattr(each, "parameter_name", each) for each in page.list_filter]
    return {*filters, *(path.lstrip("^=@") for path in page.search_fields), page.date_hierarchy or ""} - {""}


def paths_of(model: type[Model], depth: int = DEPTH_MAX) -> Iterator[str]:
    """Every way from a model to a field, through relations in both directions."""
    for field in model._meta.get_fields():
        name = field.name if isinstance(field, Field) else getattr(field, "related_name", None) or field.name
        if name.endswith("+"):
            continue
        yield name
        if isinstance(field, Field) and field.attname != name:
            yield field.attname
        if depth > 1 and field.related_model and field.related_model != "self":
            yield from (f"{name}__{further}" for further in paths_of(field.related_model, depth - 1))


def test_no_list_answers_a_guess_about_a_field_that_it_does_not_name(rf: RequestFactory) -> None:
    request = rf.get("/admin/")
    request.user = User(is_staff=True, is_superuser=True, is_active=True)
    told, tried = [], 0
    for model, page in admin.site._registry.items():
        named = named_by(page)
        for path in {"pk", *paths_of(model)}:
            allowed = [guess for guess in GUESSES if page.lookup_allowed(path + guess, "a", request)]
            tried += len(GUESSES)
            keys = {path, path.rpartition("__")[0]} & named
            told += [(model.__name__, path + guess) for guess in allowed if not keys or guess not in NAMED]
    assert told == []
    assert tried > 50_000


@pytest.fixture
def auditor(db: None) -> Client:
    return back_office(staff_member("art", Role.AUDITOR))


@pytest.mark.parametrize(
    "address",
    [
        "accounts/user/?password__startswith=argon2",
        "accounts/user/?password=x",
        "accounts/user/?api_keys__hash__startswith=0",
        "accounts/auditevent/?actor__password__startswith=argon2",
        "accounts/auditevent/?before__password__startswith=a",
        "accounts/deposit/?user__password__regex=^a",
        "accounts/withdrawal/?user__authenticator__data__startswith=a",
        "trading/flashtrade/?user__password__startswith=a",
        "trading/signingkey/?private_key__startswith=a",
        "auth/group/?user__password__startswith=a",
    ],
)
def test_a_reader_who_guesses_a_secret_gets_a_refusal(auditor: Client, address: str) -> None:
    assert auditor.get(f"/admin/{address}").status_code == 400


def test_each_list_refuses_at_its_address_too(auditor: Client) -> None:
    answers = {model: auditor.get(f"{list_of(model)}?pk__gt=0").status_code for model in admin.site._registry}
    assert {model for model, status in answers.items() if status not in (400, 403)} == set()
    assert list(answers.values()).count(400) > 15


@pytest.mark.long
def test_each_filter_that_a_list_shows_still_works(auditor: Client) -> None:
    """Follows one link of each filter, a month of a date hierarchy, and a search."""
    broken = []
    for model, page in admin.site._registry.items():
        listing = auditor.get(list_of(model))
        if listing.status_code == 403:
            continue
        shown = listing.context["cl"]
        links = [list(spec.choices(shown))[-1]["query_string"] for spec in shown.filter_specs]
        links += ["?q=1"] if page.search_fields else []
        links += [f"?{page.date_hierarchy}__year=2026&{page.date_hierarchy}__month=3"] if page.date_hierarchy else []
        broken += [link for link in links if auditor.get(list_of(model) + link).status_code != 200]
    assert broken == []


@pytest.mark.parametrize("person", ["x", "9" * 30, "١"])
def test_events_about_nobody_are_none(auditor: Client, person: str) -> None:
    shown = auditor.get(f"{list_of_events()}?person={person}")
    assert (shown.status_code, shown.context["cl"].result_count) == (200, 0)


def list_of_events() -> str:
    return reverse("admin:accounts_auditevent_changelist")


def list_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
