import re

from django.core.signing import BadSignature, Signer

from trading.domain.quotes import InvalidQuote, Quote, read_facts
from trading.services.orders.make_quote import SALT

TOKEN = re.compile(r"[A-Za-z0-9_:-]{1,400}", re.ASCII)


def read_quote(token: object) -> Quote:
    """Read a quote's signed text, expired or not. Raises InvalidQuote for a text that we haven't signed."""
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise InvalidQuote("Send the `quote` of an answer as it is")
    try:
        return read_facts(Signer(salt=SALT).unsign_object(token))
    except BadSignature as error:
        raise InvalidQuote("Send the `quote` of an answer as it is") from error
