"""Gives allauth the addresses of our pages for its mails."""

from allauth.headless.adapter import DefaultHeadlessAdapter
from django.urls import reverse

from accounts.site import absolute


class LinkAdapter(DefaultHeadlessAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth asks here for each link that it mails, for pages and apps; else it would take the request's Host."""

    def get_frontend_url(self, urlname: str, **values: str) -> str:
        if urlname == "account_reset_password_from_key":
            values["uidb36"], _, values["key"] = values["key"].partition("-")
        return absolute(reverse(urlname, kwargs=values))
