import base64
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from jwt import PyJWS, PyJWTError

from ._claims import TokenClaims, parse_object, read_claims, refused
from ._key_cache import KeyCache, parse_keys
from ._wire import parse_base_url, parse_timeout

# Three parts in base64url, the last of 64 bytes: an ES256 signature (RFC 7518, section 3.4). Its last
# character has four bits that say nothing, and must be zero (RFC 4648, section 3.5).
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.([A-Za-z0-9_-]{85}[AQgw])")
# Of the group of P-256 (SEC 2, section 2.4.2).
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_LONGEST_TOKEN = 4096
_SIGNATURES = PyJWS(algorithms=["ES256"])


@dataclass(frozen=True)
class Candidate:
    """A token whose form and header are right; its signature has not been looked at."""

    token: str = field(repr=False)
    kid: str


class VerifierCore:
    """What both verifiers share: form, keys, signature, claims. Fetches nothing.

    `wants_keys` and what follows it up to `keep_keys` or `fetch_failed` belong under a lock.
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        jwks_url: str | None,
        now: Callable[[], float] | None,
        timeout: float,
    ) -> None:
        if not (isinstance(audience, str) and audience):
            raise ValueError("audience must be the server's AUDIENCE")
        self.issuer = parse_base_url(issuer, "issuer")
        self.audience = audience
        self.jwks_url = f"{self.issuer}/.well-known/jwks.json"
        if jwks_url is not None:
            self.jwks_url = parse_base_url(jwks_url, "jwks_url")
        self.timeout = parse_timeout(timeout)
        self._now = time.time if now is None else now
        self._cache = KeyCache()

    def read_form(self, token: str | None) -> Candidate:
        """Refuses what cannot be one of the server's tokens, so that it makes no fetch either."""
        if not token:
            raise refused("token_missing")
        form = _COMPACT.fullmatch(token) if len(token) <= _LONGEST_TOKEN else None
        if form is None:
            raise refused("token_invalid")
        header = parse_object(_decode(form[1]))
        kid = header.get("kid")
        # "crit" asks for what we do not understand (RFC 7515, section 4.1.11); "typ" keeps a JWT
        # made for another purpose from passing (RFC 9068, section 4).
        if (
            (header.get("alg"), header.get("typ")) != ("ES256", "at+jwt")
            or "crit" in header
            or not isinstance(kid, str)
        ):
            raise refused("token_invalid")
        return Candidate(token, kid)

    def has_key(self, candidate: Candidate) -> bool:
        return self._cache.find(candidate.kid, self._now()) is not None

    def wants_keys(self, candidate: Candidate) -> bool:
        return self._cache.wants_fetch(candidate.kid, self._now())

    def keep_keys(self, response: httpx.Response) -> None:
        try:
            keys = parse_keys(json.loads(response.content)) if response.is_success else {}
        except (ValueError, RecursionError):
            keys = {}
        # The server always publishes one: an answer without is not the server's.
        if keys:
            self._cache.store(keys, self._now())
        else:
            self.fetch_failed()

    def fetch_failed(self) -> None:
        self._cache.note_failure(self._now())

    def read_claims(self, candidate: Candidate) -> TokenClaims:
        now = self._now()
        public_key = self._cache.get(candidate.kid, now)
        if public_key.signs_low_s and not _has_low_s(candidate.token):
            raise refused("token_invalid")
        payload = verified_payload(candidate.token, public_key.key)
        return read_claims(payload, self.issuer, self.audience, now)


def verified_payload(token: str, key: EllipticCurvePublicKey) -> bytes:
    """What the token carries, if the key has signed it with ES256 (RFC 7515, section 5.2)."""
    try:
        payload = _SIGNATURES.decode_complete(token, key, algorithms=["ES256"])["payload"]
    except (PyJWTError, ValueError):
        raise refused("token_invalid") from None
    assert isinstance(payload, bytes)
    return payload


def _has_low_s(token: str) -> bool:
    """Whether the signature has the lower of its two ``s``: from each, anybody can make the other."""
    signature = _decode(token.rpartition(".")[2])
    return int.from_bytes(signature[32:], "big") <= _ORDER // 2


def _decode(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise refused("token_invalid") from None
