"""Exports a whole statement of any length as one file. It streams: memory holds one batch of lines at a time."""

import csv
import json
from collections.abc import Iterator
from io import StringIO

from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import translation

from accounts.domain.ledger.statement import RunningBalance, StatementFilter
from accounts.rest.files import stream_file
from accounts.selectors.ledger.statement import entries_in_order
from accounts.selectors.ledger.wallets import Wallet
from accounts.wire import ledger as wire_ledger
from accounts.wire.spreadsheet import BYTE_ORDER_MARK, cell

Lines = Iterator[list[dict[str, object]]]


def export_csv(request: HttpRequest, wallet: Wallet, wanted: StatementFilter) -> StreamingHttpResponse:
    """Returns the statement as CSV (RFC 4180, UTF-8), oldest line first."""
    return _response(request, csv_text(_batches(wallet, wanted)), "text/csv; charset=utf-8", wallet, "csv")


def export_json(request: HttpRequest, wallet: Wallet, wanted: StatementFilter) -> StreamingHttpResponse:
    """Returns the statement as one JSON document, oldest line first."""
    return _response(request, json_text(wallet, _batches(wallet, wanted)), "application/json", wallet, "json")


def csv_text(batches: Lines) -> Iterator[str]:
    """Yields the CSV file, one batch at a time."""
    yield BYTE_ORDER_MARK + ",".join(wire_ledger.STATEMENT_LINE) + "\r\n"
    for lines in batches:
        text = StringIO()
        csv.writer(text).writerows([cell(value) for value in line.values()] for line in lines)
        yield text.getvalue()


def json_text(wallet: Wallet, batches: Lines) -> Iterator[str]:
    """Yields the JSON document, one batch at a time."""
    yield f'{{"wallet": {{"id": {wallet.id}, "currency": "{wallet.currency}", "demo": {json.dumps(wallet.demo)}}}'
    yield ', "lines": ['
    between = "\n"
    for lines in batches:
        if lines:
            yield between + ",\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
            between = ",\n"
    yield "\n]}\n"


def _batches(wallet: Wallet, wanted: StatementFilter) -> Lines:
    running, language = RunningBalance(), translation.get_language() or "en"
    for entries in entries_in_order(wallet.id):
        with translation.override(language):  # the request's own language is not active while the response streams
            lines = [
                wire_ledger.statement_line(line, wallet.currency)
                for line in running.lines(entries)
                if wanted.admits(line.entry)
            ]
        if not connection.in_atomic_block:
            connection.close()  # returns the connection to the pool while the client reads
        yield lines


def _response(
    request: HttpRequest, text: Iterator[str], content_type: str, wallet: Wallet, suffix: str
) -> StreamingHttpResponse:
    book = "demo" if wallet.demo else "real"
    name = f"statement-{wallet.currency}-{book}-{wallet.id}.{suffix}"
    return stream_file(request, text, content_type, name)
