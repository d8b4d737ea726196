from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.cashier.real_money import DepositRequest
from accounts.domain.errors import NotFound
from accounts.rest.answers import granted, page_of
from accounts.rest.doors import Door, asks
from accounts.rest.inputs import Members, idempotency_key, known_currency, positive_amount, required_texts, takes
from accounts.rest.windows import PAGE
from accounts.selectors.cashier.real_money import allowances_of, deposit_of, deposits_of
from accounts.selectors.people.person import id_of
from accounts.services.cashier.open_deposit import open_deposit
from accounts.services.cashier.submit_deposit import submit_deposit
from accounts.wire import cashier as shapes


class Cashier(Door):
    """Returns the cashier's terms and the rest of today's maxima."""

    def get(self, request: Request) -> Response:
        allowances = allowances_of(id_of(request.user), timezone.now())
        return Response({"results": [shapes.allowance(allowance) for allowance in allowances], "next": None})


class Deposits(Door):
    @asks(*PAGE)
    def get(self, request: Request) -> Response:
        return page_of(request, deposits_of, shapes.deposit)

    @takes("currency", "amount")
    def post(self, request: Request) -> Response:
        opened = open_deposit(_deposit_request(request), now=timezone.now())
        return granted(shapes.opened_deposit(opened.deposit), under="/api/v1/deposits", replayed=opened.replayed)


class DepositDetail(Door):
    def get(self, request: Request, deposit_id: UUID) -> Response:
        found = deposit_of(id_of(request.user), deposit_id)
        if found is None:
            raise NotFound(str(deposit_id))
        return Response(shapes.deposit(found))


class DepositSubmission(Door):
    """Records that the trader says "I have paid"."""

    @takes("note")
    def post(self, request: Request, deposit_id: UUID) -> Response:
        (note,) = required_texts(request, "note")
        return Response(shapes.deposit(submit_deposit(deposit_id=deposit_id, user_id=id_of(request.user), note=note)))


def _deposit_request(request: Request) -> DepositRequest:
    members = Members(request)
    key = idempotency_key(request)
    currency = members.read("currency", known_currency, "")
    amount = members.read("amount", positive_amount, Decimal(0))
    members.check()
    return DepositRequest(id_of(request.user), key, currency, amount)
