from hashlib import blake2b
from statistics import NormalDist

_BITS = 52
_STEPS = float(1 << _BITS)
_NORMAL = NormalDist()


class Dice:
    """Random numbers without state: the same seed and the same name of a throw always give the same number."""

    def __init__(self, seed: str) -> None:
        self._key = blake2b(seed.encode(), digest_size=32).digest()

    def chance(self, *name: object) -> float:
        """Uniform in the open interval (0, 1)."""
        text = "/".join(map(str, name))
        digest = blake2b(text.encode(), key=self._key, digest_size=8).digest()
        return ((int.from_bytes(digest) >> (64 - _BITS)) + 0.5) / _STEPS

    def between(self, low: float, high: float, *name: object) -> float:
        """Uniform between low and high."""
        return low + (high - low) * self.chance(*name)

    def normal(self, *name: object) -> float:
        """Normal with mean 0 and deviation 1."""
        return _NORMAL.inv_cdf(self.chance(*name))
