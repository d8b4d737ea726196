"""A process of a developer doesn't grow by the statements that it sends."""

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django import Settings

from monitoring.apps import STATEMENTS_REMEMBERED, remember_few_statements


@pytest.mark.django_db
def test_few_statements_are_remembered(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BaseDatabaseWrapper, "queries_limit", BaseDatabaseWrapper.queries_limit)
    settings.DEBUG = True
    remember_few_statements()
    another = connection.copy()
    with another.cursor() as cursor:
        for _ in range(2 * STATEMENTS_REMEMBERED):
            cursor.execute("SELECT 1")
    another.close()
    assert len(another.queries_log) == STATEMENTS_REMEMBERED
