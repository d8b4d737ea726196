"""The receivers of alerts, by the environment."""

import pytest
import yaml
from django.core.exceptions import ImproperlyConfigured

from cryptotrader.watch.__main__ import main
from cryptotrader.watch.alertmanager import configuration


def receivers() -> dict[str, dict[str, list[dict[str, object]]]]:
    return {receiver["name"]: receiver for receiver in yaml.safe_load(configuration())["receivers"]}


def test_without_receivers_alerts_are_only_shown() -> None:
    assert receivers() == {"people": {"name": "people"}, "heartbeat": {"name": "heartbeat"}}


def test_a_webhook_gets_the_alerts_and_their_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERT_WEBHOOK_URL", "https://on-call.example/hook")
    monkeypatch.setenv("ALERT_WEBHOOK_TOKEN_FILE", "/run/secrets/token")
    assert receivers()["people"]["webhook_configs"] == [
        {
            "url": "https://on-call.example/hook",
            "send_resolved": True,
            "http_config": {"authorization": {"credentials_file": "/run/secrets/token"}},
        }
    ]
    assert "webhook_configs" not in receivers()["heartbeat"]


def test_a_mail_needs_its_sender_and_its_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERT_MAIL_TO", "operators@example.com")
    with pytest.raises(ImproperlyConfigured, match="ALERT_MAIL_FROM"):
        configuration()
    monkeypatch.setenv("ALERT_MAIL_FROM", "alerts@example.com")
    with pytest.raises(ImproperlyConfigured, match="ALERT_MAIL_HOST"):
        configuration()
    monkeypatch.setenv("ALERT_MAIL_HOST", "mail.example:587")
    assert receivers()["people"]["email_configs"][0]["to"] == "operators@example.com"


def test_a_webhook_must_be_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERT_WEBHOOK_URL", "on-call.example")
    with pytest.raises(ImproperlyConfigured, match="ALERT_WEBHOOK_URL"):
        configuration()


def test_the_command_prints_it_or_says_in_one_line_what_is_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["alertmanager"]) == 0
    assert capsys.readouterr().out == configuration()
    monkeypatch.setenv("ALERT_HEARTBEAT_URL", "heartbeat.example")
    assert main(["alertmanager"]) == 1
    assert capsys.readouterr().err == "watch: ALERT_HEARTBEAT_URL must begin with http:// or https://\n"
