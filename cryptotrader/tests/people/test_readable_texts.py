"""Texts that other people read have one rule: a reader sees what is stored. Every text of every table is in a list."""

import re
from collections.abc import Callable
from unicodedata import name

import pytest
from django.apps import apps
from django.db import models

from accounts.domain.access.api_keys import key_terms
from accounts.domain.approvals.requests import checked_reason
from accounts.domain.cashier.real_money import check_address, check_payment, check_reference
from accounts.domain.cashier.terms import AMOUNTS, SWITCHES, read_terms
from accounts.domain.errors import InvalidInput
from accounts.domain.office_texts import announcement_fault, checked_note
from accounts.domain.texts import is_plain
from accounts.tests.cast import NOON, Person
from accounts.web.access.second_factor import unique_name


def key_name(text: str) -> object:
    return key_terms(name=text, scopes=["read"], networks=[], expires_at=None, signs=False, now=NOON)


def reference(text: str) -> object:
    return check_reference("reason", text, 500)


def instructions(text: str) -> object:
    terms = {**dict.fromkeys(SWITCHES, "no"), **dict.fromkeys(AMOUNTS, "2"), "deposit_fee": "1"}
    return read_terms("USDT", {**terms, "deposit_provider": "manual", "deposit_instructions": text})


def announced(field: str) -> Callable[[str], None]:
    def read(text: str) -> None:
        if fault := announcement_fault(field, text):
            raise InvalidInput(fields=(fault,))

    return read


READ: dict[str, Callable[[str], object]] = {
    "AlertAnswer.text": checked_note,
    "Announcement.text_en": announced("text_en"),
    "Announcement.text_ko": announced("text_ko"),
    "ApiKey.name": key_name,
    "ApprovalDecision.reason": checked_reason,
    "ApprovalRequest.reason": checked_reason,
    "Beneficiary.address": lambda text: check_address(currency="KRW", label="a", address=f"bank{text}"),
    "Beneficiary.label": lambda text: check_address(currency="KRW", label=text, address="bank 1"),
    "CashierTerms.deposit_instructions": instructions,
    "Deposit.note": reference,
    "Deposit.provider_reference": check_payment,
    "Deposit.reason": reference,
    "Instrument.status_reason": checked_reason,
    "Instrument.status_reason_ko": checked_reason,
    "PayoutVersion.reason": checked_reason,
    "PersonNote.text": checked_note,
    "TradeCorrection.reason": checked_reason,  # of the approved request
    "Withdrawal.provider_reference": check_payment,
    "Withdrawal.reason": reference,
}
"""The texts that people type and others read, each with its check."""

OF_PROGRAMS = {
    "prefix", "secret_hash", "encrypted_secret", "made_by", "signature", "action", "subject", "idempotency_key",
    "currency", "provider", "checkout_url", "delivery_id", "event", "reference", "device", "password", "email",
    "time_zone", "order_digest", "symbol", "previous", "digest", "first_digest", "last_digest", "root", "kid",
    "algorithm", "public_key", "sealed_private_key", "table", "object_id", "program", "database_user", "host", "backup",
    "kept_as", "copy_failure", "endpoint", "receiver", "auth",
    "BackupRun.name", "BackupRun.failure", "Figure.name", "Restore.source", "RestoreDrill.failure",
    "ListExport.filters", "ListExport.list_name", "WebhookEndpoint.url", "WebhookMessage.fault",
}  # fmt: skip
"""Texts that programs write, or that have one form or a list of values; with the model, where people write a field of
that name elsewhere."""

UNREADABLE = [
    "a\u202eb", "a\u2066b", "a\u200bb", "a\u200db", "a\u00adb", "\ufeffa", "a\u2060b", "\u3164", "a\u115fb", "a\u2800b",
    "a\ufe0fb", "a\U000e0101b", "a\0b", "a\ud800b", "a\x07b", "a\x9bb", "a\u2028b", "a\ue000b", "a\uffffb",
]  # fmt: skip
READABLE = ["봇 1", "Büro – 2", "日本語", "bot (2)", "<b>&amp;", "e\u0301", "שלום"]


def texts() -> set[str]:
    return {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in ("accounts", "trading", "monitoring") and not hasattr(model, "pgh_tracked_model")
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices
    }


def test_every_text_is_read_by_people_or_belongs_to_programs() -> None:
    unknown = {text for text in texts() - READ.keys() if not {text, text.partition(".")[2]} & OF_PROGRAMS}
    assert unknown == set()
    assert READ.keys() <= texts()


@pytest.mark.parametrize("field", READ)
def test_a_text_that_reads_otherwise_than_it_is_stored_is_refused(field: str) -> None:
    for text in READABLE:
        READ[field](text)
    for text in UNREADABLE:
        with pytest.raises(InvalidInput):
            READ[field](text)


def test_the_name_of_a_passkey_is_made_readable(alice: Person) -> None:
    assert unique_name(alice.user.pk, "my\u202e  phone\u200b\n2") == "my phone 2"
    assert unique_name(alice.user.pk, "\u3164") == "Passkey"


def test_every_invisible_letter_of_unicode_is_known() -> None:
    signs = [chr(number) for number in range(0x110000) if not 0xD800 <= number < 0xE000]
    unseen = [sign for sign in signs if re.search("HANGUL.* FILLER|VARIATION SELECTOR", name(sign, ""))]
    assert len(unseen) > 250
    assert [hex(ord(sign)) for sign in unseen if is_plain(sign)] == []
