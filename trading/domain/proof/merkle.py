"""Merkle trees over a day's price digests, hashed as in RFC 6962: a leaf never passes for a node.

A tree of n leaves is cut at the largest power of two below n. That is the same as pairing from the left, level by
level, where a node without a neighbour moves up unchanged. So the roots of the full blocks of leaves are nodes of the
tree: with these roots stored, a path needs only one block of the leaves.
"""

import hashlib
from collections.abc import Sequence

BLOCK = 1024
"""Leaves under one stored node: a day of 86,400 prices stores 85 of them."""


def leaf_hash(digest: str) -> str:
    """The leaf of a price, from its digest's 32 bytes; hexadecimal, like all hashes here."""
    return hashlib.sha256(b"\x00" + bytes.fromhex(digest)).hexdigest()


def node_hash(left: str, right: str) -> str:
    return hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def block_roots(digests: Sequence[str]) -> list[str]:
    """The root of each `BLOCK` of leaves; the last block may be smaller."""
    return [
        root_of([leaf_hash(digest) for digest in digests[start : start + BLOCK]])
        for start in range(0, len(digests), BLOCK)
    ]


def root_of(nodes: Sequence[str]) -> str:
    """The root over these nodes of one level. Without nodes: the hash of nothing, as in RFC 6962."""
    if not nodes:
        return hashlib.sha256(b"").hexdigest()
    level = list(nodes)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path_of(nodes: Sequence[str], index: int) -> list[str]:
    """The neighbours on the way from the node at `index` up to the root, lowest first."""
    level, path = list(nodes), []
    while len(level) > 1:
        neighbour = index ^ 1
        if neighbour < len(level):
            path.append(level[neighbour])
        level, index = _above(level), index // 2
    return path


def climb(leaf: str, *, index: int, size: int, path: Sequence[str]) -> str | None:
    """The root that this path leads to from the leaf at `index` of `size`; None for a path of another length."""
    if not 0 <= index < size:
        return None
    node, rest = leaf, list(path)
    while size > 1:
        neighbour = index ^ 1
        if neighbour < size:
            if not rest:
                return None
            other = rest.pop(0)
            node = node_hash(other, node) if index % 2 else node_hash(node, other)
        index, size = index // 2, (size + 1) // 2
    return None if rest else node


def _above(level: Sequence[str]) -> list[str]:
    pairs = [node_hash(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs
