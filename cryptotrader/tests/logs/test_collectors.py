"""Errors go to Sentry and traces to OpenTelemetry where they are configured, without secrets and without delay."""

import io
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import sentry_sdk
import structlog
from django.core.exceptions import ImproperlyConfigured
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

from accounts.domain.errors import Refusal
from accounts.tests.cast import PASSWORD
from accounts.tests.patience import PATIENCE_SECONDS
from accounts.tracing import traced, use_tracer
from cryptotrader import telemetry
from cryptotrader.celery import app
from cryptotrader.local.home import ROOT
from cryptotrader.local.ports import free_port
from cryptotrader.logs.lines import LineHandler
from cryptotrader.telemetry.otlp import OtlpTracing, QuietExporter
from cryptotrader.telemetry.sentry import reporter
from cryptotrader.tests.logs.test_processes import SERVER, WORKER, is_up, production, running
from cryptotrader.tests.money.test_worker_crash import wait_until
from cryptotrader.tests.support.collector import Collector, attributes_of, collecting
from cryptotrader.tests.support.log_lines import production_lines
from cryptotrader.tests.support.valkey import OwnValkey
from trading.feeds.handoff import Handoff
from trading.tasks import settle_due_trades
from trading.tests.cast import open_stage

SECRETS = ("geheim@example.com", "203.0.113.77", "hunter2-hunter2", "9k2m4n8b7v6c5x4z3a2s1d0f9g8h7j6k", PASSWORD)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as made:
        yield made


@contextmanager
def tracing_to(url: str, *, at_once: bool = True, seconds: float = PATIENCE_SECONDS) -> Iterator[TracerProvider]:
    """This process sends its traces there, and waits so long for an answer."""
    provider = TracerProvider(shutdown_on_exit=False)
    exporter = QuietExporter(OTLPSpanExporter(f"{url}/v1/traces", timeout=seconds))
    provider.add_span_processor(SimpleSpanProcessor(exporter) if at_once else BatchSpanProcessor(exporter))
    before, made = telemetry.tracing(), OtlpTracing(provider)
    telemetry.use_tracing(made)
    use_tracer(made.service)
    try:
        yield provider
    finally:
        use_tracer(None)
        telemetry.use_tracing(before)


def break_with_secrets() -> None:
    password, mail = SECRETS[2], SECRETS[0]
    raise ValueError(f"password={password!r} of {mail} at {SECRETS[1]} token {SECRETS[3]}")


def test_an_error_goes_to_sentry_as_its_line_without_values(collector: Collector) -> None:
    handler = LineHandler(io.StringIO(), errors=reporter(collector.dsn))
    try:
        with production_lines() as lines:
            (console,) = [each for each in logging.getLogger().handlers if each.name == "console"]
            handler.setFormatter(console.formatter)
            logging.getLogger("trading").addHandler(handler)
            try:
                break_with_secrets()
            except ValueError as error:
                structlog.get_logger("trading.any").error("it broke", exc_info=error, user_id=3, pasword=SECRETS[2])
            structlog.get_logger("trading.any").warning("this doesn't go there")
            sentry_sdk.flush(PATIENCE_SECONDS)
        assert lines.one("it broke")["exception"]
    finally:
        logging.getLogger("trading").removeHandler(handler)
        # Without its hooks: they would stay in every request and thread of this process's later tests.
        sentry_sdk.init(release="none", default_integrations=False, auto_enabling_integrations=False)
    (event,) = collector.events
    assert (event["message"], event["user"], event["level"]) == ("it broke", {"id": "3"}, "error")
    assert event["tags"]["fields_left_out"] == "['pasword']"
    (told,) = event["exception"]["values"]
    assert told["type"] == "ValueError"
    assert told["stacktrace"]["frames"][-1]["function"] == "break_with_secrets"
    assert not [secret for secret in SECRETS if secret in collector]


def test_a_wrong_dsn_names_its_variable() -> None:
    with pytest.raises(ImproperlyConfigured, match="SENTRY_DSN"):
        reporter("nonsense")


def test_a_service_has_its_span_and_a_refusal_is_no_failure(collector: Collector) -> None:
    @traced
    def a_service(error: Exception | None = None) -> int:
        if error:
            raise error
        return 7

    assert a_service() == 7
    with tracing_to(collector.url):
        assert a_service() == 7
        for error in (ZeroDivisionError(f"of {SECRETS[0]}"), Refusal("no")):
            with pytest.raises(type(error)):
                a_service(error)
    fine, failed, refused = collector.named("a_service")
    assert [span.status.code for span in (fine, failed, refused)] == [0, 2, 0]
    assert {each.key: each.value.string_value for each in failed.events[0].attributes} == {
        "exception.type": "ZeroDivisionError",
        "exception.message": "of [mail]",
    }


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
def test_a_trace_goes_from_the_request_through_celery_to_the_settlement(
    collector: Collector, tmp_path: Path, own_valkey: OwnValkey
) -> None:
    open_stage()
    environ = production(tmp_path, own_valkey) | {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "100",
        "SENTRY_DSN": collector.dsn,
    }
    port, mail = free_port(), f"{uuid4().hex}@example.com"
    with (
        running(SERVER.format(port=port), environ, tmp_path / "server") as server,
        running(WORKER.replace("--queues celery", "--queues celery,settlement"), environ, tmp_path / "worker"),
    ):
        wait_until(is_up(port), "the server")
        register, person = f"http://127.0.0.1:{port}/api/v1/auth/register", {"email": mail, "password": PASSWORD}
        answer = httpx.post(register, json=person, timeout=PATIENCE_SECONDS)
        assert answer.status_code == 202
        wait_until(lambda: bool(collector.named("send_mail")), "the mail's span")
        with tracing_to(collector.url):
            publish_second(own_valkey)
        wait_until(lambda: bool(collector.named("settle_due_trades")), "the settlement's span")
    for names in (
        ("POST /api/v1/auth/register", "accounts.send_mail", "send_mail"),
        ("publish_second", "trading.settle_due_trades", "settle_due_trades"),
    ):
        first, task, service = (collector.named(name)[0] for name in names)
        assert first.trace_id == task.trace_id == service.trace_id
        assert (task.parent_span_id, service.parent_span_id) == (first.span_id, task.span_id)
    request = attributes_of(collector.named("POST /api/v1/auth/register")[0])
    assert request["cryptotrader.request_id"] == answer.headers["X-Request-ID"]
    assert server.of("request")[-1]["trace_id"] == collector.named("send_mail")[0].trace_id.hex()
    assert (request["http.route"], request["http.response.status_code"]) == ("/api/v1/auth/register", 202)
    assert not [secret for secret in (mail, PASSWORD) if secret in collector]
    assert collector.events == []


def publish_second(broker: OwnValkey) -> None:
    """As the feed does: from another thread, in the trace of the second."""
    address = f"{broker.url().rpartition('/')[0]}/1"

    def ask(symbol: str) -> None:
        with app.connection_for_write(address) as connection:
            settle_due_trades.apply_async(kwargs={"instrument": symbol}, connection=connection)  # type: ignore[call-arg]

    handoff = Handoff(ask)

    @traced
    def publish_second() -> None:
        handoff("BTC-USDT")

    publish_second()
    handoff.close()


@pytest.mark.long
def test_a_collector_that_is_away_is_one_line_and_no_delay(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as hung:
        hung.bind(("127.0.0.1", 0))
        hung.listen()  # it takes connections and never answers
        address = f"http://127.0.0.1:{hung.getsockname()[1]}"
        with production_lines() as lines, tracing_to(address, at_once=False, seconds=0.5) as made:
            began = time.perf_counter()
            for _ in range(5_000):  # more than the queue holds
                with telemetry.tracing().request("") as span:
                    span.finish("GET /", {"status": 200})
            seconds = time.perf_counter() - began
            wait_until(lambda: bool(lines.all), "the line")
            made.force_flush(1)
    assert seconds < PATIENCE_SECONDS  # forty minutes, if each waited for the collector
    assert [line["event"] for line in lines.all] == ["the collector of traces is away"]
    made.shutdown()


@pytest.mark.process
def test_nothing_is_imported_without_a_setting() -> None:
    """redis-py imports the metrics of OpenTelemetry by itself, where it is installed."""
    ours = ("opentelemetry.exporter", "opentelemetry.sdk.trace", "sentry_sdk", "cryptotrader.telemetry.")
    code = (
        "import sys; sys.argv = ['uvicorn']; import cryptotrader.asgi;"
        f"print([name for name in sys.modules if name.startswith({ours})])"
    )
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "SENTRY_"))}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n", done.stdout
