import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.domain.proof.merkle import BLOCK, block_roots, climb, leaf_hash, node_hash, path_of, root_of


def digests(count: int) -> list[str]:
    return [hashlib.sha256(str(n).encode()).hexdigest() for n in range(count)]


def recursive_root(leaves: list[str]) -> str:
    """Straight from RFC 6962, section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").hexdigest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + bytes.fromhex(leaves[0])).hexdigest()
    cut = 1 << ((len(leaves) - 1).bit_length() - 1)
    left, right = recursive_root(leaves[:cut]), recursive_root(leaves[cut:])
    return hashlib.sha256(b"\x01" + bytes.fromhex(left + right)).hexdigest()


@pytest.mark.parametrize("count", [*range(18), 63, 64, 65, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7, 5 * BLOCK])
def test_the_root_is_that_of_the_rfc_by_blocks_too(count: int) -> None:
    leaves = digests(count)
    assert root_of(block_roots(leaves)) == recursive_root(leaves)
    assert root_of([leaf_hash(leaf) for leaf in leaves]) == recursive_root(leaves)


@given(st.data(), st.integers(1, 70))
def test_every_leaf_has_a_path_and_no_other_leaf_or_place_has_it(data: st.DataObject, size: int) -> None:
    leaves = [leaf_hash(digest) for digest in digests(size)]
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    path, root = path_of(leaves, index), root_of(leaves)

    assert climb(leaves[index], index=index, size=size, path=path) == root
    if other != index:
        assert climb(leaves[other], index=index, size=size, path=path) != root
        assert climb(leaves[index], index=other, size=size, path=path) != root
    for position in range(len(path)):
        changed = [*path[:position], leaf_hash("00" * 32), *path[position + 1 :]]
        assert climb(leaves[index], index=index, size=size, path=changed) != root


@pytest.mark.parametrize("index", [0, BLOCK - 1, BLOCK, 2 * BLOCK, 2 * BLOCK + 5])
def test_a_path_through_a_block_and_then_over_the_blocks_is_a_path(index: int) -> None:
    leaves = digests(2 * BLOCK + 6)
    roots, block = block_roots(leaves), index // BLOCK
    within = [leaf_hash(digest) for digest in leaves[block * BLOCK : (block + 1) * BLOCK]]
    path = path_of(within, index % BLOCK) + path_of(roots, block)
    assert climb(leaf_hash(leaves[index]), index=index, size=len(leaves), path=path) == root_of(roots)


def test_a_path_of_another_length_leads_nowhere() -> None:
    leaves = [leaf_hash(digest) for digest in digests(6)]
    path = path_of(leaves, 4)
    assert climb(leaves[4], index=4, size=6, path=path[:-1]) is None
    assert climb(leaves[4], index=4, size=6, path=[*path, leaves[0]]) is None
    assert climb(leaves[4], index=6, size=6, path=path) is None
    assert climb(leaves[4], index=-1, size=6, path=path) is None


def test_a_node_never_passes_for_a_leaf() -> None:
    left, right = digests(2)
    assert node_hash(left, right) != hashlib.sha256(b"\x00" + bytes.fromhex(left + right)).hexdigest()
