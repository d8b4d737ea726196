from django.conf import settings
from django.core.mail import EmailMultiAlternatives


def send_mail(*, to: str, subject: str, text: str, html: str) -> None:
    """Hand one mail over to the mail server. Raises whatever the server or the way to it does."""
    mail = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [to])
    mail.attach_alternative(html, "text/html")
    mail.send()
