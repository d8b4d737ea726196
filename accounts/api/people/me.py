from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest.doors import Door
from accounts.rest.inputs import optional_text, required_texts, takes, user_of
from accounts.rest.permissions import PersonOnly
from accounts.selectors.people.person import id_of, person
from accounts.services.people.change_settings import change_settings
from accounts.services.people.close_account import close_account
from accounts.wire import people as wire_people


class Me(Door):
    """Shows the caller and their settings. PATCH changes the settings in its body."""

    def get(self, request: Request) -> Response:
        return Response(wire_people.person(person(id_of(request.user))))

    def patch(self, request: Request) -> Response:
        change_settings(user_id=id_of(request.user), changes=dict(request.data))
        return self.get(request)


class Close(Door):
    """Closes the caller's account for ever."""

    permission_classes = (PersonOnly,)

    @takes("password", "confirmation", "code")
    def post(self, request: Request) -> Response:
        password, confirmation = required_texts(request, "password", "confirmation")
        close_account(
            user=user_of(request),
            password=password,
            code=optional_text(request, "code"),
            confirmation=confirmation,
            clock=timezone.now,
        )
        return Response(status=204)
