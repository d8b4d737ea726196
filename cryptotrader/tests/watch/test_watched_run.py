"""`make run MONITORING=1`, for real: Prometheus sees everything, dashboards have data, and an alert reaches people."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import psycopg
import pytest
from websockets.sync.client import connect

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.home import kept_secrets
from cryptotrader.local.logins import MONITOR, SUPERUSER
from cryptotrader.local.ports import free_port
from cryptotrader.local.processes import leftovers
from cryptotrader.local.watching import PACKAGES
from cryptotrader.start.certificate import certificate
from cryptotrader.tests.support.homes import furnish
from cryptotrader.tests.support.promql import metrics_in
from cryptotrader.tests.support.remains import assert_gone
from cryptotrader.tests.support.watched import Watched, watched
from cryptotrader.tests.watch.exporters import NGINX, NODE, OF_COPIES_AND_DRILLS, POSTGRES, REDIS, SITE
from cryptotrader.watch.dashboards import expressions

NEEDED = [
    *(package for package, _ in PACKAGES.values()),
    "prometheus-nginx-exporter",
    "prometheus-blackbox-exporter",
    "nginx",
]
DEPLOY = Path(__file__).parents[3] / "deploy"
MISSING = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = [
    pytest.mark.process,
    pytest.mark.long,
    pytest.mark.skipif(bool(MISSING), reason=f"needs Debian's {', '.join(MISSING)}"),
]

LOAD = """
from decimal import Decimal
from django.utils import timezone
from cryptotrader.celery import app
from trading.models import Instrument
from trading.services.proof.rotate_keys import rotate_keys
rotate_keys(now=timezone.now())
instrument = Instrument.objects.get(symbol="BTC-USDT")
instrument.liability_max = Decimal(100000)
instrument.save()
app.send_task("monitoring.count_people")
app.send_task("monitoring.watch_ledger")
app.send_task("monitoring.back_up_when_due")
app.send_task("monitoring.count_people", args=["one too many"])
"""
"""What takes long by itself: the beat's counts and its backup, a cap, a key, and a task that fails."""

NGINX_CONF = """
daemon off; pid {home}/nginx.pid; error_log {home}/nginx.log;
events {{}}
http {{
    access_log off; ssl_certificate {home}/site.crt; ssl_certificate_key {home}/site.key;
    server {{ listen 127.0.0.1:{port}; location = /status {{ stub_status; }} }}
    server {{ listen 127.0.0.1:{tls_port} ssl default_server; ssl_reject_handshake on; }}
    server {{ listen 127.0.0.1:{tls_port} ssl; server_name flash.example; location / {{ return 204; }} }}
}}
"""


@pytest.fixture
def running() -> Iterator[Watched]:
    # Not pytest's own directory: another session of root's closes that to PostgreSQL's account.
    with tempfile.TemporaryDirectory(prefix="cryptotrader-") as home:
        furnish(Path(home))
        with watched(Path(home), RECONCILE_EVERY="1") as running:
            yield running


def test_everything_is_watched_and_told(running: Watched) -> None:
    with ExitStack() as stack:
        running.eventually(lambda: "Ready:" in running.log.read_text(), "the start")
        address = f"http://127.0.0.1:{running.ports['PROMETHEUS_PORT']}/"
        assert f"Prometheus: {address}" in running.log.read_text()
        running.hurry()
        add_nginx(running, stack)
        load(running, stack)

        targets = {"cryptotrader", "node", "postgres", "redis", "nginx", "site", "prometheus", "alertmanager"}
        running.eventually(lambda: jobs(running, "up == 1") == targets, "a target")
        # A busy machine is too late for a look now and then: then its series are missing until the next one.
        running.eventually(lambda: not jobs(running, "up == 0"), "each target's answer")
        running.eventually(lambda: running.series('probe_success{site="flash.example"} == 1'), "the site")

        left = [each for each in expressions() if not metrics_in(each) & OF_COPIES_AND_DRILLS]
        assert len(left) > 80
        running.eventually(lambda: not silent(running, left), left)
        others = sorted((NODE | POSTGRES | REDIS | NGINX | SITE) - {"redis_db_keys"})
        running.eventually(lambda: not silent(running, others), others)

        running.eventually(lambda: running.listener.firing("LedgerDiscrepancy"), "the alert")
        alert = running.listener.firing("LedgerDiscrepancy")[0]
        assert alert["labels"] == {"alertname": "LedgerDiscrepancy", "area": "money", "severity": "critical"}
        assert alert["annotations"]["runbook_url"] == "docs/runbook.md#ledgerdiscrepancy"
        assert running.listener.firing("Watchdog") == []  # it goes to the heartbeat's receiver

    the_exporters_login_reads_statistics_only(running)
    secrets = kept_secrets(running.home / "logins", ()).values()
    assert [secret for secret in secrets if secret in running.log.read_text()] == []
    everything = psutil.Process(running.process.pid).children(recursive=True)
    assert running.stop() == 0
    assert_gone(everything)
    assert leftovers(running.home) == []


def jobs(running: Watched, expression: str) -> set[str]:
    return {each["metric"]["job"] for each in running.series(expression)}


def silent(running: Watched, left: list[str]) -> list[str]:
    """Leaves the expressions that Prometheus takes and that have no series yet."""
    left[:] = [expression for expression in left if not running.series(expression)]
    return left


def add_nginx(running: Watched, stack: ExitStack) -> None:
    """An nginx and two exporters, which `run` doesn't start; Prometheus reads its targets again by itself."""
    port, tls_port, exporter, prober = (free_port() for _ in range(4))
    made = json.loads(certificate(["flash.example"]))
    (running.home / "site.crt").write_text(made["certificate"])
    (running.home / "site.key").write_text(made["key"])
    settings = running.home / "nginx.conf"
    settings.write_text(NGINX_CONF.format(home=running.home, port=port, tls_port=tls_port))
    for command in (
        ["nginx", "-c", str(settings)],
        ["prometheus-nginx-exporter", f"-nginx.scrape-uri=http://127.0.0.1:{port}/status",
         f"-web.listen-address=127.0.0.1:{exporter}", "-nginx.retries=20"],
        ["prometheus-blackbox-exporter", f"--config.file={DEPLOY / 'prometheus' / 'blackbox.yml'}",
         f"--web.listen-address=127.0.0.1:{prober}"],
    ):  # fmt: skip
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(process.wait)
        stack.callback(process.terminate)
    asked = {"__param_target": f"https://127.0.0.1:{tls_port}/health/live", "__param_hostname": "flash.example"}
    watch(running, "nginx", {"targets": [f"127.0.0.1:{exporter}"]})
    watch(running, "site", {"targets": [f"127.0.0.1:{prober}"], "labels": asked})


def watch(running: Watched, job: str, group: dict[str, Any]) -> None:
    made = running.home / "monitoring" / "targets" / f"{job}.new"
    made.write_text(json.dumps([group]))
    made.rename(made.with_name(f"{job}.yml"))


def load(running: Watched, stack: ExitStack) -> None:
    """A little of everything: logins, orders that are taken and refused, a socket that ends and one that stays.

    And a superuser, whom no trigger stops, changes a balance.
    """
    with connected(running, SUPERUSER, "cryptotrader") as connection:
        connection.execute("SET session_replication_role = replica")
        newest = "(SELECT max(id) FROM ledger_accounts)"
        connection.execute(f"UPDATE ledger_accounts SET balance = balance + 1 WHERE id = {newest}")
    running.manage("shell", "-c", LOAD)
    running.town["okx"].set("66000")  # heard, and not counted
    with httpx.Client(base_url=running.site, timeout=PATIENCE_SECONDS) as client:
        login = {"email": "alice@example.com", "password": "flash-trade-demo"}
        assert client.post("/api/v1/auth/token", json=login | {"password": "wrong"}).status_code == 401
        access = client.post("/api/v1/auth/token", json=login).json()["access"]
        order = {"instrument": "BTC-USDT", "direction": "up", "duration": 15}
        for amount, status in (("10.00", 201), ("10.00", 201), ("99999999.00", 400)):
            door = {"Authorization": f"Bearer {access}", "Idempotency-Key": str(uuid4())}
            ask = partial(client.post, "/api/v1/flash-trades", json=order | {"amount": amount}, headers=door)
            # On a busy machine the price may be stale for a moment.
            running.eventually(partial(is_answered, ask, status), f"{status} for {amount}")
        for path in ("/", "/api/v1/instruments", "/nothing-here"):
            client.get(path)
    stream = f"{running.site.replace('http', 'ws')}/ws/v1"
    with connect(stream, open_timeout=PATIENCE_SECONDS):
        pass
    stack.enter_context(connect(stream, open_timeout=PATIENCE_SECONDS))


def is_answered(ask: Callable[[], httpx.Response], status: int) -> bool:
    return ask().status_code == status


def connected(running: Watched, login: str, database: str) -> psycopg.Connection:
    password = kept_secrets(running.home / "logins", ())[login]
    place = f"host={running.home / 'postgres'} port=5432 dbname={database}"
    return psycopg.connect(f"{place} user={login} password={password}")


def the_exporters_login_reads_statistics_only(running: Watched) -> None:
    with connected(running, MONITOR, "postgres") as connection:
        assert connection.execute("SELECT count(*) > 5 FROM pg_stat_activity WHERE query <> ''").fetchone() == (True,)
        granted = "SELECT array_agg(roleid::regrole::text) FROM pg_auth_members WHERE member = current_user::regrole"
        assert connection.execute(granted).fetchone() == (["pg_monitor"],)
        may = "SELECT has_database_privilege('cryptotrader', 'CONNECT')"
        assert connection.execute(may).fetchone() == (False,)
    with pytest.raises(psycopg.OperationalError):
        connected(running, MONITOR, "cryptotrader")
