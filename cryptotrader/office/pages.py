"""The addresses of the back office's own pages, in front of those of the lists."""

from collections.abc import Callable

from django.http import HttpResponse

from cryptotrader.office import answer, person, search, work

PAGES: list[tuple[str, Callable[..., HttpResponse], str]] = [
    ("work/", work.work, "work"),
    ("work/claim/", work.claim, "claim"),
    ("work/answer/", answer.answer, "answer"),
    ("search/", search.search, "search"),
    ("accounts/user/<id:user_id>/change/", person.person, "accounts_user_change"),
    ("accounts/user/<id:user_id>/note/", person.note, "note"),
]
