"""Each variable with a wrong value stops the process, by its name and in one line, not by an error of some library."""

import re
import runpy
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

import cryptotrader

ROOT = Path(cryptotrader.__file__).parent
READERS = re.compile(r'\benv(?:_servers)?\.(\w+)\(\s*"([A-Z_]+)"|\bdatabase\(name: str = "([A-Z_]+)"')
FREE = {
    "SECRET_KEY", "JWT_SECRET", "ENCRYPTION_KEYS", "BTCPAY_STORE", "BTCPAY_API_KEY", "BTCPAY_WEBHOOK_SECRET",
    "MFA_TOTP_ISSUER", "MAIL_DIR",
    "BACKUP_DIR", "BACKUP_PASSPHRASE", "BACKUP_SSH_KEY", "BACKUP_SSH_KNOWN_HOSTS", "METRICS_DIR", "PG_BIN_DIR",
    "WAL_ARCHIVE_DIR",
    "ALLOWED_HOSTS", "EMAIL_API_KEY", "EMAIL_DOMAIN", "EMAIL_API_URL",
}  # fmt: skip
"""Any text is possible."""

WRONG = ["x y=?", "-1", "１"]


def variables() -> set[str]:
    """Every variable that the settings read."""
    found: set[str] = set()
    for path in (*ROOT.glob("*.py"), *ROOT.glob("configuration/*.py")):
        found |= {name for match in READERS.finditer(path.read_text()) if (name := match[2] or match[3])}
    return found


def load(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loads the settings as a new process does."""
    for name in [
        each for each in sys.modules if re.fullmatch(r"cryptotrader\.(configuration\.\w+|mail|settings)", each)
    ]:
        monkeypatch.delitem(sys.modules, name)
    runpy.run_module("cryptotrader.settings")


def test_there_are_as_many() -> None:
    assert len(variables() - FREE) > 20


@pytest.mark.parametrize("name", sorted(variables() - FREE))
def test_a_wrong_value_stops_the_process_in_one_line_that_names_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_PROVIDER", "smtp")
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example:25")
    load(monkeypatch)
    for wrong in WRONG:
        monkeypatch.setenv(name, wrong)
        with pytest.raises(ImproperlyConfigured, match=rf"^{name}\b") as refused:
            load(monkeypatch)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("value", [",", "a,", "a,,b", " "])
def test_a_secret_between_commas_is_not_empty(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sealed with an empty key, everybody can read."""
    monkeypatch.setenv("ENCRYPTION_KEYS", value)
    with pytest.raises(ImproperlyConfigured, match=r"^ENCRYPTION_KEYS "):
        load(monkeypatch)
