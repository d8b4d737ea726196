"""Where payment providers tell us that something has happened."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.access.tokens import Open
from accounts.domain.cashier.real_money import Provider
from accounts.services.cashier.receive_delivery import receive_delivery


class BTCPayWebhook(Open):
    """Signed by BTCPay Server. What isn't answered 2xx it sends again, six times: so what nobody waits for is 200."""

    def post(self, request: Request) -> Response:
        body = request._request.body  # the signature is over the bytes as they came
        received = receive_delivery(provider=Provider.BTCPAY, headers=request.headers, body=body, now=timezone.now())
        return Response({"result": received})
