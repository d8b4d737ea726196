"""A database that isn't UTF-8 is named before it serves, and a restore reads the server's catalogue all the same."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from cryptotrader.checks import check_encoding
from monitoring.recovery.databases import drop, exists, make
from monitoring.recovery.server import Server

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def database_of(encoding: str) -> Iterator[tuple[Server, str]]:
    server, name = Server.of(connection.settings_dict), f"{connection.settings_dict['NAME']}_letters"
    with server.connect() as session:
        drop(session, name)
        session.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
    try:
        yield server, name
    finally:
        with server.connect() as session:
            drop(session, name)


@contextmanager
def serving_from(name: str) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's wrapper has it
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's wrapper has it
        connection.settings_dict["NAME"] = before


def test_the_check_of_an_installation_names_a_database_that_is_not_utf_8() -> None:
    assert check_encoding(["default"]) == []
    with database_of("SQL_ASCII") as (_, name), serving_from(name):
        found = check_encoding(["default"])
    assert [str(message.id) for message in found] == ["cryptotrader.E014"]
    assert name in str(found[0].msg)
    assert "SQL_ASCII" in str(found[0].msg)


def test_the_check_asks_no_server_unless_it_is_told_to() -> None:
    assert check_encoding(None) == []


def test_a_restore_reads_the_catalogue_of_a_server_without_an_encoding() -> None:
    with database_of("SQL_ASCII") as (server, name):
        with server.connect(name) as session:
            row = session.execute("SELECT datname FROM pg_database WHERE datname = %s", [name]).fetchone()
            assert row == (name,)
            make(session, f"{name}_beside", like=name)
            assert exists(session, f"{name}_beside")
        with server.connect() as session:
            drop(session, f"{name}_beside")
