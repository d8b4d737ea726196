"""The signing keys: one at a time, created automatically, retired and never lost."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from accounts.models import AuditEvent
from accounts.tests.cast import NOON
from accounts.tests.guards import refused, run_sql
from accounts.tests.threads import at_once
from trading.domain.proof.jws import key_id, read
from trading.models import SigningKey
from trading.selectors.proof.proofs import public_keys
from trading.services.proof.rotate_keys import rotate_keys
from trading.steps.sign_statement import sign_statement

pytestmark = pytest.mark.django_db


def sign() -> str:
    return sign_statement({"a": 1}, typ="test+jws", now=NOON)


def keys() -> dict[str, str]:
    return {key_id(public): public for public in public_keys()}


def test_the_first_key_makes_itself() -> None:
    assert public_keys() == []
    assert read(sign(), keys=keys(), typ="test+jws") == {"a": 1}
    assert sign() == sign()
    assert SigningKey.objects.count() == 1


def test_the_private_key_lies_sealed_and_is_not_in_the_audit() -> None:
    sign()
    key = SigningKey.objects.get()
    assert key.sealed_private_key.startswith("gAAAA")
    (event,) = AuditEvent.objects.filter(table="signing_keys")
    assert event.after is not None
    assert event.after["sealed_private_key"] == "(hidden)"


def test_a_rotation_retires_one_and_makes_another() -> None:
    old = sign()
    kid = rotate_keys(now=NOON + timedelta(days=1))
    new = sign()
    assert read(old, keys=keys(), typ="test+jws") == read(new, keys=keys(), typ="test+jws")
    assert list(keys()) == [kid, *[k for k in keys() if k != kid]]
    with pytest.raises(ValueError, match="unknown key"):
        read(new, keys={k: v for k, v in keys().items() if k != kid}, typ="test+jws")
    retired = SigningKey.objects.get(retired_at__isnull=False)
    assert (retired.retired_at, retired.sealed_private_key) == (NOON + timedelta(days=1), "")


def test_a_rotation_needs_no_old_key() -> None:
    assert rotate_keys(now=NOON) == SigningKey.objects.get().kid


@pytest.mark.django_db(transaction=True)
def test_many_first_signatures_make_one_key() -> None:
    statements = at_once([sign] * 8)
    assert len(set(map(str, statements))) == 1
    assert SigningKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_rotations_and_signatures_at_once_leave_one_key_that_signs() -> None:
    sign()
    calls: list[Callable[[], str]] = [sign, partial(rotate_keys, now=NOON)]
    results = at_once(calls * 4)
    assert not [result for result in results if isinstance(result, Exception)]
    assert SigningKey.objects.filter(retired_at=None).count() == 1
    for statement in results[::2]:
        assert read(str(statement), keys=keys(), typ="test+jws") == {"a": 1}


@pytest.mark.parametrize(
    "change",
    ["public_key = 'x'", "kid = 'x'", "created_at = now()", "sealed_private_key = 'x'", "retired_at = NULL"],
)
def test_a_key_is_never_changed(change: str) -> None:
    sign()
    with refused("keys_only_retire"):
        run_sql(f"UPDATE signing_keys SET {change}")
    rotate_keys(now=NOON)
    with refused("keys_only_retire"):
        run_sql("UPDATE signing_keys SET retired_at = now() WHERE retired_at IS NOT NULL")


def test_a_key_is_kept_and_forgotten_when_it_retires() -> None:
    sign()
    with refused("keys_are_kept"):
        run_sql("DELETE FROM signing_keys")
    with refused("a_retired_key_is_forgotten"):
        run_sql("UPDATE signing_keys SET retired_at = now()")


def test_only_one_key_signs() -> None:
    sign()
    with refused("one_key_signs"):
        run_sql(
            "INSERT INTO signing_keys (kid, algorithm, public_key, sealed_private_key, created_at) "
            "SELECT 'x', algorithm, public_key, sealed_private_key, created_at FROM signing_keys"
        )
