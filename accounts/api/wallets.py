from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import wire
from accounts.selectors import id_of, wallets_of


class Wallets(APIView):
    def get(self, request: Request) -> Response:
        results = [wire.wallet(wallet) for wallet in wallets_of(id_of(request.user))]
        return Response({"results": results, "next": None})
