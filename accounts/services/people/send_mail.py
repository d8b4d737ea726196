from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from accounts.tracing import traced


@traced
def send_mail(*, to: str, subject: str, text: str, html: str) -> None:
    """Send one mail to the mail server. Raises the errors of the server and of the connection to it."""
    mail = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [to])
    mail.attach_alternative(html, "text/html")
    mail.send()
