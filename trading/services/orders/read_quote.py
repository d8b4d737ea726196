import re

from django.core.signing import BadSignature, Signer

from trading.domain.quotes import InvalidQuote, Quote, read_facts
from trading.services.orders.make_quote import SALT

TOKEN = re.compile(r"[A-Za-z0-9_:-]{1,400}", re.ASCII)


def read_quote(token: object) -> Quote:
    """The quote that this text is, expired or not. Raises InvalidQuote unless it is one that we have signed."""
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise InvalidQuote("Send the `quote` of an answer as it is")
    try:
        return read_facts(Signer(salt=SALT).unsign_object(token))
    except BadSignature as error:
        raise InvalidQuote("Send the `quote` of an answer as it is") from error
