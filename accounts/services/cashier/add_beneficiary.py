from datetime import datetime

from django.db import transaction

from accounts.domain.access.scopes import SecondFactorWrong
from accounts.domain.cashier.real_money import (
    BENEFICIARIES_MAX,
    BENEFICIARY_DELAY,
    BeneficiaryExists,
    CashierClosed,
    TooManyBeneficiaries,
    check_address,
)
from accounts.domain.errors import Said, mark
from accounts.domain.identity import new_id
from accounts.models import Beneficiary, User
from accounts.selectors.cashier.real_money import terms_of
from accounts.services.access.check_second_factor import try_second_factor
from accounts.steps.lock_person import lock_person
from accounts.steps.log_on_commit import log_on_commit
from accounts.steps.may_move_money import require_active
from accounts.steps.tell_by_mail import tell_by_mail


def add_beneficiary(
    *, user_id: int, currency: str, label: str, address: str, code: str | None, now: datetime
) -> Beneficiary:
    """Add a beneficiary, usable after a day. `code` is a code of the person's second factor.

    Raises InvalidInput, CashierClosed where the currency has no terms, BeneficiaryExists, TooManyBeneficiaries,
    AccountFrozen, AccountClosed, and as `check_second_factor`.
    """
    label, address = label.strip(), address.strip()
    check_address(currency=currency, label=label, address=address)
    beneficiary = Beneficiary(
        id=new_id(now),
        user_id=user_id,
        currency=currency,
        label=label,
        address=address,
        created_at=now,
        usable_from=now + BENEFICIARY_DELAY,
    )
    with transaction.atomic(durable=True):
        lock_person(user_id)  # a parallel request for another one comes before this one, or after it
        require_active(user_id)
        _check_room(beneficiary)
        # Last of all: a request that is refused for another reason spends no code.
        proven = try_second_factor(user=User.objects.get(pk=user_id), code=code, now=now) is not None
        if proven:
            beneficiary.save(force_insert=True)
            tell_by_mail(user_id, "beneficiary_added", label=label, address=address, currency=currency)
            log_on_commit("beneficiary added", beneficiary_id=beneficiary.pk, user_id=user_id, currency=currency)
    if not proven:
        raise SecondFactorWrong
    return beneficiary


def _check_room(wanted: Beneficiary) -> None:
    if terms_of(wanted.currency) is None:
        raise CashierClosed(wanted.currency)
    others = Beneficiary.objects.filter(user_id=wanted.user_id, removed_at=None)
    if others.filter(currency=wanted.currency, address=wanted.address).exists():
        raise BeneficiaryExists(wanted.address)
    if others.count() >= BENEFICIARIES_MAX:
        raise TooManyBeneficiaries(Said(mark("At most {count}"), count=BENEFICIARIES_MAX))
