"""Migrations make the tables of the models, and can be taken back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.tests.guards import refused, run_sql
from cryptotrader.local.home import ROOT
from trading.tests.cast import Stage, open_stage

MIGRATIONS = [
    path
    for room in ("accounts", "trading", "monitoring")
    for path in sorted((ROOT / room / "migrations").glob("0*.py"))
]
OURS = """
    SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname ~ '^(users|index_price|order_gate)'
    UNION ALL
    SELECT FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname <> '_pgh_attach_context'
"""


@pytest.fixture
def market() -> Stage:
    return open_stage()


@pytest.fixture
def _forward_again() -> Iterator[None]:
    yield
    call_command("migrate", verbosity=0)


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parts[-3]}.{path.stem}")
def test_a_migration_imports_no_module_that_lives_on(path: Path) -> None:
    allowed = r"django|pathlib|decimal|datetime|re$|unicodedata|idna$"
    assert re.findall(rf"^(?:from|import) (?!{allowed}).*", path.read_text(), re.MULTILINE) == []


@pytest.mark.parametrize("room", ["accounts", "trading", "monitoring"])
def test_migrations_of_a_release_install_a_copy_that_is_never_edited(room: str) -> None:
    """Until the first release they install the files in `sql`, which are edited: see decision 27."""
    is_released = re.search(r"^## \[\d", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert not is_released or (ROOT / room / "migrations" / "sql").is_dir()


@pytest.mark.django_db(transaction=True)
def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_forward_again", "market")
def test_nothing_is_left_when_all_is_taken_back_and_it_can_be_made_again() -> None:
    assert run_sql(OURS) > 30
    call_command("migrate", "accounts", "zero", verbosity=0)
    assert run_sql(OURS) == 0

    call_command("migrate", verbosity=0)
    with refused("transfers_are_for_ever"):
        run_sql("DELETE FROM transfers")
    with refused("prices_are_for_ever"):
        run_sql("DELETE FROM index_prices")
