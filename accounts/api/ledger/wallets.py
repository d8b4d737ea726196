from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.money import SCALES
from accounts.rest.doors import Door
from accounts.rest.inputs import required_texts, takes
from accounts.selectors.ledger.wallets import wallets_of
from accounts.selectors.people.person import id_of
from accounts.services.ledger.open_wallet import open_wallet
from accounts.services.ledger.reset_demo_wallet import reset_demo_wallet
from accounts.services.ledger.top_up_demo_wallet import top_up_demo_wallet
from accounts.wire import ledger as wire_ledger


class Wallets(Door):
    def get(self, request: Request) -> Response:
        results = [wire_ledger.wallet(wallet) for wallet in wallets_of(id_of(request.user))]
        return Response({"results": results, "next": None})

    @takes("currency")
    def post(self, request: Request) -> Response:
        """Opens a real wallet: 201 for a new one, 200 for an existing one."""
        (currency,) = required_texts(request, "currency")
        if currency not in SCALES:
            raise InvalidInput(fields=(FieldError("currency", "unknown", f"one of {', '.join(SCALES)}"),))
        wallet, is_new = open_wallet(user_id=id_of(request.user), currency=currency, now=timezone.now())
        return Response(wire_ledger.wallet(wallet), status=201 if is_new else 200)


class TopUp(Door):
    @takes()
    def post(self, request: Request, wallet_id: int) -> Response:
        wallet = top_up_demo_wallet(user_id=id_of(request.user), wallet_id=wallet_id, now=timezone.now())
        return Response(wire_ledger.wallet(wallet))


class Reset(Door):
    @takes()
    def post(self, request: Request, wallet_id: int) -> Response:
        wallet = reset_demo_wallet(user_id=id_of(request.user), wallet_id=wallet_id, now=timezone.now())
        return Response(wire_ledger.wallet(wallet))
