"""Finds the payment provider of a deposit by its name."""

from django.conf import settings

from accounts.domain.cashier.real_money import PaymentProviderUnavailable, Provider
from accounts.domain.errors import Said, mark
from accounts.payments.btcpay import BTCPay
from accounts.payments.protocol import PaymentProvider


def provider_named(name: str) -> PaymentProvider | None:
    """Returns the provider of this name; None for deposits that staff look after.

    Raises PaymentProviderUnavailable when its settings are missing.
    """
    if name == Provider.MANUAL:
        return None
    given = (settings.BTCPAY_URL, settings.BTCPAY_STORE, settings.BTCPAY_API_KEY, settings.BTCPAY_WEBHOOK_SECRET)
    if name != Provider.BTCPAY or not all(given):
        raise PaymentProviderUnavailable(Said(mark("{provider} is not set up here"), provider=name))
    url, store, api_key, secret = given
    return BTCPay(url=url, store=store, api_key=api_key, webhook_secret=secret)
