"""Lists the currencies in which this installation takes real money."""

from django.conf import settings

from accounts.domain.ledger.wallets import CurrencyNotOffered


def real_currencies() -> tuple[str, ...]:
    """Returns the currencies that the operator has enabled (REAL_CURRENCIES); none by default."""
    return tuple(settings.REAL_CURRENCIES)


def check_real_currency(currency: str) -> None:
    """Raises CurrencyNotOffered. Wallets of a currency that was enabled before stay: their money can be withdrawn."""
    if currency not in real_currencies():
        raise CurrencyNotOffered(currency, currencies=list(real_currencies()))
