"""A stored passkey like a browser's; nobody can sign with it."""

from hashlib import sha256

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts.models import User

ID = b"a passkey of the tests"


def stored_passkey(user: User, name: str = "Laptop") -> Authenticator:
    """Stores it as if `user` had added it."""
    key = ES256.from_cryptography_key(generate_private_key(SECP256R1()).public_key())  # type: ignore[no-untyped-call]
    known = AttestedCredentialData.create(b"\0" * 16, ID, key)
    seen = AuthenticatorData.create(sha256(b"localhost").digest(), AuthenticatorData.FLAG.AT, 0, known)
    client = CollectedClientData.create(type="webauthn.create", challenge=b"x" * 32, origin="https://localhost")
    response = {
        "clientDataJSON": websafe_encode(client),
        "attestationObject": websafe_encode(AttestationObject.create("none", seen, {})),
    }
    credential = {"id": websafe_encode(ID), "rawId": websafe_encode(ID), "type": "public-key", "response": response}
    data = {"name": name, "credential": credential}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)
