"""How requests are written and answers are read; nothing here sends anything."""

import email.utils
import json
import math
import re
import time
from typing import Any, TypeGuard, cast

import httpx

from ._errors import FieldError, GuestlistError, GuestlistNetworkError, error_class
from ._operations import Answer, Operation

_NOT_JSON = object()


def parse_base_url(base_url: str, name: str = "base_url") -> str:
    """The server's address without a slash at its end; `name` is the argument that it came as.

    The messages do not repeat it: it might hold a password.
    """
    try:
        url = httpx.URL(base_url if isinstance(base_url, str) else "")
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(
            f"{name} must be an absolute http or https URL, such as http://localhost:3000"
        )
    if url.userinfo:
        raise ValueError(f"{name} must not hold credentials")
    if "?" in base_url or "#" in base_url:
        raise ValueError(f"{name} must not hold a query or a fragment")
    return str(url).rstrip("/")


def parse_timeout(timeout: float) -> float:
    is_number = isinstance(timeout, (int, float)) and not isinstance(timeout, bool)
    if not is_number or not math.isfinite(timeout) or timeout <= 0:
        raise ValueError("timeout must be a positive number of seconds")
    return timeout


def write_headers(operation: Operation[Any]) -> dict[str, str]:
    headers = {"Accept": "application/json"}
    if operation.body is not None:
        headers["Content-Type"] = "application/json"
    if operation.idempotency_key is not None:
        headers["Idempotency-Key"] = operation.idempotency_key
    return headers


def write_body(operation: Operation[Any]) -> bytes | None:
    # Escaped to ASCII, so that a lone surrogate is for the server to refuse: an encoding error
    # of Python's would hold the whole body, with the password.
    return None if operation.body is None else json.dumps(operation.body).encode("ascii")


def read_answer(operation: Operation[Answer], response: httpx.Response) -> Answer:
    """The JSON of a successful answer, None of a 204; raises what any other answer means."""
    if not response.is_success:
        raise _problem(response)
    body = None if response.status_code == 204 else _parse_json(response.content)
    if isinstance(body, operation.answer):
        return cast(Answer, body)
    raise invalid_answer(response)


def error_code(response: httpx.Response) -> str | None:
    """The `code` of an answer that is one of Guestlist's errors."""
    body = _parse_json(response.content) if response.is_error else None
    code = body.get("code") if isinstance(body, dict) else None
    return code if isinstance(code, str) else None


def is_event_stream(response: httpx.Response) -> bool:
    media_type, _, _ = response.headers.get("Content-Type", "").partition(";")
    return response.status_code == 200 and media_type.strip().lower() == "text/event-stream"


def sent_token(response: httpx.Response) -> str:
    """The token of the request that this answers; empty when it had none."""
    authorization: str = response.request.headers.get("Authorization", "")
    return authorization.partition(" ")[2]


def invalid_answer(response: httpx.Response) -> GuestlistNetworkError:
    """An answer that Guestlist cannot have sent."""
    status = response.status_code
    return GuestlistNetworkError(
        code="invalid_answer",
        status=status,
        title="Unusable answer",
        detail=f"The answer with status {status} is not one of Guestlist's. Is base_url right?",
        retry_after=parse_retry_after(response.headers.get("Retry-After"), time.time()),
    )


def network_error(error: httpx.RequestError, timeout: float) -> GuestlistNetworkError:
    """What httpx failed with, in the client's own words."""
    # It goes along as the cause, but without the headers and the body: they hold secrets.
    error.request = httpx.Request(error.request.method, error.request.url)
    if isinstance(error, httpx.TimeoutException):
        detail = f"The server did not answer within {timeout:g} s."
        return GuestlistNetworkError(
            code="timeout", status=0, title="No answer in time", detail=detail
        )
    detail = "The server could not be reached, or its answer broke off."
    return GuestlistNetworkError(code="network_error", status=0, title="No answer", detail=detail)


def parse_retry_after(header: str | None, now: float) -> int | None:
    """Seconds, from a number of them or an HTTP date (RFC 9110, section 10.2.3)."""
    if header is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", header):
        return int(header)
    try:
        date = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0, math.ceil(date.timestamp() - now))


def _problem(response: httpx.Response) -> GuestlistError:
    code = error_code(response)
    if code is None:
        return invalid_answer(response)
    body = _parse_json(_without_token(response))
    errors = body.get("errors")
    field_errors = filter(_is_field_error, errors) if isinstance(errors, list) else ()
    return error_class(response.status_code)(
        code=code,
        status=response.status_code,
        title=_text(body.get("title")) or f"Status {response.status_code}",
        detail=_text(body.get("detail")) or "",
        request_id=_text(body.get("requestId")),
        errors=tuple(field_errors),
        retry_after=parse_retry_after(response.headers.get("Retry-After"), time.time()),
    )


def _without_token(response: httpx.Response) -> bytes:
    # Guestlist does not send it back; what stands in between might.
    token = sent_token(response)
    return response.content.replace(token.encode(), b"[token]") if token else response.content


def _parse_json(content: bytes) -> Any:
    # The decoder's error goes no further: it quotes the text, and that may hold a token.
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return _NOT_JSON


def _is_field_error(value: object) -> TypeGuard[FieldError]:
    return isinstance(value, dict) and all(
        isinstance(value.get(name), str) for name in ("path", "message")
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
