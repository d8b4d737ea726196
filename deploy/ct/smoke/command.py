"""The command `ct smoke`."""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.ct.arguments import whole
from deploy.ct.backend import Backend
from deploy.ct.console import Console
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.settings import Settings
from deploy.ct.smoke import checks, trade
from deploy.ct.smoke.trade import Person
from deploy.ct.smoke.web import Web

Place = Callable[[Settings, Console], Backend]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `ct smoke`."""
    parser.description = (
        "Ask each part of a running site: TLS, the redirect, health, a page, headers, static files, prices, a socket, "
        "a sign-in, one order of 1 USDT on the demo book and its settlement. Without a person it makes one "
        "(manage.py make_probe). Exit codes: 0 all well, 3 a check failed."
    )
    parser.add_argument(
        "url", nargs="?", help="another site, such as https://flash.example; default: this environment's"
    )
    parser.add_argument("--authority", type=Path, help="trust certificates signed by this one (PEM)")
    parser.add_argument("--clear-port", type=whole(1, 65_535), help="the port without TLS (HTTP_PORT, or 80)")
    parser.add_argument("--instrument", default="BTC-USDT", help="(BTC-USDT)")
    parser.add_argument("--key-file", type=Path, help="an API key with the scopes read and trade (CT_SMOKE_KEY)")
    parser.add_argument("--email", help="or a person, with the password in CT_SMOKE_PASSWORD")
    parser.add_argument("--no-order", action="store_true", help="leave out sign-in, order and settlement")


def smoke(options: argparse.Namespace, settings: Settings, console: Console, place: Place) -> Exit:
    """Runs the checks, and prints each. Returns FAULTS if one failed."""
    web = Web(options.url.rstrip("/"), options.authority) if options.url else Web.of(settings)
    clear = options.clear_port or (80 if options.url else int(settings.get("HTTP_PORT", "80")))
    results = []
    for check in _checks(options, settings, console, place, web, clear):
        started = time.monotonic()
        try:
            seen, well = check.look(), True
        except (checks.Wrong, OSError, ValueError, KeyError) as error:
            seen, well = str(error) or type(error).__name__, False
        results.append(
            {"check": check.name, "well": well, "seen": seen, "seconds": round(time.monotonic() - started, 2)}
        )
        console.say(f"{'ok  ' if well else 'FAIL'} {check.name:<15} {seen}")
    failed = [item["check"] for item in results if not item["well"]]
    told = f"{len(results) - len(failed)} of {len(results)} checks passed"
    console.result({"url": web.url, "passed": not failed, "checks": results}, [told])
    return Exit.FAULTS if failed else Exit.DONE


def _checks(
    options: argparse.Namespace, settings: Settings, console: Console, place: Place, web: Web, clear: int
) -> Iterator[checks.Check]:
    yield from checks.checks(web, clear, options.instrument)
    if not options.no_order:
        yield from trade.checks(web, _person(options, settings, console, place), options.instrument)


def _person(options: argparse.Namespace, settings: Settings, console: Console, place: Place) -> Person:
    if options.key_file:
        return Person(key=options.key_file.read_text(encoding="utf-8").strip())
    if key := os.environ.get("CT_SMOKE_KEY"):
        return Person(key=key)
    if options.email:
        return Person(email=options.email, password=os.environ.get("CT_SMOKE_PASSWORD", ""))
    if options.url:
        raise Stopped("name a person (--key-file or --email), or leave the order out (--no-order)", Exit.USAGE)
    made = json.loads(place(settings, console).ask(["make_probe", "--json"]).splitlines()[-1])
    return Person(email=made["email"], password=made["password"])
