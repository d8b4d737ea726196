from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.domain.cashier import (
    BENEFICIARIES_MAX,
    BENEFICIARY_DELAY,
    BeneficiaryExists,
    TooManyBeneficiaries,
    check_address,
)
from accounts.domain.identity import new_id
from accounts.models import Beneficiary, User
from accounts.services.check_second_factor import check_second_factor
from accounts.services.lock_wallets import lock_wallets
from accounts.services.may_move_money import require_active


def add_beneficiary(
    *, user_id: int, currency: str, label: str, address: str, code: str | None, now: datetime
) -> Beneficiary:
    """Somewhere that this person's money may go, from a day later on. `code` is of their second factor.

    Raises InvalidInput, BeneficiaryExists, TooManyBeneficiaries, AccountFrozen, AccountClosed, and what
    `check_second_factor` raises.
    """
    label, address = label.strip(), address.strip()
    check_address(currency=currency, label=label, address=address)
    require_active(user_id)
    check_second_factor(user=User.objects.get(pk=user_id), code=code, now=now)
    beneficiary = Beneficiary(
        id=new_id(now),
        user_id=user_id,
        currency=currency,
        label=label,
        address=address,
        created_at=now,
        usable_from=now + BENEFICIARY_DELAY,
    )
    try:
        with transaction.atomic(durable=True):
            lock_wallets(owner_ids=[user_id], currency=currency, demo=False)
            if Beneficiary.objects.filter(user_id=user_id, removed_at=None).count() >= BENEFICIARIES_MAX:
                raise TooManyBeneficiaries(f"At most {BENEFICIARIES_MAX}")
            beneficiary.save(force_insert=True)
    except IntegrityError as error:
        if "one_beneficiary_an_address" in str(error):
            raise BeneficiaryExists(address) from error
        raise
    return beneficiary
