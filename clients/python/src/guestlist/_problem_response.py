import json
import re
from typing import NamedTuple

from ._errors import GuestlistError


class ProblemResponse(NamedTuple):
    """What a backend answers when a token was refused, whatever its framework."""

    body: bytes
    """JSON in UTF-8: problem details (RFC 9457)."""
    status: int
    headers: dict[str, str]


def bearer_token(authorization: str | None) -> str | None:
    """The token in an Authorization header (RFC 6750, section 2.1); None under another scheme."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def problem_response(error: GuestlistError) -> ProblemResponse:
    """The answer that this error means, like the server's own: for errors of a verifier.

    401 comes with WWW-Authenticate (RFC 6750, section 3), 503 with Retry-After.
    """
    problem = {
        "type": f"urn:problem-type:guestlist:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
    }
    headers = {"Content-Type": "application/problem+json"}
    if error.status == 401:
        headers["WWW-Authenticate"] = _challenge(error)
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    return ProblemResponse(json.dumps(problem).encode(), error.status, headers)


def _challenge(error: GuestlistError) -> str:
    # Without a token no error code: the caller may not have known that one is needed.
    realm = 'Bearer realm="guestlist"'
    if error.code == "token_missing":
        return realm
    description = re.sub(r"[^ !#-\[\]-~]", "", error.detail)
    return f'{realm}, error="invalid_token", error_description="{description}"'
