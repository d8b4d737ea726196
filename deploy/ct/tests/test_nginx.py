"""nginx's configuration, in a real nginx."""

import json
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from accounts.tests.patience import PATIENCE_SECONDS
from deploy.ct.settings import DEPLOY
from deploy.ct.smoke.checks import ONCE
from deploy.ct.tests.proxied import NGINX, Proxied, proxied

pytestmark = [pytest.mark.process, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]

DRIPPED = b"POST /dripped HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nx"


@pytest.fixture(scope="module")
def site() -> Iterator[Proxied]:
    # Not pytest's own directory: nginx's workers run under an account of their own.
    with tempfile.TemporaryDirectory() as home, proxied(Path(home), ADMIN_NETWORKS="10.0.0.0/8") as running:
        yield running


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def seen(site: Proxied, path: str, **headers: str) -> dict[str, str]:
    """Returns the headers that reached the application."""
    found: dict[str, str] = site.web.get(path, **headers).body["headers"]
    return found


def test_it_accepts_its_own_configuration(site: Proxied) -> None:
    done = subprocess.run([*site.command, "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


@pytest.mark.parametrize("names", ["localhost, www.localhost, 10.0.0.1", ".localhost"], ids=["each", "all below one"])
def test_each_allowed_host_is_served_and_no_other(names: str) -> None:
    with tempfile.TemporaryDirectory() as home, proxied(Path(home), ALLOWED_HOSTS=names) as site:
        test_it_accepts_its_own_configuration(site)
        assert [site.serves(name) for name in ("localhost", "www.localhost", "a.example")] == [True, True, False]


def test_a_client_can_not_choose_its_address_its_scheme_or_its_request_id(site: Proxied) -> None:
    lies = {
        "X-Forwarded-For": "9.9.9.9",
        "X-Forwarded-Proto": "http",
        "X-Request-ID": "mine",
        "Forwarded": "for=9.9.9.9",
    }
    headers = seen(site, "/?a=1", **lies, **{"X-Real-IP": "9.9.9.9", "Daphne-Root-Path": "/evil"})
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "https"
    assert headers["Host"] == f"localhost:{site.https}"
    assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-ID"])
    assert {"Forwarded", "X-Real-IP", "Daphne-Root-Path"} & set(headers) == set()


def test_every_answer_has_each_security_header_once_and_names_no_version(site: Proxied) -> None:
    for path in ("/", "/metrics", "/static/none.css", "/admin/"):
        answer = site.web.get(path)
        names = [name for name, _ in answer.all_headers]
        assert {name: names.count(name) for name in ONCE} == dict.fromkeys(ONCE, 1), path
        assert answer.headers["server"] == "nginx"


def test_what_is_for_inside_is_refused(site: Proxied) -> None:
    assert [site.web.get(path).status for path in ("/metrics", "/api/metrics", "/metrics?x", "/admin/")] == [
        404,
        404,
        404,
        403,
    ]


def test_without_tls_it_only_leads_to_the_site(site: Proxied) -> None:
    answer = site.web.ask_in_the_clear("/wallet/?x=1", site.http)
    assert (answer.status, answer.headers["location"]) == (301, f"https://localhost:{site.https}/wallet/?x=1")


def test_another_name_gets_no_certificate(site: Proxied) -> None:
    with pytest.raises(OSError, match=r"(?i)unrecognized|handshake|alert"):
        type(site.web)("https://other.example", None, ("127.0.0.1", site.https)).get("/")


def test_a_body_that_is_too_long_is_refused_at_once(site: Proxied) -> None:
    answer = site.web.ask("POST", "/api/v1/x", headers={}, body="x" * 65_537)
    assert answer.status == 413
    assert site.web.ask("POST", "/api/v1/x", headers={}, body="x" * 65_536).body["body"] == "x" * 65_536


def test_silent_headers_and_bodies_end() -> None:
    half = (
        b"GET / HTTP/1.1\r\nHost: localhost\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nab",
    )
    with tempfile.TemporaryDirectory() as home, proxied(Path(home), silent_seconds=1) as site:

        def ended(text: bytes) -> bytes:
            try:
                return site.raw(text)
            except TimeoutError:
                raise
            except OSError:  # on a busy machine it ends before the text comes
                return b""

        with ThreadPoolExecutor() as pool:
            headers, body = pool.map(ended, half)
        assert headers == b""
        assert b"408" in body.partition(b"\r\n")[0] or body == b""
        assert site.application.paths == set()


def test_a_dripped_body_costs_no_process_and_its_address_a_connection() -> None:
    """nginx bounds the pauses of a body, not the whole: so it must hold up nobody else."""

    def all_connections_are_held(site: Proxied) -> bool:
        """A drip that nginx reads after the question is refused itself: then the answer is no."""
        with ExitStack() as stack:
            drips = [stack.enter_context(site.opened()) for _ in range(2)]
            for part in (DRIPPED, b"x", b"x"):
                for drip in drips:
                    drip.sendall(part)
                if site.web.get("/").status != 429:
                    return False
            return True

    with tempfile.TemporaryDirectory() as home, proxied(Path(home), CONNECTIONS_AN_ADDRESS="2") as site:
        eventually(lambda: all_connections_are_held(site))
        eventually(lambda: site.web.get("/").status == 200)  # when nginx has seen that they have gone
        assert site.application.paths == {"/"}


def test_a_reload_cuts_no_socket_for_hours() -> None:
    """Old workers keep theirs; a canary that is ended reloads, and no server drains."""
    (hours,) = re.findall(r"^worker_shutdown_timeout (\d+)h;$", (DEPLOY / "nginx" / "nginx.conf").read_text(), re.M)
    assert int(hours) >= 12


def test_a_socket_is_passed_on(site: Proxied) -> None:
    request = b"GET /ws/v1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    answer = site.raw(request)
    assert answer.startswith(b"HTTP/1.1 101")
    assert answer.endswith(b"hello")
    assert b'"Upgrade"' not in site.raw(
        request.replace(b"/ws/v1", b"/page").replace(b"Upgrade\r\n\r\n", b"close\r\n\r\n")
    )


ID = "0195a1b2-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("path", "pool"),
    [
        ("/api/v1/flash-trades", "stream"),
        (f"/api/v1/flash-trades/{ID.upper()}?x=1", "stream"),
        (f"/api/v1/flash-trades/{ID}/close", "stream"),
        ("/api/flash-trades", "stream"),
        (f"/api/flash-trades/{ID}", "stream"),
        ("/api/v1/quotes", "stream"),
        ("/api/v1/time", "stream"),
        (f"/api/v1/flash-trades/{ID}/proof", "web"),
        ("/api/v1/instruments", "web"),
        ("/trade/", "web"),
    ],
)
def test_programs_reach_the_order_gateway_and_pages_django(site: Proxied, path: str, pool: str) -> None:
    ports = {"web": site.application.server_address[1], "stream": site.stream.server_address[1]}
    answer = site.web.get(path)
    assert (answer.body["port"], answer.body["path"]) == (ports[pool], path)
    assert answer.body["headers"]["X-Forwarded-For"] == "127.0.0.1"
    assert site.web.get(path, Cookie="sessionid=abc").body["port"] == ports["web"]


def test_static_files_are_cached_and_those_of_earlier_releases_are_kept(site: Proxied) -> None:
    first, second = (site.web.get("/static/here.css", **{"Accept-Encoding": "gzip, br"}) for _ in range(2))
    assert first.body["headers"]["Accept-Encoding"] == "br"
    assert second.body["headers"]["X-Request-ID"] == first.body["headers"]["X-Request-ID"]  # it was asked once
    (site.home / "kept" / "old.css").write_text("body {}")
    kept = site.web.get("/static/old.css")
    assert (kept.status, kept.text, kept.headers["content-type"]) == (200, "body {}", "text/css")
    assert "immutable" in kept.headers["cache-control"]


def test_maintenance_shows_a_page_or_a_problem_and_probes_still_answer(site: Proxied) -> None:
    switch = site.directory / "maintenance"
    switch.touch()
    try:
        page, problem = site.web.get("/trade/"), site.web.post("/api/v1/flash-trades", {}, {})
        assert (page.status, problem.status, problem.body["code"]) == (503, 503, "maintenance")
        assert 'lang="ko"' in page.text
        assert page.headers["retry-after"] == "10"
        assert problem.headers["content-type"] == "application/problem+json"
        assert site.web.get("/api/health/live").status == 200
    finally:
        switch.unlink()


def test_the_log_has_no_query_no_key_and_no_whole_address(site: Proxied) -> None:
    site.web.get("/accounts/confirm-email/SECRET-KEY/?token=SECRET")
    site.web.get("/asked-last/?token=SECRET")

    def text() -> str:
        return (site.home / "access.log").read_text()

    def lines() -> list[dict[str, Any]]:
        return [json.loads(line) for line in text().splitlines()]

    # nginx writes a line when the answer is on its way already.
    eventually(lambda: {"/accounts/confirm-email/…", "/asked-last/"} <= {line["path"] for line in lines()})
    assert "SECRET" not in text()
    assert {line["address"] for line in lines()} == {"127.0.0.0"}
    assert all(line["request_id"] and line["status"] for line in lines())


def test_a_site_whose_application_is_gone_says_so(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as home, proxied(Path(home)) as site:
        site.application.shutdown()
        site.application.server_close()
        page, problem = site.web.get("/"), site.web.get("/api/v1/wallets")
        assert (page.status, problem.status, problem.body["code"]) == (502, 502, "unavailable")
        assert page.headers["strict-transport-security"].startswith("max-age=")
        assert site.web.get("/admin/").status == 502  # without ADMIN_NETWORKS everybody may come
