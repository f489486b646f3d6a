import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from jwt import PyJWTError
from jwt.algorithms import ECAlgorithm

from ._claims import refused
from ._errors import KeysUnavailableError

FRESH_FOR = 300
"""Seconds: the server publishes a key 10 minutes before it signs, and its answer is good for 5."""
COOL_DOWN = 30
"""Seconds after a fetch in which an unknown ``kid`` makes no other: anybody can invent one."""
PAUSE_AFTER_FAILURE = 2
"""Seconds in which a server that just failed is not asked; `COOL_DOWN` while keys are usable."""
GRACE = 3600
"""Seconds that known keys go on being used while the server cannot be reached."""


@dataclass(frozen=True)
class PublicKey:
    """A key that verifies, and what the server says of the signatures that it makes."""

    key: EllipticCurvePublicKey
    signs_low_s: bool
    """Whether it signs with the lower ``s`` only: one with ``n - s`` is a forgery then."""


class KeyCache:
    """The server's public keys by their ids, and when to fetch them again. Fetches nothing.

    Times are seconds on whatever clock the caller has; one that is put back makes a fetch.
    """

    def __init__(self) -> None:
        self._keys: Mapping[str, PublicKey] = {}
        self._fetched_at: float | None = None
        self._failed_at: float | None = None

    def find(self, kid: str, now: float) -> PublicKey | None:
        """The key, if it is known and no fetch is to be waited for."""
        is_fresh = _within(self._fetched_at, FRESH_FOR, now)
        return self._keys.get(kid) if is_fresh or self._is_resting_on_keys(now) else None

    def wants_fetch(self, kid: str, now: float) -> bool:
        """Whether the keys should be fetched now for a token with this ``kid``."""
        good_for = FRESH_FOR if kid in self._keys else COOL_DOWN
        return not _within(self._fetched_at, good_for, now) and self._pause_left(now) == 0

    def store(self, keys: Mapping[str, PublicKey], now: float) -> None:
        self._keys, self._fetched_at, self._failed_at = keys, now, None

    def note_failure(self, now: float) -> None:
        self._failed_at = now

    def get(self, kid: str, now: float) -> PublicKey:
        """The key after a fetch was tried, or the error that its absence means."""
        # Looked up once: another thread may be storing keys.
        key = self._keys.get(kid)
        if key is not None and self._is_usable(now):
            return key
        if self._failed_at is not None or key is not None:
            # Nobody knows whether the key exists: the token may be good.
            raise keys_unavailable(max(1, math.ceil(self._pause_left(now))))
        raise refused("token_invalid")

    def _pause_left(self, now: float) -> float:
        """Seconds until a fetch may follow the one that failed; strangers cannot shorten it."""
        pause = COOL_DOWN if self._is_usable(now) else PAUSE_AFTER_FAILURE
        if self._failed_at is None or not _within(self._failed_at, pause, now):
            return 0
        return pause - (now - self._failed_at)

    def _is_resting_on_keys(self, now: float) -> bool:
        return self._is_usable(now) and self._pause_left(now) > 0

    def _is_usable(self, now: float) -> bool:
        return _within(self._fetched_at, GRACE, now)


def parse_keys(document: Any) -> dict[str, PublicKey]:
    """The keys for ES256 in a JWK Set (RFC 7517, section 5); others are passed over."""
    entries = document.get("keys") if isinstance(document, dict) else None
    keys: dict[str, PublicKey] = {}
    for entry in entries if isinstance(entries, list) else ():
        key = _parse_key(entry) if isinstance(entry, dict) else None
        if key is not None:
            keys[entry["kid"]] = key
    return keys


def keys_unavailable(retry_after: int) -> KeysUnavailableError:
    return KeysUnavailableError(
        code="keys_unavailable",
        status=503,
        title="Keys unavailable",
        detail="The keys that tokens are checked with cannot be fetched. Try again soon.",
        retry_after=retry_after,
    )


def _parse_key(entry: dict[str, Any]) -> PublicKey | None:
    operations = entry.get("key_ops", ["verify"])
    is_for_es256 = (
        (entry.get("kty"), entry.get("crv")) == ("EC", "P-256")
        and isinstance(operations, list)
        and "verify" in operations
        and entry.get("use", "sig") == "sig"
        and entry.get("alg", "ES256") == "ES256"
        and isinstance(entry.get("kid"), str)
    )
    if not is_for_es256:
        return None
    public = {name: entry.get(name) for name in ("kty", "crv", "x", "y")}
    try:
        key = ECAlgorithm.from_jwk(public)
    except (PyJWTError, ValueError, TypeError):
        return None
    if not isinstance(key, EllipticCurvePublicKey):
        return None
    return PublicKey(key, signs_low_s=entry.get("low_s") is True)


def _within(since: float | None, seconds: float, now: float) -> bool:
    return since is not None and 0 <= now - since < seconds
