"""Endpoints for payment providers to report events."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.access.tokens import Open
from accounts.domain.cashier.real_money import Provider
from accounts.services.cashier.receive_delivery import receive_delivery


class BTCPayWebhook(Open):
    """Signed by BTCPay Server, which repeats each delivery up to six times until the status is 2xx.

    So a message about no deposit of ours also gets 200: a repetition would change nothing.
    """

    def post(self, request: Request) -> Response:
        body = request._request.body  # the signature covers the raw bytes
        received = receive_delivery(provider=Provider.BTCPAY, headers=request.headers, body=body, now=timezone.now())
        return Response({"result": received})
