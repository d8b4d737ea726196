"""Removes from a text what no log may keep: secrets, mail addresses, full addresses of the network.

It is the last net. The first one is the list of fields (`fields.py`): most fields can't hold such things at all.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, ip_address, ip_network

REMOVED = "[removed]"
MAIL = "[mail]"
READ_MAX = 20_000
"""Longer texts are cut before the patterns look at them: a line must not cost seconds."""

_NAMES = (
    r"pass(?:word|wd|phrase|code)|secret|token|authori[sz]ation|signature|credential|session|csrf|cookie"
    r"|api[-_ ]?key|private[-_ ]?key|otp|recovery"
)
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_Replacement = str | Callable[[re.Match[str]], str]


def _unless_known(match: re.Match[str]) -> str:
    """A long run of letters and digits is a key, a token or a signature, unless it is an id or a file's name."""
    text = match[0]
    if text.startswith('File "') or _UUID.fullmatch(text):
        return text
    has_both = any(letter.isdigit() for letter in text) and any(letter.isalpha() for letter in text)
    return REMOVED if has_both else text


def _network(match: re.Match[str]) -> str:
    return network_of(match[0].partition("/")[0]) or match[0]


_RULES: tuple[tuple[re.Pattern[str], _Replacement], ...] = (
    # PostgreSQL quotes the row, and with it all that a person has typed.
    (re.compile(r"DETAIL:.*?(?=\n\n|\n\s*(?:HINT|CONTEXT|QUERY):|\\n|\Z)", re.DOTALL), f"DETAIL: {REMOVED}"),
    (re.compile(r"(\$\d+ = )'(?:[^']|'')*'?"), rf"\1{REMOVED}"),
    (re.compile(r"(invalid input (?:syntax|value)[^:\n]{0,80}: )\"[^\n]*"), rf"\1{REMOVED}"),
    (re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END[^\n]*|\Z)", re.DOTALL), REMOVED),
    (re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,20}://)[^\s/@]{1,300}@"), rf"\1{REMOVED}@"),
    (re.compile(r"(?i)\b((?:cookie|authorization)[\"']?\s{0,3}[:=]\s{0,3})[^\n]*"), rf"\1{REMOVED}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{4,}"), rf"\1 {REMOVED}"),
    (
        re.compile(
            rf"(?i)((?:{_NAMES})[\w-]{{0,30}}[\"']?\]?\s{{0,3}}[:=]\s{{0,3}})(?:\"[^\"\n]*\"?|'[^'\n]*'?|[^\s,;&}})]+)"
        ),
        rf"\1{REMOVED}",
    ),
    (re.compile(r"(?i)(\bcode[\"']?\s{0,3}[:=]\s{0,3}[\"']?)\d{6,8}\b"), rf"\1{REMOVED}"),
    (re.compile(r"(?i)((?:confirm-email|reset|unlock|verify|know|key)/)[^\s/\"'<>]+:[^\s/\"'<>]+"), rf"\1{REMOVED}"),
    (re.compile(r"\bct_\w+"), REMOVED),
    (re.compile(r"\beyJ[\w-]{5,}(?:\.[\w-]*)*"), REMOVED),
    (re.compile(r"\bAGE-SECRET-KEY-\w+"), REMOVED),
    (re.compile(r"[\w.!#$%&'*+=?^`{|}~-]{1,64}@[\w.-]{1,255}"), MAIL),
    (re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?(?![\w.]*\d)"), _network),
    (re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{1,37}(?:\.\d{1,3}){0,3}(?:/\d{1,3})?(?![\w:])"), _network),
    (re.compile(r"File \"[^\"\n]*\"|[A-Za-z0-9_+=-]{24,}"), _unless_known),
)


def redacted(text: str, most: int = 2_000) -> str:
    """Returns the text without secrets and addresses, and no longer than `most` characters."""
    if len(text) > READ_MAX:
        text = text[:READ_MAX]
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    if len(text) > most:
        text = f"{text[: most // 4]} […] {text[-most * 3 // 4 :]}"
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


@lru_cache(maxsize=10_000)
def network_of(address: str) -> str:
    """Returns the network of an address, /24 or /48: enough to see a pattern, too little to name a household.

    The own machine's address stays as it is. Empty for a text that is no address.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if found.is_loopback or found.is_unspecified:
        return str(found)
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network((found.packed, 24 if isinstance(found, IPv4Address) else 48), strict=False))
