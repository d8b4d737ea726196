"""In which currencies this installation takes real money."""

from django.conf import settings

from accounts.domain.ledger.wallets import CurrencyNotOffered


def real_currencies() -> tuple[str, ...]:
    """Those that the operator has enabled (REAL_CURRENCIES); none unless they did."""
    return tuple(settings.REAL_CURRENCIES)


def check_real_currency(currency: str) -> None:
    """Raises CurrencyNotOffered. Wallets of a currency that was enabled once are kept: money can be taken out."""
    if currency not in real_currencies():
        raise CurrencyNotOffered(currency, currencies=list(real_currencies()))
