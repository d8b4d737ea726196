from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from accounts.models import PushKey
from accounts.sealing import seal, unseal


def push_key(*, now: datetime) -> EllipticCurvePrivateKey:
    """The platform's key at push services, made when it is first asked for. Raises BrokenSeal."""
    kept = PushKey.objects.filter(pk=1).first()
    if kept is None:
        PushKey.objects.bulk_create(
            [PushKey(pk=1, sealed_private_key=seal(_new()), made_at=now)], ignore_conflicts=True
        )
        kept = PushKey.objects.get(pk=1)
    key = load_pem_private_key(unseal(kept.sealed_private_key).encode(), None)
    if not isinstance(key, EllipticCurvePrivateKey):
        raise TypeError("the push key is of another kind")
    return key


def _new() -> str:
    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
