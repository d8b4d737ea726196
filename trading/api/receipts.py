"""The chain of receipts of a wallet, for its owner."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.access.scopes import Scope
from accounts.domain.errors import FieldError, InvalidInput, NotFound
from accounts.domain.notation import parse_whole
from accounts.rest.doors import Door, asks
from accounts.rest.windows import limit_of
from accounts.selectors.ledger.wallets import Wallet, wallet_of, wallets_of
from accounts.selectors.people.person import id_of
from accounts.site import absolute
from trading.selectors.proof.receipts import Linked, chain_of
from trading.wire.receipts import linked_receipt

NUMBER_MAX = 2**31 - 1


class Receipts(Door):
    scopes = {"GET": Scope.READ}

    @asks("wallet", "after", "limit")
    def get(self, request: Request) -> Response:
        """The receipts of a wallet from number `after` + 1 on, ascending. Without `?wallet=`: of the first wallet."""
        wallet, after = _wallet_of(request), _whole_of(request, "after") or 0
        limit = limit_of(request, default=200, most=1000)
        found = chain_of(wallet.id, after=after, limit=limit)
        results = [linked_receipt(each) for each in found]
        return Response({"wallet": wallet.id, "results": results, "next": _following(request, found, limit)})


def _wallet_of(request: Request) -> Wallet:
    user_id, named = id_of(request.user), _whole_of(request, "wallet")
    if named is not None:
        return wallet_of(user_id, named)
    mine = wallets_of(user_id)
    if not mine:
        raise NotFound("no wallet")
    return min(mine, key=lambda wallet: wallet.id)


def _whole_of(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    number = parse_whole(text)
    if number is None or number > NUMBER_MAX:
        raise InvalidInput(fields=(FieldError(name, "invalid-number", f"a whole number up to {NUMBER_MAX}"),))
    return number


def _following(request: Request, found: list[Linked], limit: int) -> str | None:
    if len(found) < limit:
        return None
    query = request.query_params.copy()
    query["after"] = str(found[-1].number)
    return absolute(f"{request.path}?{query.urlencode()}")
