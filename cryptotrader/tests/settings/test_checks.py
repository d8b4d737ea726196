"""`manage.py check --deploy` refuses an installation with unsafe settings."""

import os
import subprocess
import sys
from ipaddress import ip_network
from secrets import token_urlsafe

import pytest
from pytest_django import Settings

from cryptotrader.checks import check_deployment
from cryptotrader.local.home import ROOT

SAFE = {
    "DEBUG": False,
    "SECRET_KEY": "s" * 50,
    "HEADLESS_JWT_PRIVATE_KEY": "j" * 50,
    "ENCRYPTION_KEYS": ["e" * 43],
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "DEFAULT_FROM_EMAIL": "cryptotrader <mail@example.com>",
    "SITE_URL": "https://example.com",
    "ALLOWED_HOSTS": ["example.com"],
    "TRUSTED_PROXIES": [ip_network("10.0.0.0/8")],
    "METRICS_NETWORKS": [ip_network("10.0.0.0/8")],
    "ADMIN_MFA_REQUIRED": True,
    "BTCPAY_URL": "https://btcpay.example.com",
    "BTCPAY_STORE": "store",
    "BTCPAY_API_KEY": "key",
    "BTCPAY_WEBHOOK_SECRET": "secret",
}


def found(settings: Settings, **changes: object) -> list[str]:
    for name, value in (SAFE | changes).items():
        setattr(settings, name, value)
    return [str(message.id) for message in check_deployment(None)]


def test_a_safe_installation_passes(settings: Settings) -> None:
    assert found(settings) == []


@pytest.mark.parametrize(
    ("name", "value", "id"),
    [
        ("DEBUG", True, "E001"),
        ("SECRET_KEY", "s" * 31, "E002"),
        ("HEADLESS_JWT_PRIVATE_KEY", "short", "E002"),
        ("ENCRYPTION_KEYS", [""], "E002"),
        ("ENCRYPTION_KEYS", ["e" * 43, "e" * 43], "E003"),
        ("ENCRYPTION_KEYS", ["s" * 50], "E003"),
        ("EMAIL_BACKEND", "cryptotrader.mail.FileBackend", "E004"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "E004"),
        ("DEFAULT_FROM_EMAIL", "cryptotrader <no-reply@localhost>", "E005"),
        ("ALLOWED_HOSTS", ["example.com", "*"], "E006"),
        ("SITE_URL", "http://example.com", "E013"),
        ("SITE_URL", "https://192.0.2.7", "E013"),
        ("SITE_URL", "https://localhost", "E013"),
        ("TRUSTED_PROXIES", [ip_network("0.0.0.0/0")], "E007"),
        ("METRICS_NETWORKS", [ip_network("::/0")], "E007"),
        ("BTCPAY_STORE", "", "E008"),
        ("BTCPAY_WEBHOOK_SECRET", "", "E008"),
        ("BTCPAY_URL", "http://btcpay.example.com", "E009"),
        ("ADMIN_MFA_REQUIRED", False, "W001"),
    ],
)
def test_each_unsafe_setting_is_found(settings: Settings, name: str, value: object, id: str) -> None:
    assert found(settings, **{name: value}) == [f"cryptotrader.{id}"]


@pytest.mark.parametrize("name", ["PORT", "GRACE_SECONDS", "WEB_WORKERS", "WEB_THREADS", "WORKER_CONCURRENCY"])
def test_a_number_with_which_no_process_starts_is_found(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "none")
    assert found(settings) == ["cryptotrader.E015"]


def check(**environ: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    secrets = {name: token_urlsafe(48) for name in ("SECRET_KEY", "JWT_SECRET", "ENCRYPTION_KEYS")}
    mail = {"EMAIL_PROVIDER": "postmark", "EMAIL_API_KEY": "key", "EMAIL_FROM": "mail@example.com"}
    given = os.environ | secrets | mail | {"SITE_URL": "https://example.com", "DJANGO_DEBUG": "0"} | environ
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)


@pytest.mark.process
def test_the_command_passes_a_safe_environment_and_fails_an_unsafe_one() -> None:
    safe = check()
    assert safe.returncode == 0, safe.stderr
    unsafe = check(JWT_SECRET="short", EMAIL_PROVIDER="console")
    assert unsafe.returncode == 1
    assert "cryptotrader.E002" in unsafe.stderr
    assert "cryptotrader.E004" in unsafe.stderr
    assert "SITE_URL is not set" in check(SITE_URL="").stderr
