"""The cast and the stage as fixtures for every test."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import TransactionTestCase
from django.utils import translation
from django_prometheus.middleware import Metrics
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from accounts.rest import rates
from accounts.services.approvals.make_staff_roles import make_staff_roles
from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.celery import app as celery_app
from cryptotrader.tests.support.databases import copy_template, drop_template
from cryptotrader.tests.support.emptying import empty_tables, keep_installation
from cryptotrader.tests.support.ordering import shuffled, waiting_first
from cryptotrader.tests.support.processes import Watch
from cryptotrader.tests.support.scheduling import BEHIND, CACHES, ByFile, takes_from_the_back, workers
from cryptotrader.tests.support.sessions import end_other_sessions
from cryptotrader.tests.support.valkey import OwnValkey
from monitoring.services.check_health import forget_health
from trading.gateway import lanes
from trading.streams import hub
from trading.tests.cast import Stage, Trader, open_stage, trader

# A busy machine is no bug. Examples share the fixtures of their test, on purpose: each makes people of its own.
_NO_FAULTS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
hypothesis_settings.register_profile("patient", deadline=None, suppress_health_check=_NO_FAULTS)
hypothesis_settings.load_profile("patient")


_PROCESSES = Watch()
OBJECTS_BEFORE_GARBAGE = 50_000
"""Python looks for garbage after each 700 new objects; that took a tenth of the tests' processor time."""
gc.disable()  # while the tests are collected: nothing of them goes away


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shuffle", metavar="SEED", help="run the tests in an order that SEED decides")


@pytest.hookimpl(trylast=True)  # after browser tests were marked
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    seed = config.getoption("shuffle")
    items[:] = waiting_first(items) if seed is None else shuffled(items, seed)


def pytest_collection_finish() -> None:
    """Collects garbage again, but looks no more through what stays to the end."""
    Metrics.get_instance()  # a server has them before its first request; a test's threads would all make them
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_GARBAGE)
    gc.enable()


def pytest_runtest_setup(item: pytest.Item) -> None:
    _PROCESSES.begin(item)
    translation.deactivate()  # a request leaves its reader's language to the thread's next test
    forget_health()
    rates.COUNTS = rates.Counts()  # after a test without Redis they count nothing for a second


def pytest_xdist_auto_num_workers() -> int:
    return workers()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that hands out the tests ends last."""
    if config.getoption("numprocesses", None):
        drop_template()


# A cache for each test process, so that none empties another's. The site uses 0, the broker 1.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
_CACHE = 2 + int(_WORKER.removeprefix("gw")) % CACHES
_LOCATION = django_settings.CACHES["default"]["LOCATION"]
django_settings.CACHES["default"]["LOCATION"] = f"{str(_LOCATION).rpartition('/')[0]}/{_CACHE}"
# Tests that wait for processes have limits of time, and go first: others compute in what is left.
if takes_from_the_back(_WORKER):
    os.nice(BEHIND)
# A hash that is quick to guess is quick to make as well.
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The host that Django's test client asks for; tests of links set another.
django_settings.SITE_URL = "http://testserver"
# All tests come from one address: only the tests of the limits turn them on.
django_settings.ACCOUNT_RATE_LIMITS = django_settings.MFA_RATE_LIMITS = False
django_settings.RATES_A_MINUTE = {}
# On a busy machine the cache too may answer late; a limit that it counts would not hold then.
django_settings.REDIS_SECONDS_MAX = PATIENCE_SECONDS
_OPTIONS = {"SOCKET_CONNECT_TIMEOUT": PATIENCE_SECONDS, "SOCKET_TIMEOUT": PATIENCE_SECONDS}
django_settings.CACHES["default"]["OPTIONS"] = {"IGNORE_EXCEPTIONS": True, **_OPTIONS}
# On a busy machine a hundred parallel callers wait long for twenty connections; their tests aren't about that.
django_settings.DATABASES["default"]["OPTIONS"]["pool"]["timeout"] = PATIENCE_SECONDS
# Nor about queues that are longer than a second, nor about a Redis that says nothing for so long.
lanes.WAIT_SECONDS_MAX = lanes.STALE_SECONDS = hub.SILENT_SECONDS = PATIENCE_SECONDS
django_settings.LOG_SLOW_MILLISECONDS = PATIENCE_SECONDS * 1000


def _let_tests_be(**_: object) -> None:
    """Disables two kinds of trigger after each `migrate`.

    The audit refuses the emptying of tables after a test. The guards by the clock compare times with the real one, and
    in tests it is noon.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname) FROM pg_trigger"
            " WHERE (tgname = 'events_are_not_emptied' OR tgname LIKE '%by_the_clock') AND tgenabled <> 'D'"
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


post_migrate.connect(_let_tests_be, sender=apps.get_app_config("accounts"))
TransactionTestCase._fixture_teardown = lambda self: empty_tables()  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None,
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """Of several processes, one migrates for all; a run that a test starts has only the environment of one of them."""
    if hasattr(pytestconfig, "workerinput"):
        with django_db_blocker.unblock():
            copy_template(tmp_path_factory.getbasetemp().parent)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Makes the roles of staff, which stay between tests. Ends leftover connections of ended threads at the end: with
    one, PostgreSQL refuses to drop the database."""
    with django_db_blocker.unblock():
        make_staff_roles()
        keep_installation()
        empty_tables()
    yield
    with django_db_blocker.unblock():
        end_other_sessions()


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
def own_valkey(tmp_path: Path) -> Iterator[OwnValkey]:
    server = OwnValkey(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def mails() -> Iterator[list[EmailMessage]]:
    """The mails of a test. The task that sends them runs at once, in this process instead of a worker."""
    celery_app.conf.task_always_eager = True
    yield mail.outbox
    celery_app.conf.task_always_eager = False
