"""Nobody alone makes anybody a member of staff, not even a superuser."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from accounts.domain.approvals.requests import NotPermitted, OwnRequest, Role
from accounts.domain.errors import InvalidInput, NotFound
from accounts.models import AuditEvent, User
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.services.people.change_staff import membership_of
from accounts.tests.cast import NOON, PASSWORD, Person
from accounts.tests.rest_client import Api
from accounts.tests.staff import approved, asked, staff_member
from accounts.tests.till import TOMORROW, Customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.com", PASSWORD, locale="en", joined_at=NOON)


def standing(person: Person) -> tuple[str, list[str]]:
    membership = membership_of(User.objects.get(pk=person.user.pk))
    return membership.standing.value, [role.value for role in membership.roles]


def test_a_superuser_asks_and_another_member_of_staff_approves(root: User, rick: User, alice: Person) -> None:
    subject = f"user:{alice.user.pk}"
    request = asked("change_staff", subject, by=root, standing="staff", roles="risk,finance")
    assert standing(alice) == ("none", [])
    approved(request, rick)
    assert standing(alice) == ("staff", ["finance", "risk"])
    approved(asked("change_staff", subject, by=root, standing="superuser"), rick)
    assert standing(alice) == ("superuser", [])
    approved(asked("change_staff", subject, by=root, standing="none"), rick)
    person = User.objects.get(pk=alice.user.pk)
    assert (standing(alice), person.is_superuser) == (("none", []), False)
    changes = AuditEvent.objects.filter(table="users", operation="UPDATE", person=person).order_by("id")
    assert [event.after["is_staff"] for event in changes if event.after and "is_staff" in event.after] == [True, False]


def test_a_new_standing_ends_the_sessions_of_before(root: User, rick: User, alice: Person) -> None:
    """A thief's session of a trader would become one of staff; and one of former staff would go on."""
    for wanted in ("staff", "none"):
        app = Api(Person(User.objects.get(pk=alice.user.pk)))
        assert app.get("/api/v1/wallets").status == 200
        approved(asked("change_staff", f"user:{alice.user.pk}", by=root, standing=wanted), rick)
        app.get("/api/v1/wallets").assert_problem(401, "not-authenticated")


def test_a_role_that_is_not_made_yet_is_not_given(root: User, alice: Person) -> None:
    Group.objects.filter(name=Role.FINANCE).update(name="elsewhere")
    try:
        with pytest.raises(InvalidInput) as caught:
            asked("change_staff", f"user:{alice.user.pk}", by=root, standing="staff", roles="finance")
    finally:
        Group.objects.filter(name="elsewhere").update(name=Role.FINANCE)
    assert [fault.field for fault in caught.value.fields] == ["roles"]


def test_an_approval_of_a_former_member_of_staff_counts_no_longer(
    saver: Customer, fay: User, rick: User, rosa: User
) -> None:
    withdrawal = saver.withdraw("100")
    approve_withdrawal(withdrawal_id=withdrawal.pk, decided_by=fay.pk, now=TOMORROW)
    request = asked("fail_withdrawal", f"withdrawal:{withdrawal.pk}", by=fay, at=TOMORROW, told="it came back")
    assert approved(request, rick, at=TOMORROW).state == "pending"
    User.objects.filter(pk=rick.pk).update(is_staff=False)
    assert approved(request, rosa, at=TOMORROW).state == "pending"
    assert approved(request, staff_member("ruth", Role.RISK), at=TOMORROW).state == "executed"


def test_a_second_account_of_the_same_person_is_no_second_person(root: User, alice: Person) -> None:
    """Alone, the superuser neither approves the request nor makes an account that could."""
    request = asked("change_staff", f"user:{alice.user.pk}", by=root, standing="superuser")
    for person in (root, alice.user):
        with pytest.raises((OwnRequest, NotPermitted)):
            approved(request, person)
    with pytest.raises(OwnRequest):
        asked("change_staff", f"user:{root.pk}", by=root, standing="none")
    assert standing(alice) == ("none", [])


def test_only_superusers_ask_and_only_they_and_risk_approve(root: User, rick: User, alice: Person) -> None:
    everybody = [staff_member(role, *(each for each in Role if each == role)) for role in Role]
    subject = f"user:{alice.user.pk}"
    for person in everybody:
        with pytest.raises(NotPermitted):
            asked("change_staff", subject, by=person, standing="staff")
    request = asked("change_staff", subject, by=root, standing="staff")
    for person in everybody:
        if not person.groups.filter(name=Role.RISK).exists():
            with pytest.raises(NotPermitted):
                approved(request, person)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"standing": "boss"}, "standing"),
        ({}, "standing"),
        ({"standing": "staff", "roles": "risk,king"}, "roles"),
        ({"standing": "none", "roles": "risk"}, "roles"),
        ({"standing": "none"}, "standing"),
    ],
)
def test_a_wrong_request_names_its_field(root: User, alice: Person, wanted: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        asked("change_staff", f"user:{alice.user.pk}", by=root, **wanted)
    assert [fault.field for fault in caught.value.fields] == [field]


def test_nobody_who_does_not_exist_becomes_staff(root: User) -> None:
    with pytest.raises(NotFound):
        asked("change_staff", "user:0", by=root, standing="staff")


def test_the_first_superusers_come_by_a_command_and_the_next_by_approval(db: None) -> None:
    """Two are needed to approve each other's requests. When others have gone, the command works again."""

    def create(name: str) -> None:
        call_command("createsuperuser", "--noinput", email=f"{name}@example.com", verbosity=0)

    create("one")
    event = AuditEvent.objects.get(table="users", operation="INSERT")
    assert (event.after or {})["is_superuser"] is True
    assert (event.actor_id, bool(event.program or event.database_user)) == (None, True)
    create("two")
    with pytest.raises(CommandError, match="Change standing and roles"):
        create("three")
    User.objects.filter(email="two@example.com").update(is_active=False, frozen_at=NOON)
    create("three")
    assert set(User.objects.values_list("email", flat=True)) == {
        f"{name}@example.com" for name in ("one", "two", "three")
    }
