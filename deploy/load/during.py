"""Traffic at a site while a command changes it: `python -m deploy.load.during URL … -- deploy/bin/ct deploy`."""

import argparse
import asyncio
import json
import os
import ssl
import sys
import time
from http import HTTPStatus
from pathlib import Path
from typing import Any

from deploy.ct.arguments import OneLineParser, whole
from deploy.ct.smoke.web import Web
from deploy.load.rehearse import is_fine
from deploy.load.traffic import Traffic

HELP = """\
Send reads and orders to a site and listen to its prices, run a command meanwhile, and print as JSON what the clients
saw. PROBE is a file with the answer of `ct manage make_probe --json`: a person with demo money. The site must not bound
its rates: RATES_A_MINUTE=address=0,requests=0,orders=0, and a high REQUESTS_A_SECOND; and for more than a quarter of an
hour, JWT_ACCESS_EXPIRES_IN=4h.

exit codes: 0 no request failed, no order was refused and no price was lost, 1 else or the command failed, 2 usage
"""


def main(arguments: list[str]) -> int:
    """Runs the command line."""
    parser = OneLineParser(description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("probe", type=Path)
    parser.add_argument("--authority", type=Path, help="the certificate by which the site's is known")
    parser.add_argument("--readers", type=whole(0), default=4)
    parser.add_argument("--traders", type=whole(0), default=2)
    parser.add_argument("--sockets", type=whole(0), default=10)
    parser.add_argument("--requests-min", type=whole(0), default=0, help="go on until so many were sent")
    parser.add_argument("--acknowledged", type=Path, help="write here each acknowledged order: its key, and its trade")
    parser.add_argument("command", nargs="+", type=str)
    options = parser.parse_args(arguments)
    told = asyncio.run(_run(options))
    sys.stdout.write(json.dumps(told) + "\n")
    return 0 if is_fine(told) else 1


async def _run(options: argparse.Namespace) -> dict[str, Any]:
    web = Web(options.url, options.authority)
    answer = web.post("/api/v1/auth/token", json.loads(options.probe.read_text(encoding="utf-8")), {})
    if answer.status != HTTPStatus.OK:
        sys.stderr.write(f"the sign-in was refused: {answer.status} {answer.text[:300]}\n")
        raise SystemExit(2)
    context = ssl.create_default_context(cafile=str(options.authority) if options.authority else None)
    many = {"readers": options.readers, "traders": options.traders, "sockets": options.sockets}
    traffic = Traffic(options.url, context, str(answer.body["access"]), **many)
    running = asyncio.create_task(traffic.run())
    began = time.monotonic()
    changing = await asyncio.create_subprocess_exec(*options.command, stdout=2, env=os.environ)
    code = await changing.wait()
    seconds = time.monotonic() - began
    while traffic.counts.sent < options.requests_min:
        await asyncio.sleep(1)
    traffic.stop.set()
    await running
    whole = time.monotonic() - began
    if options.acknowledged:
        options.acknowledged.write_text(json.dumps(traffic.counts.orders), encoding="utf-8")
    return {"exit": code, "seconds": round(seconds, 1), "in all": round(whole, 1), **traffic.counts.summary()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
