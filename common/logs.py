"""Log lines as JSON, one each, without personal data.

Scrubbed before anything is written: NIP and NIK, e-mail addresses, phone numbers, verification
codes, and the row values that PostgreSQL quotes in its error texts ("Key (nip)=(…)", "Failing row
contains (…)"). Line breaks inside a message are escaped by JSON, so no message can forge a line.
"""

import logging
import re
import traceback
from typing import Any

import structlog

from common.middleware import current_request_id

REDACTIONS = (
    (re.compile(r"(Failing row contains )\(.*\)", re.DOTALL), r"\1(…)"),
    (re.compile(r"(Key \([^)]*\)=)\(.*?\)(?= )", re.DOTALL), r"\1(…)"),
    (re.compile(r"(DETAIL:\s*).*", re.DOTALL), r"\1…"),
    (re.compile(r"(invalid input syntax for [^:]*: )\".*\"", re.DOTALL), r'\1"…"'),
    (re.compile(r"(LINE \d+: ).*"), r"\1…"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[email]"),
    # NIP with or without its usual spaces; NIK; other long numbers that name people.
    (re.compile(r"(?<!\d)\d{8} ?\d{6} ?\d ?\d{3}(?!\d)"), "[nip]"),
    (re.compile(r"(?<!\d)\d{16}(?!\d)"), "[nik]"),
    (re.compile(r"(?<![\w-])(?:\+62|0)8\d{7,11}(?!\d)"), "[phone]"),
    (
        re.compile(
            r"(?i)(password|passwd|kata.?sandi|token|secret|csrfmiddlewaretoken|sessionid|"
            r"authorization|cookie|code|kode|key)(['\"]?\s*[=:]\s*['\"]?)([^\s'\"&,;]+)"
        ),
        r"\1\2[…]",
    ),
)


def scrub(text: str) -> str:
    for pattern, replacement in REDACTIONS:
        text = pattern.sub(replacement, text)
    return text


class ScrubFilter(logging.Filter):
    """Takes personal data out of a record: message, arguments, exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            message = str(record.msg)  # A wrong format string must not stop the line.
        record.msg, record.args = scrub(message), None
        # Django logs a 404 after the request's own context is over.
        record.request_id = current_request_id() or getattr(
            getattr(record, "request", None), "request_id", ""
        )
        record.user_id = _user_of(getattr(record, "request", None))
        if record.exc_info:
            record.exc_text = scrub(_exception_text(record.exc_info))
            record.exc_info = None
            record.exception_text = record.exc_text  # structlog empties `exc_text`.
        elif record.exc_text:
            record.exc_text = scrub(record.exc_text)
        if record.stack_info:
            record.stack_info = scrub(record.stack_info)
        return True


def _exception_text(exc_info: Any) -> str:
    if not isinstance(exc_info, tuple):
        return traceback.format_exc()
    return "".join(traceback.format_exception(*exc_info))


def _user_of(request: Any) -> str:
    """The key of whoever asked, if the request has looked for it; no name and no number."""
    if getattr(request, "is_untraced", False):
        return ""
    return str(getattr(getattr(request, "_cached_user", None), "pk", None) or "")


def _add_request_id(_logger: Any, _name: str, event: dict) -> dict:
    record = event.get("_record")
    if request_id := getattr(record, "request_id", "") or current_request_id():
        event["request_id"] = request_id
    if user_id := getattr(record, "user_id", ""):
        event["user_id"] = user_id
    return event


def _add_exception(_logger: Any, _name: str, event: dict) -> dict:
    text = getattr(event.get("_record"), "exception_text", "")
    exc_info = event.pop("exc_info", None)
    if not text and exc_info:
        text = scrub(_exception_text(exc_info))
    if text:
        event["exception"] = text
    return event


def _scrub_values(_logger: Any, _name: str, event: dict) -> dict:
    """Once more, for what arrives without the filter (another handler, structlog itself)."""
    return {
        key: scrub(value)
        if isinstance(value, str) and key not in ("timestamp", "request_id", "user_id")
        else value
        for key, value in event.items()
    }


class JsonFormatter(structlog.stdlib.ProcessorFormatter):
    """One JSON object a line: timestamp, level, logger, event, request_id, exception."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault(
            "foreign_pre_chain",
            [
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
        )
        super().__init__(
            *args,
            processors=[
                _add_request_id,
                _add_exception,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _scrub_values,
                structlog.processors.JSONRenderer(ensure_ascii=True),
            ],
            **kwargs,
        )
