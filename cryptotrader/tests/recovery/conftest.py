"""The site that a restore would replace."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from cryptotrader.tests.recovery.stand import open_market_with_two_trades, own_target, removed_afterwards
from monitoring.services.restore_dump import Target


@pytest.fixture
def live(transactional_db: None, settings: Settings, tmp_path: Path) -> Iterator[Target]:
    """An empty place, which the command takes for the site's database."""
    settings.BACKUP_DIR = str(tmp_path / "backups")
    open_market_with_two_trades()
    with removed_afterwards(own_target()) as target:
        settings.RESTORE_DATABASE = target.server.settings(target.live)
        yield target
