"""`ct` with a site of which something is missing: processes after a reboot, secrets, ports."""

import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from deploy.ct.host.processes import Processes
from deploy.ct.host.stage import PORTS_A_POOL, Host
from deploy.ct.outcome import Exit
from deploy.ct.rollout.state import Colour
from deploy.ct.tests.proxied import NGINX
from deploy.ct.tests.quick_site import QUICK, UNIT_STARTS, deployed, pids, services, tiny_site
from deploy.load.site import Site

pytestmark = [pytest.mark.process, pytest.mark.long, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]


@pytest.fixture
def site() -> Iterator[Site]:
    with tiny_site() as made:
        assert deployed(made, "one") == Exit.DONE, made.last
        yield made


def test_it_starts_everything_again_after_a_reboot(site: Site) -> None:
    before = services(site)
    site.end()
    assert services(site) == Counter()
    assert site.ct(*UNIT_STARTS, *QUICK).returncode == Exit.DONE, site.last
    assert services(site) == before
    running = pids(site)
    [feed] = [record for record in Processes(site.state).running() if record.service == "feed"]
    Processes(site.state).stop(feed)
    assert site.ct("status").returncode == Exit.FAULTS
    assert "feed: nothing runs" in site.last
    assert site.ct(*UNIT_STARTS, *QUICK).returncode == Exit.DONE, site.last
    assert {name for name, pid in pids(site).items() if running[name] != pid} == {"beat-one-1", "feed-one-1"}
    assert site.web.get("/").body["release"] == "one"


def test_a_deployment_after_everything_was_stopped_starts_it_again(site: Site) -> None:
    before = services(site)
    for _ in range(2):  # the second time everything runs
        assert site.ct("deploy", "--release", "one", *QUICK).returncode == Exit.DONE, site.last
        assert services(site) == before
        assert site.web.get("/").body["release"] == "one"
        assert site.ct("down").returncode == Exit.DONE, site.last
        assert services(site) == Counter()
    assert deployed(site, "two") == Exit.DONE, site.last
    assert site.web.get("/").body["release"] == "two"


def test_it_ends_nothing_and_makes_no_other_key_when_a_secret_is_missing(site: Site) -> None:
    # nginx's workers may pass through the directory, and other accounts with them.
    closed = [(site.state / name).stat().st_mode & 0o077 for name in ("tls", "log", "secrets")]
    assert closed == [0, 0, 0]
    site.ct("doctor")
    assert "password" not in site.last  # the stores and their passwords are others'
    running, secrets = pids(site), site.state / "secrets"
    for name in ("database_url_settler", "encryption_keys"):
        (secrets / name).rename(site.home / name)
        for words in (("roll", "settler"), ("deploy", "--release", "two")):
            assert site.ct(*words).returncode == Exit.USAGE, site.last
            assert site.last.strip().startswith(f"ct: {secrets / name} is missing"), site.last
        assert (pids(site), (secrets / name).exists()) == (running, False)
        if name == "encryption_keys":
            site.ct("doctor")
            assert f"{name} is missing or short: put it back" in site.last
            assert site.ct("manage", "check").returncode == Exit.USAGE, site.last
        (site.home / name).rename(secrets / name)
    (secrets / "email_url").write_bytes(b"\xff")
    assert site.ct("roll", "settler").returncode == Exit.USAGE
    assert site.last.strip().startswith(f"ct: {secrets / 'email_url'} is no text"), site.last
    (secrets / "email_url").unlink()
    (secrets / "email_url").mkdir()
    assert site.ct("roll", "settler").returncode == Exit.FAILED
    assert site.last.strip().startswith("ct: [Errno 21] Is a directory"), site.last
    assert pids(site) == running


def test_another_process_on_a_port_is_never_taken_for_a_server(site: Site) -> None:
    host = Host(site.settings)
    [web] = [server for server in host.servers(Colour.BLUE) if server.service == "web"]
    assert host.readiness(web) is None
    port = web.address.rpartition(":")[2]
    assert host.readiness(replace(web, name="stream-blue-1")) == f"another process answers on port {port}"
    running, green = pids(site), int(port) + PORTS_A_POOL
    with socket.create_server(("127.0.0.1", green)):
        assert deployed(site, "two") == Exit.USAGE
        assert f"port {green}, which web-green-1 needs, is taken" in site.last
    assert pids(site) == running
    assert site.web.get("/").body["release"] == "one"
