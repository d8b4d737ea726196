"""A manifest says the same after it was written and read. A reader notices each cut, change and exchange."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.backups import layout, manifest, seals
from monitoring.domain.backups.manifest import BadManifest, ChainHead, Contents, LedgerTotal, Manifest, Part

AT = datetime(2026, 1, 2, 2, tzinfo=UTC)
KEYS = ["a key of the platform", "an older key"]

names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
amounts = st.decimals(-(10**11), 10**11, places=8)
counts = st.integers(0, 10**15)
contents = st.builds(
    Contents,
    taken_at=instants,
    database=names,
    size_bytes=counts,
    server_version=st.integers(150000, 200000),
    migrations=st.dictionaries(names, names),
    rows=st.dictionaries(names, counts),
    ledger=st.lists(
        st.builds(LedgerTotal, names, names, st.booleans(), counts, balance=amounts, held=amounts), max_size=3
    ).map(tuple),
    chains=st.lists(st.builds(ChainHead, names, counts, instants, names), max_size=3).map(tuple),
)
manifests = st.builds(
    Manifest,
    name=instants.map(layout.name_of),
    started_at=instants,
    ended_at=instants,
    program_version=names,
    commit=names,
    client_version=names,
    encryption=st.lists(names, max_size=2).map(tuple),
    files=st.lists(st.builds(Part, names, counts, names), max_size=4).map(tuple),
    contents=contents,
    warnings=st.lists(names, max_size=2).map(tuple),
    format=st.just(manifest.FORMAT),
)


def example() -> Manifest:
    ledger = (LedgerTotal("wallet", "USDT", True, 2, Decimal("10.50"), Decimal(0)),)
    found = Contents(AT, "cryptotrader", 1, 180001, {"trading": "0012_x"}, {"users": 3}, ledger, ())
    files = (Part("database.dump.age", 100, "ab" * 32), Part("configuration.json", 5, "cd" * 32))
    return Manifest(layout.name_of(AT), AT, AT + timedelta(seconds=9), "1", "", "18.1", (), files, found)


@given(manifests)
def test_it_reads_what_it_wrote(written: Manifest) -> None:
    assert manifest.read(manifest.write(written)) == written


def test_a_file_is_found_in_plain_text_or_encrypted_under_its_own_name() -> None:
    files = example().files
    assert [example().part(name) for name in (layout.DUMP, layout.CONFIGURATION, layout.REDIS)] == [*files, None]
    assert example().size_bytes == 105


@given(st.integers(0, len(manifest.write(example())) - 2))
def test_a_manifest_that_is_cut_off_is_refused(length: int) -> None:
    with pytest.raises(BadManifest):
        manifest.read(manifest.write(example())[:length])


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (b'"format": 1', b'"format": 2', "format 2; this program reads 1"),
        (b'"10.5"', b'"ten"', "no amount in 'ten'"),
        (b'"2026-01-02T02:00:00Z"', b'"yesterday"', "no instant in 'yesterday'"),
        (b'"chains"', b'"chain"', "chains"),
        (b'"commit"', b'"comit"', "comit"),
        (b"{", b"[", "not JSON"),
    ],
)
def test_a_manifest_of_another_form_is_refused_with_the_reason(before: bytes, after: bytes, told: str) -> None:
    with pytest.raises(BadManifest, match=told):
        manifest.read(manifest.write(example()).replace(before, after))
    with pytest.raises(BadManifest):
        manifest.read(b"[]")


@given(st.data())
def test_a_seal_shows_each_change_of_one_byte(data: st.DataObject) -> None:
    text = manifest.write(example())
    sealed = seals.seal(text, KEYS)
    assert seals.is_authentic(text, sealed, KEYS)
    place = data.draw(st.integers(0, len(text) - 1))
    changed = bytes([text[place] ^ data.draw(st.integers(1, 255))])
    with pytest.raises(seals.Damaged):
        seals.is_authentic(text[:place] + changed + text[place + 1 :], sealed, KEYS)
    with pytest.raises(seals.Damaged):
        seals.is_authentic(text, sealed[: data.draw(st.integers(0, len(sealed) - 2))], KEYS)


def test_a_seal_of_strangers_is_whole_but_not_ours() -> None:
    text = manifest.write(example())
    assert not seals.is_authentic(text, seals.seal(text, ["a key of strangers"]), KEYS)
    assert seals.is_authentic(text, seals.seal(text, KEYS[1:]), KEYS), "after a new key was put first"


@given(instants)
def test_a_name_says_the_second_of_the_beginning(at: datetime) -> None:
    name = layout.name_of(at)
    assert layout.started_at(name) == at.replace(microsecond=0)
    assert layout.of_unfinished(layout.unfinished(name)) == name


@pytest.mark.parametrize(
    "name", ["cryptotrader-20260230T020000Z", "cryptotrader-20260102T020000", "old-20260102T020000Z", "", "lost+found"]
)
def test_another_name_is_none_of_a_backup(name: str) -> None:
    assert layout.started_at(name) is None
    assert layout.of_unfinished(f".{name}.unfinished") is None
    assert layout.of_unfinished(name) is None
