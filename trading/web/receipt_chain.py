"""All receipts of a wallet, its chain: a page of the history, and a file to keep."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.domain.notation import parse_whole
from accounts.rest.files import stream_file
from accounts.selectors.ledger.wallets import Wallet, wallets_of
from accounts.selectors.people.person import id_of
from accounts.site import origin
from trading.selectors.proof.receipts import chain_of, end_of_chain
from trading.web.checks import MEANINGS_OF_CHAIN, OF_CHAIN
from trading.web.present import TradeShown
from trading.wire.receipts import linked_receipt

PAGE_SIZE = 50
FILE_PART = 1000
NUMBER_MAX = 2**31 - 1


@login_required
@require_safe
@never_cache
def chain(request: HttpRequest) -> HttpResponse:
    """Newest first, in pages: `?before=` is the last number of the page above. `?wallet=` names one of the wallets."""
    wallets = _wallets(request)
    chosen, before = _chosen(request, wallets), _number(request, "before")
    found = end_of_chain(chosen.id, before=before, limit=PAGE_SIZE + 1) if chosen else []
    context = {
        "page": "history",
        "wallets": wallets,
        "chosen": chosen,
        "receipts": [(each, TradeShown.of(each.trade)) for each in found[:PAGE_SIZE]],
        "older": found[PAGE_SIZE - 1].number if len(found) > PAGE_SIZE else None,
        "is_first_page": before is None,
        "site": origin(),
        "check_steps": OF_CHAIN,
        "check_meanings": MEANINGS_OF_CHAIN,
    }
    return render(request, "trading/receipt_chain.html", context)


@login_required
@require_safe
@never_cache
def file(request: HttpRequest) -> HttpResponseBase:
    """The whole chain of a wallet, one receipt a line, the oldest first: as the checking program reads it."""
    chosen = _chosen(request, _wallets(request))
    if chosen is None:
        raise Http404("no wallet")
    return stream_file(request, _lines(chosen.id), "text/plain; charset=utf-8", f"receipts-wallet-{chosen.id}.txt")


def _lines(wallet_id: int) -> Iterator[str]:
    after = 0
    while found := chain_of(wallet_id, after=after, limit=FILE_PART):
        yield "".join(f"{linked_receipt(each)['receipt']}\n" for each in found)
        after = found[-1].number


def _wallets(request: HttpRequest) -> list[Wallet]:
    return sorted(wallets_of(id_of(request.user)), key=lambda wallet: wallet.id)


def _chosen(request: HttpRequest, wallets: list[Wallet]) -> Wallet | None:
    named = _number(request, "wallet")
    if named is None:
        return wallets[0] if wallets else None
    chosen = next((wallet for wallet in wallets if wallet.id == named), None)
    if chosen is None:
        raise Http404("no such wallet")
    return chosen


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name)
    number = parse_whole(text)
    if text is not None and (number is None or number > NUMBER_MAX):
        raise Http404("no such page")
    return number
