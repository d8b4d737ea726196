"""Endpoints for people to manage their webhooks. No API key may: a webhook shows a person's trades to an address."""

from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.errors import FieldError, InvalidInput, NotFound
from accounts.models import WebhookEndpoint
from accounts.rest.doors import Door, asks
from accounts.rest.inputs import required_texts, takes
from accounts.rest.permissions import PersonOnly
from accounts.rest.windows import limit_of
from accounts.selectors.people.person import id_of
from accounts.selectors.webhooks.endpoints import endpoint_of, endpoints_of, messages_of
from accounts.services.webhooks.make_endpoint import make_endpoint
from accounts.services.webhooks.remove_endpoint import remove_endpoint
from accounts.services.webhooks.send_test_message import send_test_message
from accounts.services.webhooks.switch_on_endpoint import switch_on_endpoint
from accounts.wire import webhooks as wire


class Webhooks(Door):
    permission_classes = (PersonOnly,)

    def get(self, request: Request) -> Response:
        return Response({"results": [wire.endpoint(each) for each in endpoints_of(id_of(request.user))], "next": None})

    @takes("url", "events")
    def post(self, request: Request) -> Response:
        """Registers an address. Only this response contains the secret that signs its messages."""
        (url,) = required_texts(request, "url")
        events = dict(request.data).get("events")
        if not isinstance(events, list) or not all(isinstance(event, str) for event in events):
            raise InvalidInput(fields=(FieldError("events", "invalid", "a list of strings"),))
        made = make_endpoint(user_id=id_of(request.user), url=url, events=events, now=timezone.now())
        shown = wire.endpoint(made.endpoint) | {"secret": made.secret}
        return Response(shown, status=201, headers={"Location": f"/api/v1/webhooks/{made.endpoint.pk}"})


class WebhookDetail(Door):
    permission_classes = (PersonOnly,)

    def get(self, request: Request, webhook_id: UUID) -> Response:
        return Response(wire.endpoint(_found(request, webhook_id)))

    @takes()
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        remove_endpoint(user_id=id_of(request.user), endpoint_id=webhook_id, now=timezone.now())
        return Response(status=204)


class WebhookOn(Door):
    permission_classes = (PersonOnly,)

    @takes()
    def post(self, request: Request, webhook_id: UUID) -> Response:
        return Response(wire.endpoint(switch_on_endpoint(user_id=id_of(request.user), endpoint_id=webhook_id)))


class WebhookTest(Door):
    permission_classes = (PersonOnly,)

    @takes()
    def post(self, request: Request, webhook_id: UUID) -> Response:
        sent = send_test_message(user_id=id_of(request.user), endpoint_id=webhook_id, now=timezone.now())
        return Response(wire.message(sent), status=202)


class WebhookMessages(Door):
    permission_classes = (PersonOnly,)

    @asks("limit")
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """The newest messages of the last 30 days, with their last tries."""
        found = messages_of(_found(request, webhook_id), limit=limit_of(request, default=50, most=200))
        return Response({"results": [wire.message(each) for each in found], "next": None})


def _found(request: Request, webhook_id: UUID) -> WebhookEndpoint:
    found = endpoint_of(id_of(request.user), webhook_id)
    if found is None:
        raise NotFound(str(webhook_id))
    return found
