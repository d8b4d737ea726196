"""Writes each email in its one form, and lets none in that isn't. Accounts that share a mailbox stop it: it names them.

A copy of accounts/domain/mailbox.py, as it is now.
"""

import re
from unicodedata import category, normalize

import idna
from django.core.management import CommandError
from django.db import migrations, models
from django.db.models import Q

FORM = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[!-@\[-~]{1,253}")
JOINERS = "\u200c\u200d"


def mailbox(typed):
    """Returns the one form of an address; None for an address that no mail server would take."""
    text = "".join(sign for sign in normalize("NFKC", typed) if category(sign) != "Cf" or sign in JOINERS)
    local, _, domain = text.strip().lower().rpartition("@")
    domain = domain.removesuffix(".")
    if domain.startswith("["):
        return None
    if not domain.isascii() or "xn--" in domain:
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            return None
    form = f"{local.translate(dict.fromkeys(map(ord, JOINERS)))}@{domain}"
    return form if len(form) <= 254 and FORM.fullmatch(form) else None


def faults(emails):
    """Returns a line for each mailbox that several accounts share, and for each address that is no mailbox.

    `emails` has each account's address by its id.
    """
    owners = {}
    for number, email in sorted(emails.items()):
        owners.setdefault(mailbox(email), []).append(number)
    lines = [
        f"accounts {', '.join(map(str, numbers))} share the mailbox {form}: "
        + ", ".join(ascii(emails[number]) for number in numbers)
        for form, numbers in owners.items()
        if form is not None and len(numbers) > 1
    ]
    return lines + [f"account {number} has no mailbox: {emails[number]!a}" for number in owners.get(None, [])]


def write_in_one_form(apps, schema_editor):
    """Changes the addresses of people, or none: raises CommandError with the accounts that somebody must look at."""
    users, addresses = apps.get_model("accounts", "User"), apps.get_model("account", "EmailAddress")
    emails = dict(users.objects.values_list("pk", "email"))
    if found := faults(emails):
        raise CommandError("\n".join([*found, "Nothing is changed. See Shared mailboxes in docs/runbook.md."]))
    for number, email in emails.items():
        if mailbox(email) != email:
            users.objects.filter(pk=number).update(email=mailbox(email))
            addresses.objects.filter(user_id=number, email=email).update(email=mailbox(email))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_no_self_dealing"), ("account", "0009_emailaddress_unique_primary_email")]
    operations = [
        migrations.RunPython(write_in_one_form, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(condition=Q(email__regex=r"^[!-@\[-~]+$"), name="emails_are_mailboxes"),
        ),
    ]
