from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import wire
from accounts.selectors import id_of, person
from accounts.services.change_settings import change_settings


class Me(APIView):
    """Who is calling, and their settings; PATCH changes those that it names."""

    def get(self, request: Request) -> Response:
        return Response(wire.person(person(id_of(request.user))))

    def patch(self, request: Request) -> Response:
        change_settings(user_id=id_of(request.user), changes=dict(request.data))
        return self.get(request)
