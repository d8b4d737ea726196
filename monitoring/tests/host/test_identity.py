import os

import pytest

from monitoring.host.identity import LASTING, lives, name_of, program_of, started


@pytest.mark.parametrize(
    ("line", "program"),
    [
        ("/v/uvicorn/__main__.py cryptotrader.asgi:application --port 8000", "server"),
        ("/v/bin/gunicorn cryptotrader.wsgi:application --workers 4", "web"),
        ("/v/daphne/__main__.py --no-server-name cryptotrader.asgi:application", "server"),
        ("manage.py runserver 127.0.0.1:8000", "server"),
        ("manage.py run_feed --feed live", "feed"),
        ("manage.py seed_demo", "command"),
        ("/v/bin/celery -A cryptotrader beat", "beat"),
        ("/v/celery/__main__.py -A cryptotrader worker --queues settlement -c 2", "settler"),
        ("/v/celery/__main__.py -A cryptotrader worker --queues=settlement", "settler"),
        ("/v/celery/__main__.py -A cryptotrader worker -Q backup", "backup"),
        ("/v/celery/__main__.py -A cryptotrader worker --queues celery,settlement", "worker"),
        ("/v/celery/__main__.py -A cryptotrader worker", "worker"),
        ("/v/celery/__main__.py -A cryptotrader inspect ping", "command"),
        ("/v/bin/pytest worker", "command"),
        ("", "command"),
    ],
)
def test_a_command_line_names_its_program(line: str, program: str) -> None:
    assert program_of(line.split()) == program
    assert program == "command" or program in LASTING


def test_a_name_is_that_of_one_process_alone() -> None:
    name = name_of(os.getpid())
    program, pid, since = name.split("-")
    assert lives(name)
    assert not lives(f"{program}-{pid}-{int(since) - 1}")  # it had this id before
    assert started(2**22 + 1) is None
