import hashlib
from datetime import timedelta
from functools import partial

import pytest

from accounts.domain.access.api_keys import KeyTerms, TooManyKeys
from accounts.domain.access.scopes import AccountClosed, AccountFrozen, Scope, SecondFactorNotSet
from accounts.domain.errors import NotFound
from accounts.models import ApiKey, User
from accounts.sealing import unseal
from accounts.services.access.keys.make_api_key import MadeKey, make_api_key
from accounts.services.access.keys.revoke_api_key import revoke_api_key
from accounts.tests.cast import NOON, Person, person
from accounts.tests.codes import App
from accounts.tests.guards import refused, run_sql
from accounts.tests.keys import TERMS, made_key
from accounts.tests.threads import at_once


def test_the_secret_of_a_bearer_key_is_nowhere_in_the_database(alice: Person) -> None:
    made = made_key(alice)
    row = ApiKey.objects.values().get()
    start, prefix, secret = made.secret.split("_", 2)
    assert (start, prefix, len(secret)) == ("ct", made.key.prefix, 43)
    assert row["secret_hash"] == hashlib.sha256(secret.encode()).hexdigest()
    assert row["encrypted_secret"] == ""
    assert secret not in str(row)


def test_the_secret_of_a_signing_key_is_sealed(alice: Person) -> None:
    made = made_key(alice, signs=True)
    row = ApiKey.objects.values().get()
    assert unseal(row["encrypted_secret"]) == made.secret
    assert made.secret not in str(row)


def test_a_key_that_may_withdraw_needs_a_second_factor(alice: Person) -> None:
    with pytest.raises(SecondFactorNotSet):
        made_key(alice, Scope.WITHDRAW)
    App(alice.user)
    assert made_key(alice, Scope.WITHDRAW).key.scopes == ["withdraw"]


@pytest.mark.parametrize(("state", "refusal"), [("frozen", AccountFrozen), ("closed", AccountClosed)])
def test_nobody_frozen_or_closed_gets_one(alice: Person, state: str, refusal: type[Exception]) -> None:
    User.objects.update(is_active=False, **{f"{state}_at": NOON})
    with pytest.raises(refusal):
        made_key(alice)


def test_revoked_and_expired_keys_make_room(alice: Person, bob: Person) -> None:
    keys = [made_key(alice, expires_at=NOON + timedelta(days=1)) for _ in range(20)]
    with pytest.raises(TooManyKeys):
        made_key(alice)
    made_key(bob)
    revoke_api_key(user_id=alice.user.pk, key_id=keys[0].key.pk, now=NOON)
    made_key(alice)
    with pytest.raises(TooManyKeys):
        made_key(alice)
    make_api_key(user_id=alice.user.pk, terms=TERMS_OF_A_READER, now=NOON + timedelta(days=1))


TERMS_OF_A_READER = KeyTerms("reader", (Scope.READ,))


@pytest.mark.django_db(transaction=True)
def test_of_many_made_at_once_exactly_twenty_live() -> None:
    user = person("alice").user
    for _ in range(16):
        make_api_key(user_id=user.pk, terms=TERMS_OF_A_READER, now=NOON)
    results = at_once([partial(make_api_key, user_id=user.pk, terms=TERMS_OF_A_READER, now=NOON)] * 10)
    assert [type(result) for result in results].count(MadeKey) == 4
    assert [type(result) for result in results].count(TooManyKeys) == 6
    assert ApiKey.objects.count() == 20


def test_only_the_owner_revokes_and_only_once(alice: Person, bob: Person) -> None:
    key = made_key(alice).key
    for user_id in (bob.user.pk, alice.user.pk, alice.user.pk):
        if user_id == alice.user.pk and ApiKey.objects.filter(revoked_at=None).exists():
            revoke_api_key(user_id=user_id, key_id=key.pk, now=NOON)
            continue
        with pytest.raises(NotFound):
            revoke_api_key(user_id=user_id, key_id=key.pk, now=NOON)
    assert ApiKey.objects.get().revoked_at == NOON


def test_the_database_knows_the_scopes_and_spends_a_signature_once(alice: Person) -> None:
    key = made_key(alice).key
    for scopes in ("{}", "{admin}", "{read,admin}"):
        with refused("scopes_are_known"):
            run_sql("UPDATE api_keys SET scopes = %s", scopes)
    with refused("a_signature_is_spent_once"):
        for _ in range(2):
            run_sql("INSERT INTO spent_signatures (key_id, signature, spent_at) VALUES (%s, 'x', now())", key.pk)


def test_the_terms_of_the_tests_have_all_scopes() -> None:
    assert set(TERMS.scopes) == set(Scope)
