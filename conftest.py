"""The cast and the stage, as fixtures for every test."""

from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings

from cryptotrader import celery_app
from cryptotrader.tests.cast import Stage, Trader, open_stage, trader

hypothesis_settings.register_profile("patient", deadline=None)  # a busy machine is no bug
hypothesis_settings.load_profile("patient")


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_login_limits(settings: Settings) -> None:
    """All tests come from one address: only the limits' own test has them on."""
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture
def stage(db: None) -> Stage:
    return open_stage()


@pytest.fixture
def alice(db: None) -> Trader:
    return trader("alice")


@pytest.fixture
def bob(db: None) -> Trader:
    return trader("bob")


@pytest.fixture
def mails() -> Iterator[list[EmailMessage]]:
    """What is mailed during the test: the task that sends runs at once, here instead of in a worker."""
    celery_app.conf.task_always_eager = True
    yield mail.outbox
    celery_app.conf.task_always_eager = False
