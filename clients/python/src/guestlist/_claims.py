import json
from dataclasses import dataclass
from typing import Any, TypeGuard

from ._errors import AuthenticationError

TOLERANCE = 30
"""Seconds that the clocks of two machines may differ (RFC 7519, section 4.1.4)."""

_REFUSALS = {
    "token_missing": ("Token missing", 'Send the token as "Authorization: Bearer <token>".'),
    "token_invalid": ("Token invalid", "This is not a token of this server. Sign in again."),
    "token_expired": (
        "Token expired",
        "Exchange this very token for a fresh one at POST /api/auth/refresh, "
        "then repeat the request.",
    ),
}


@dataclass(frozen=True)
class TokenClaims:
    """What a verified token says (RFC 9068, section 2.2)."""

    user_id: str
    """The person, ``sub``: the ``id`` of their `User`."""
    session_id: str
    """The session, ``sid``: it stays the same when the token is refreshed."""
    issued_at: float
    """Seconds since 1970 in UTC, ``iat``."""
    expires_at: float
    """Seconds since 1970 in UTC, ``exp``."""


def refused(code: str) -> AuthenticationError:
    """The error with this code, in the server's own words."""
    title, detail = _REFUSALS[code]
    return AuthenticationError(code=code, status=401, title=title, detail=detail)


def read_claims(payload: bytes, issuer: str, audience: str, now: float) -> TokenClaims:
    """The claims of a token whose signature has been checked (RFC 9068, section 4)."""
    claims = parse_object(payload)
    user_id, session_id = claims.get("sub"), claims.get("sid")
    issued_at, expires_at = claims.get("iat"), claims.get("exp")
    not_before = claims.get("nbf", issued_at)
    if (
        claims.get("iss") != issuer
        or not _is_for(claims.get("aud"), audience)
        or not (isinstance(user_id, str) and isinstance(session_id, str))
        or not (user_id and session_id)
        or not (_is_time(issued_at) and _is_time(expires_at) and _is_time(not_before))
        or not_before > now + TOLERANCE
    ):
        raise refused("token_invalid")
    if now >= expires_at + TOLERANCE:
        raise refused("token_expired")
    return TokenClaims(user_id, session_id, issued_at, expires_at)


def parse_object(content: bytes) -> dict[str, Any]:
    """A JSON object; anything else is `token_invalid`."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        raise refused("token_invalid") from None
    if not isinstance(value, dict):
        raise refused("token_invalid")
    return value


def _is_for(aud: object, audience: str) -> bool:
    return aud == audience or (isinstance(aud, list) and audience in aud)


def _is_time(value: object) -> TypeGuard[float]:
    # Python's parser takes NaN, and true for 1; a number of 400 digits is no time either.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 2**53
