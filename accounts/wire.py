"""The JSON shape of this room's things, the same over REST and WebSocket."""

from dataclasses import asdict

from django.utils.translation import gettext

from accounts.domain.money import write_money
from accounts.domain.notation import write_instant
from accounts.domain.statement import Line, description
from accounts.models import ApiKey, Exclusion
from accounts.selectors import Person, Wallet
from accounts.selectors.limits import OwnExclusion


def wallet(wallet: Wallet) -> dict[str, object]:
    """A wallet as programs see it; amounts are strings at the currency's scale."""
    return {
        "id": wallet.id,
        "currency": wallet.currency,
        "demo": wallet.demo,
        "balance": write_money(wallet.balance, wallet.currency),
        "held": write_money(wallet.held, wallet.currency),
        "available": write_money(wallet.available, wallet.currency),
        "revision": wallet.revision,
    }


STATEMENT_LINE = ("id", "time", "kind", "phase", "amount", "held_change", "balance", "held", "reference", "description")


def statement_line(line: Line, currency: str) -> dict[str, object]:
    """One line of a statement, with the members of STATEMENT_LINE; `amount` is the signed change of the balance."""
    entry = line.entry
    return {
        "id": entry.id,
        "time": write_instant(entry.at),
        "kind": str(entry.kind),
        "phase": str(entry.phase),
        "amount": write_money(entry.amount, currency),
        "held_change": write_money(entry.held_change, currency),
        "balance": write_money(line.balance, currency),
        "held": write_money(line.held, currency),
        "reference": str(entry.reference),
        "description": gettext(description(entry)),
    }


def person(person: Person) -> dict[str, object]:
    """Somebody as their own programs see them: who they are, and their settings."""
    return {
        "id": person.id,
        "email": person.email,
        "joined_at": write_instant(person.joined_at),
        "has_second_factor": person.has_second_factor,
        **asdict(person.settings),
    }


def api_key(key: ApiKey) -> dict[str, object]:
    """An API key as its owner sees it; never its secret."""
    return {
        "id": key.pk,
        "name": key.name,
        "prefix": key.prefix,
        "mode": "hmac" if key.signs else "bearer",
        "scopes": key.scopes,
        "networks": key.networks,
        "created_at": write_instant(key.created_at),
        "expires_at": write_instant(key.expires_at) if key.expires_at else None,
        "last_used_at": write_instant(key.last_used_at) if key.last_used_at else None,
        "last_used_from": key.last_used_from,
    }


def exclusion(exclusion: Exclusion | OwnExclusion) -> dict[str, object]:
    """A time-out or a self-exclusion."""
    return {
        "kind": str(exclusion.kind),
        "from": write_instant(exclusion.starts_at),
        "until": write_instant(exclusion.ends_at),
    }
