"""For an application's own backend: checks Guestlist's tokens without asking Guestlist.

Needs PyJWT: ``pip install "guestlist-client[verify]"``. `TokenVerifier` for threads,
`AsyncTokenVerifier` for asyncio. Both raise `AuthenticationError` for a token that does not
authenticate, and `KeysUnavailableError` when nobody can tell. `problem_response` makes the answer.
"""

import asyncio
import threading
from collections.abc import Callable

import httpx

try:
    from ._verifier_core import VerifierCore
except ImportError as error:
    raise ImportError(
        'guestlist.verification needs PyJWT: pip install "guestlist-client[verify]"'
    ) from error

from ._claims import TokenClaims
from ._problem_response import ProblemResponse, bearer_token, problem_response

__all__ = [
    "AsyncTokenVerifier",
    "ProblemResponse",
    "TokenClaims",
    "TokenVerifier",
    "bearer_token",
    "problem_response",
]

# Keys are fetched every few minutes: no connection is kept, so there is nothing to close.
_LIMITS = httpx.Limits(max_keepalive_connections=0)


class TokenVerifier:
    """Checks the tokens of one Guestlist server by its published keys. Threads may share it.

    The keys are fetched when the first token comes, again after 5 minutes, and when a token names
    a key that is not known, then at most every 30 seconds. While the server cannot be reached,
    keys that are known go on being used for an hour.

    It accepts a token until it expires, even if its session ended earlier; where that matters, ask
    the server (``GET /api/auth/me``).

    Args:
        issuer: The server's ``PUBLIC_URL``: the ``iss`` of its tokens. A slash at the end does
            not matter.
        audience: The server's ``AUDIENCE``.
        jwks_url: Where the keys are, if not at ``/.well-known/jwks.json`` under the issuer, such
            as an address inside your own network.
        now: Seconds since 1970 in UTC; `time.time` when left out.
        timeout: Seconds to wait for each step of fetching the keys.
        http_client: Used for fetching the keys; it is not closed for you.

    Raises:
        ValueError: The issuer, audience, jwks_url or timeout cannot be used.
    """

    def __init__(
        self,
        issuer: str,
        audience: str = "guestlist",
        *,
        jwks_url: str | None = None,
        now: Callable[[], float] | None = None,
        timeout: float = 5.0,
        http_client: httpx.Client | None = None,
    ) -> None:
        self._core = VerifierCore(issuer, audience, jwks_url, now, timeout)
        self._http = httpx.Client(limits=_LIMITS) if http_client is None else http_client
        self._lock = threading.Lock()

    def verify(self, token: str | None) -> TokenClaims:
        """Whose token this is.

        Raises:
            AuthenticationError: ``token_missing`` (None or empty), ``token_invalid``,
                ``token_expired``.
            KeysUnavailableError: ``keys_unavailable``: the token may be good.
        """
        candidate = self._core.read_form(token)
        if not self._core.has_key(candidate):
            with self._lock:
                if self._core.wants_keys(candidate):
                    self._fetch_keys()
        return self._core.read_claims(candidate)

    def _fetch_keys(self) -> None:
        try:
            response = self._http.get(
                self._core.jwks_url, timeout=self._core.timeout, follow_redirects=False
            )
        except httpx.RequestError:
            self._core.fetch_failed()
        else:
            self._core.keep_keys(response)


class AsyncTokenVerifier:
    """Checks the tokens of one Guestlist server by its published keys. Tasks may share it.

    The keys are fetched when the first token comes, again after 5 minutes, and when a token names
    a key that is not known, then at most every 30 seconds. While the server cannot be reached,
    keys that are known go on being used for an hour.

    It accepts a token until it expires, even if its session ended earlier; where that matters, ask
    the server (``GET /api/auth/me``).

    Args:
        issuer: The server's ``PUBLIC_URL``: the ``iss`` of its tokens. A slash at the end does
            not matter.
        audience: The server's ``AUDIENCE``.
        jwks_url: Where the keys are, if not at ``/.well-known/jwks.json`` under the issuer, such
            as an address inside your own network.
        now: Seconds since 1970 in UTC; `time.time` when left out.
        timeout: Seconds to wait for each step of fetching the keys.
        http_client: Used for fetching the keys; it is not closed for you.

    Raises:
        ValueError: The issuer, audience, jwks_url or timeout cannot be used.
    """

    def __init__(
        self,
        issuer: str,
        audience: str = "guestlist",
        *,
        jwks_url: str | None = None,
        now: Callable[[], float] | None = None,
        timeout: float = 5.0,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        self._core = VerifierCore(issuer, audience, jwks_url, now, timeout)
        self._http = httpx.AsyncClient(limits=_LIMITS) if http_client is None else http_client
        self._lock = asyncio.Lock()

    async def verify(self, token: str | None) -> TokenClaims:
        """Whose token this is.

        Raises:
            AuthenticationError: ``token_missing`` (None or empty), ``token_invalid``,
                ``token_expired``.
            KeysUnavailableError: ``keys_unavailable``: the token may be good.
        """
        candidate = self._core.read_form(token)
        if not self._core.has_key(candidate):
            async with self._lock:
                if self._core.wants_keys(candidate):
                    await self._fetch_keys()
        return self._core.read_claims(candidate)

    async def _fetch_keys(self) -> None:
        try:
            response = await self._http.get(
                self._core.jwks_url, timeout=self._core.timeout, follow_redirects=False
            )
        except httpx.RequestError:
            self._core.fetch_failed()
        else:
            self._core.keep_keys(response)
