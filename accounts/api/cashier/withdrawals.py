from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.access.scopes import KeyAccess, Scope
from accounts.domain.cashier.real_money import WithdrawalRequest
from accounts.domain.errors import NotFound
from accounts.rest.answers import granted, page_of
from accounts.rest.doors import Door, asks
from accounts.rest.inputs import (
    Members,
    idempotency_key,
    known_currency,
    optional_text,
    positive_amount,
    some_id,
    some_text,
    takes,
)
from accounts.rest.windows import PAGE
from accounts.selectors.cashier.real_money import beneficiaries_of, withdrawal_of, withdrawals_of
from accounts.selectors.people.person import id_of
from accounts.services.cashier.add_beneficiary import add_beneficiary
from accounts.services.cashier.cancel_withdrawal import cancel_withdrawal
from accounts.services.cashier.remove_beneficiary import remove_beneficiary
from accounts.services.cashier.request_withdrawal import request_withdrawal
from accounts.wire import cashier as shapes

NOBODY = UUID(int=0)


class Withdrawals(Door):
    scopes = {"POST": Scope.WITHDRAW}

    @asks(*PAGE)
    def get(self, request: Request) -> Response:
        return page_of(request, withdrawals_of, shapes.withdrawal)

    @takes("beneficiary", "amount", "code")
    def post(self, request: Request) -> Response:
        members = Members(request)
        key = idempotency_key(request)
        beneficiary_id = members.read("beneficiary", some_id, NOBODY)
        amount = members.read("amount", positive_amount, Decimal(0))
        members.check()
        code = optional_text(request, "code")
        wanted = WithdrawalRequest(id_of(request.user), key, beneficiary_id, amount)
        by_api_key = isinstance(request.auth, KeyAccess)
        requested = request_withdrawal(wanted, code=code, by_api_key=by_api_key, now=timezone.now())
        shown = shapes.requested_withdrawal(requested.withdrawal)
        return granted(shown, under="/api/v1/withdrawals", replayed=requested.replayed)


class WithdrawalDetail(Door):
    def get(self, request: Request, withdrawal_id: UUID) -> Response:
        return Response(_shown(request, withdrawal_id))


class WithdrawalCancellation(Door):
    scopes = {"POST": Scope.WITHDRAW}

    @takes()
    def post(self, request: Request, withdrawal_id: UUID) -> Response:
        cancel_withdrawal(withdrawal_id=withdrawal_id, user_id=id_of(request.user), now=timezone.now())
        return Response(_shown(request, withdrawal_id))


class Beneficiaries(Door):
    """Only people may add a beneficiary: a stolen API key must not choose where money goes."""

    def get(self, request: Request) -> Response:
        found = beneficiaries_of(id_of(request.user))
        return Response({"results": [shapes.beneficiary(each) for each in found], "next": None})

    @takes("currency", "label", "address", "code")
    def post(self, request: Request) -> Response:
        members = Members(request)
        currency = members.read("currency", known_currency, "")
        label = members.read("label", some_text, "")
        address = members.read("address", some_text, "")
        members.check()
        code = optional_text(request, "code")
        added = add_beneficiary(
            user_id=id_of(request.user),
            currency=currency,
            label=label,
            address=address,
            code=code,
            now=timezone.now(),
        )
        return Response(shapes.beneficiary(added), status=201)


class BeneficiaryDetail(Door):
    @takes()
    def delete(self, request: Request, beneficiary_id: UUID) -> Response:
        remove_beneficiary(beneficiary_id=beneficiary_id, user_id=id_of(request.user), now=timezone.now())
        return Response(status=204)


def _shown(request: Request, withdrawal_id: UUID) -> dict[str, object]:
    found = withdrawal_of(id_of(request.user), withdrawal_id)
    if found is None:
        raise NotFound(str(withdrawal_id))
    return shapes.withdrawal(found)
