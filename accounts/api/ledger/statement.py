from collections.abc import Iterable

from django.http import StreamingHttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.ledger.statement_export import export_csv, export_json
from accounts.rest.doors import Door, asks
from accounts.rest.paging import STATEMENT_FILTER, id_cursor_of, statement_filter_of
from accounts.rest.windows import PAGE, following, limit_of
from accounts.selectors.ledger.statement import statement_page
from accounts.selectors.ledger.wallets import wallet_of
from accounts.selectors.people.person import id_of
from accounts.wire import ledger as wire_ledger


class Statement(Door):
    @asks(*STATEMENT_FILTER, *PAGE)
    def get(self, request: Request, wallet_id: int) -> Response:
        """Returns lines, newest first."""
        wallet = wallet_of(id_of(request.user), wallet_id)
        wanted, limit = statement_filter_of(request), limit_of(request, default=50, most=200)
        lines = statement_page(wallet.id, wanted, before=id_cursor_of(request), limit=limit)
        after = following(request, lines, limit, lines[-1].entry.id if lines else None)
        results = [wire_ledger.statement_line(line, wallet.currency) for line in lines]
        return Response({"results": results, "next": after})


class IgnoresAcceptHeader(BaseContentNegotiation):
    """Ignores the `Accept` header: the file has one format, and no renderer makes it."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        return next(iter(parsers), None)


class StatementCsv(Door):
    content_negotiation_class = IgnoresAcceptHeader

    @asks(*STATEMENT_FILTER)
    def get(self, request: Request, wallet_id: int) -> StreamingHttpResponse:
        wallet = wallet_of(id_of(request.user), wallet_id)
        return export_csv(request._request, wallet, statement_filter_of(request))


class StatementJson(Door):
    @asks(*STATEMENT_FILTER)
    def get(self, request: Request, wallet_id: int) -> StreamingHttpResponse:
        wallet = wallet_of(id_of(request.user), wallet_id)
        return export_json(request._request, wallet, statement_filter_of(request))
