"""From a row of the outbox to a message; the words are in templates/notices/email.*"""

from __future__ import annotations

import re
from email.utils import make_msgid
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from jobs.priorities import WAITED_FOR
from notices.kinds import LETTERS
from people.services import write_letter

if TYPE_CHECKING:
    from notices.models import Email
    from people.models import User


SEND = "notices.tasks.send_email"  # by its path: the task imports the workflow, which imports this
# Before the others. An import sends thousands of activations at once, so these wait a little.
PRIORITY = {"account.activation": 0, "account.password_reset": WAITED_FOR}


def one_line(text: object, limit: int = 200) -> str:
    """For headers and greetings: a line break in a name or a title must not end the header."""
    line = re.sub(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+", " ", str(text)).strip()
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def new_message_id() -> str:
    """Made once for each e-mail: a mail sent twice after a crash is recognised as one."""
    return make_msgid(domain=urlsplit(settings.PUBLIC_URL).hostname or "localhost")


def language_of(user: User) -> str:
    known = dict(settings.LANGUAGES)
    return user.language if user.language in known else settings.LANGUAGE_CODE


def send(email: Email) -> None:
    """Hand one e-mail to the mail server. The secret of a letter counts from then on: what is not
    sent leaves the one before as it was.
    """
    if email.kind not in LETTERS:
        build(email).send()
        return
    with transaction.atomic():
        words = write_letter(LETTERS[email.kind], email.recipient)
        to = [email.recipient.email]
        EmailMessage(words.subject, words.body, to=to, headers=_headers(email)).send()


def _headers(email: Email) -> dict[str, str]:
    return {"Message-ID": email.message_id, "Auto-Submitted": "auto-generated"}


def build(email: Email) -> EmailMultiAlternatives:
    """Plain text with an HTML alternative, in the recipient's language."""
    context = {
        "greeting": one_line(email.recipient.full_name),
        "subject": email.subject,
        "paragraphs": [part.strip() for part in email.body.split("\n\n") if part.strip()],
        "url": urljoin(settings.PUBLIC_URL, email.path or "/"),
        "province": settings.PROVINCE["name"],
    }
    with translation.override(language_of(email.recipient)):
        message = EmailMultiAlternatives(
            subject=one_line(email.subject),
            body=render_to_string("notices/email.txt", context),
            to=[email.recipient.email],
            headers=_headers(email),
        )
        message.attach_alternative(render_to_string("notices/email.html", context), "text/html")
    return message
