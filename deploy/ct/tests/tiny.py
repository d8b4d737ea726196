"""A release as small as can be: `ct` treats a release as a black box, so real processes of this one will do."""

import subprocess
from pathlib import Path

from deploy.ct.host.install import SCRIPT

START = """
import http.server, json, os, pathlib, signal, sys, time
name, home = sys.argv[1], pathlib.Path(os.environ["START_DIRECTORY"] if "START_DIRECTORY" in os.environ else ".")
release = pathlib.Path("release").read_text()
answers = {}
key = pathlib.Path(os.environ["ENCRYPTION_KEYS_FILE"]).read_text()

def metrics():
    # "lame" tells of slow answers and "sick" of errors that nginx has not seen.
    lines, many = [], sum(answers.values())
    for status, count in answers.items():
        told = 500 if release == "sick" else status
        name = "django_http_responses_total_by_status_view_method_total"
        lines.append(f'{name}{{status="{told}",view="x",method="GET"}} {count}')
    for bound, reached in (("0.1", release != "lame"), ("5.0", True), ("+Inf", True)):
        name = "django_http_requests_latency_seconds_by_view_method_bucket"
        lines.append(f'{name}{{le="{bound}",view="x",method="GET"}} {many if reached else 0}')
    return "\\n".join(lines) + "\\n"

class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        draining = self.path.endswith("/ready") and (home / "draining").exists()
        body = json.dumps({"release": release, "key": key, "faults": []}).encode()
        bad = release == "broken" and not self.path.startswith("/api/health")
        status = 503 if draining else 500 if bad else 200
        if self.path == "/metrics":
            body = metrics().encode()
        elif not self.path.startswith("/api/health"):
            answers[status] = answers.get(status, 0) + 1
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if self.path == "/metrics" else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass

if name == "migrate":
    sys.exit(3 if release == "unmigratable" else 0)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
if name in ("web", "stream"):
    (home / "draining").unlink(missing_ok=True)
    if release != "silent":
        http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Answer).serve_forever()
while True:
    if name not in ("web", "stream"):
        (home / "pulse").touch()
    time.sleep(0.1)
"""


def repository(home: Path, *releases: str) -> Path:
    """Makes a git repository with a tag for each release."""
    root = home / "repository"
    for path in ("cryptotrader/start", "static/vendor"):
        (root / path).mkdir(parents=True)
    (root / "cryptotrader/__init__.py").touch()
    (root / "cryptotrader/start/__init__.py").touch()
    (root / "cryptotrader/start/__main__.py").write_text(START)
    for name in ("manage.py", "requirements.txt", SCRIPT):
        (root / name).touch()
    git(root, "init", "--quiet")
    for release in releases:
        (root / "release").write_text(release)
        git(root, "add", "--all")
        git(root, "commit", "--quiet", "--message", release)
        git(root, "tag", f"v{release}")
    return root


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=alice", "-c", "user.email=alice@example.com")
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)
