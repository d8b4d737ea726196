"""allauth's sign-up page, with a text about the kind of money."""

from typing import Any

from allauth.account.views import SignupView

from accounts.selectors.cashier.currencies import real_currencies


class SignUp(SignupView):  # type: ignore[misc]  # allauth has no types
    def get_context_data(self, **given: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**given)
        return context | {"real_money": bool(real_currencies())}
