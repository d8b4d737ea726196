from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access.api_keys import AddressNotAllowed, InvalidKey, InvalidSignature, SignatureUsed, signature_of
from accounts.domain.access.scopes import AccountClosed, AccountFrozen, Scope
from accounts.models import ApiKey, SpentSignature, User
from accounts.services.access.keys.authenticate_key import (
    KeyCaller,
    SignedRequest,
    authenticate_key,
    authenticate_signature,
)
from accounts.services.access.keys.make_api_key import MadeKey
from accounts.services.access.keys.revoke_api_key import revoke_api_key
from accounts.services.access.prune_access import prune_access
from accounts.tests.cast import NOON, Person, person
from accounts.tests.keys import made_key
from accounts.tests.threads import at_once

HERE = "192.0.2.1"
PATH = "/api/v1/flash-trades?limit=1"


def come(token: str, *, address: str = HERE, seconds: int = 0) -> KeyCaller:
    return authenticate_key(token=token, address=address, now=NOON + timedelta(seconds=seconds))


def signed(made: MadeKey, *, body: bytes = b"{}", milliseconds: int = 0) -> SignedRequest:
    timestamp = str(int(NOON.timestamp() * 1000) + milliseconds)
    signature = signature_of(made.secret, timestamp=timestamp, method="POST", path=PATH, body=body)
    return SignedRequest(made.key.prefix, timestamp, signature, "POST", PATH, body)


def come_signed(request: SignedRequest, seconds: int = 0) -> KeyCaller:
    return authenticate_signature(request=request, address=HERE, now=NOON + timedelta(seconds=seconds))


def test_a_key_lets_its_owner_in_with_its_scopes(alice: Person) -> None:
    caller = come(made_key(alice, Scope.READ).secret)
    assert (caller.user, caller.access.scopes) == (alice.user, {Scope.READ})


def test_a_wrong_secret_another_keys_secret_and_junk_are_refused(alice: Person) -> None:
    token, other = made_key(alice).secret, made_key(alice).secret
    prefix = token[3:15]
    for wrong in (
        f"ct_{prefix}_{'x' * 43}",
        f"ct_{prefix}_{other[16:]}",
        token[:-1],
        token + "x",
        token.upper(),
        "ct_",
        "ct__",
    ):
        with pytest.raises(InvalidKey):
            come(wrong)


def test_a_signing_key_sends_no_secret_and_a_bearer_key_doesnt_sign(alice: Person) -> None:
    signing, bearer = made_key(alice, signs=True), made_key(alice)
    with pytest.raises(InvalidKey):
        come(f"ct_{signing.key.prefix}_{signing.secret}")
    with pytest.raises(InvalidKey):
        come_signed(signed(replace(bearer, secret=bearer.secret[16:])))


def test_revoked_and_expired_keys_open_nothing(alice: Person) -> None:
    token = made_key(alice, expires_at=NOON + timedelta(seconds=10)).secret
    come(token, seconds=9)
    with pytest.raises(InvalidKey):
        come(token, seconds=10)
    revoked = made_key(alice)
    revoke_api_key(user_id=alice.user.pk, key_id=revoked.key.pk, now=NOON)
    with pytest.raises(InvalidKey):
        come(revoked.secret)


@pytest.mark.parametrize(("state", "refusal"), [("frozen", AccountFrozen), ("closed", AccountClosed)])
def test_the_keys_of_frozen_and_closed_people_say_so(alice: Person, state: str, refusal: type[Exception]) -> None:
    made, signing = made_key(alice), made_key(alice, signs=True)
    User.objects.update(is_active=False, **{f"{state}_at": NOON})
    with pytest.raises(refusal):
        come(made.secret)
    with pytest.raises(refusal):
        come_signed(signed(signing))
    with pytest.raises(InvalidKey):  # but only the holder of the key learns that
        come(made.secret[:-43] + "x" * 43)


def test_a_key_is_bound_to_its_networks(alice: Person) -> None:
    token = made_key(alice, networks=("192.0.2.0/24", "2001:db8::/32")).secret
    come(token, address="192.0.2.200")
    come(token, address="2001:db8::5")
    for elsewhere in ("198.51.100.1", "2001:db9::5", ""):
        with pytest.raises(AddressNotAllowed):
            come(token, address=elsewhere)


def test_the_last_use_is_noted_at_most_once_a_minute(alice: Person) -> None:
    token = made_key(alice).secret
    for seconds, address, noted in ((0, HERE, 0), (59, "192.0.2.9", 0), (60, "2001:db8::1", 60), (119, HERE, 60)):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            come(token, address=address, seconds=seconds)
        assert len(queries) == (2 if seconds == noted else 1)
        assert ApiKey.objects.get().last_used_at == NOON + timedelta(seconds=noted)
    assert ApiKey.objects.get().last_used_from == "2001:db8::1"


def test_a_signature_is_good_for_the_very_request_and_once(alice: Person) -> None:
    made = made_key(alice, signs=True)
    request = signed(made)
    changes: list[dict[str, object]] = [
        {"body": b"{} "},
        {"method": "GET"},
        {"path": "/api/v1/flash-trades?limit=2"},
        {"timestamp": str(int(request.timestamp) + 1)},
        {"signature": f" {request.signature}"},
        {"signature": f"0x{request.signature}"},
        {"signature": "é" * 64},
        {"signature": ""},
    ]
    for change in changes:
        with pytest.raises(InvalidSignature):
            come_signed(replace(request, **change))  # type: ignore[arg-type]
    assert come_signed(request).user == alice.user
    with pytest.raises(SignatureUsed):
        come_signed(request)
    assert come_signed(signed(made, milliseconds=1)).user == alice.user


def test_hex_in_capitals_is_the_same_signature(alice: Person) -> None:
    request = signed(made_key(alice, signs=True))
    loud = replace(request, signature=request.signature.upper())
    assert come_signed(loud).user == alice.user
    with pytest.raises(SignatureUsed):
        come_signed(request)


def test_a_signature_ages_in_five_seconds(alice: Person) -> None:
    request = signed(made_key(alice, signs=True))
    for seconds in (6, -6):
        with pytest.raises(InvalidSignature):
            come_signed(request, seconds=seconds)
    come_signed(request, seconds=5)


def test_another_keys_prefix_and_junk_are_refused(alice: Person, bob: Person) -> None:
    request = signed(made_key(alice, signs=True))
    with pytest.raises(InvalidSignature):
        come_signed(replace(request, prefix=made_key(bob, signs=True).key.prefix))
    for prefix in ("", "\0", "nobody", "é", "x" * 5000):
        with pytest.raises(InvalidKey):
            come_signed(replace(request, prefix=prefix))


@pytest.mark.refusals
@pytest.mark.django_db(transaction=True)
def test_the_same_signature_sent_many_times_at_once_gets_through_once() -> None:
    request = signed(made_key(person("alice"), signs=True))
    results = at_once([partial(come_signed, request)] * 8)
    assert [type(result) for result in results].count(KeyCaller) == 1
    assert [type(result) for result in results].count(SignatureUsed) == 7


def test_spent_signatures_are_dropped_when_no_replay_can_pass(alice: Person) -> None:
    request = signed(made_key(alice, signs=True), milliseconds=5000)
    come_signed(request)
    prune_access(now=NOON + timedelta(seconds=10))
    with pytest.raises(SignatureUsed):
        come_signed(request, seconds=10)
    prune_access(now=NOON + timedelta(minutes=2))
    assert not SpentSignature.objects.exists()
