import base64
import json
import re
from typing import TypeGuard


def is_token(value: object) -> TypeGuard[str]:
    """Whether this can stand in an Authorization header: visible ASCII, as every JWT is."""
    return isinstance(value, str) and re.fullmatch(r"[\x21-\x7e]+", value) is not None


def is_bot_token(token: str) -> bool:
    """Whether it is a bot's: given from outside, so that dropping it would lose it for good."""
    return token.startswith("glb_")


def same_person(one: str, other: str) -> bool:
    """Whether both speak for one person, so that a request may be repeated with the other."""
    return _claim(one, "sub") == _claim(other, "sub")


def same_session(one: str, other: str) -> bool:
    """Whether both belong to one session: refreshing changes the token and keeps its ``sid``."""
    session = _claim(one, "sid")
    return one == other or (session is not None and session == _claim(other, "sid"))


def is_newer(token: str, other: str) -> bool:
    """Whether it is a later generation (``gen``) of the other one's session."""
    one, former = _claim(token, "gen"), _claim(other, "gen")
    return (
        isinstance(one, int)
        and isinstance(former, int)
        and one > former
        and same_session(token, other)
    )


def _claim(token: str, name: str) -> object:
    # Unverified (RFC 7519, section 3): good for comparing the client's own tokens, nothing else.
    try:
        _, payload, *_ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return None
    return claims.get(name) if isinstance(claims, dict) else None
