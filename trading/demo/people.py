"""The people of the demo: half of them Korean. Their addresses can't receive mail (RFC 2606)."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count, islice

from accounts.domain.errors import EmailTaken
from accounts.selectors.access.logins import id_of_email
from accounts.services.people.register_trader import register_trader
from trading.demo.plan import Plan

KOREAN = ("minjun", "seoyeon", "jiho", "hayoon", "dohyun", "jiwoo", "eunwoo", "sua", "siwoo", "yerin")
FAMILIES = ("kim", "lee", "park", "choi", "jung", "kang", "cho", "yoon")
ENGLISH = ("oliver", "amelia", "noah", "isla", "theo", "freya", "arthur", "ivy", "leo", "grace")
SURNAMES = ("smith", "jones", "taylor", "brown", "evans", "walker", "hughes", "green")


def names() -> Iterator[tuple[str, str]]:
    """Yields an address and its language, for ever, the same at each run."""
    for n in count():
        first, last, locale = (KOREAN, FAMILIES, "ko") if n % 2 == 0 else (ENGLISH, SURNAMES, "en")
        turn, place = divmod(n // 2, len(first) * len(last))
        person = f"{first[place % len(first)]}.{last[(place // len(first) + place) % len(last)]}"
        yield f"{person}{turn or ''}@example.com", locale


def is_there() -> bool:
    """Whether the first person of a demo is registered."""
    return id_of_email(next(names())[0]) is not None


def register(plan: Plan, password: str) -> list[int]:
    """Register the people of a plan as of its beginning; returns their ids. Those who are there stay as they are."""
    return [_register(email, locale, password, plan.begin) for email, locale in islice(names(), plan.users)]


def _register(email: str, locale: str, password: str, joined_at: datetime) -> int:
    try:
        return register_trader(email=email, password=password, locale=locale, now=joined_at, verified=True).pk
    except EmailTaken:
        known = id_of_email(email)
        if known is None:
            raise
        return known
