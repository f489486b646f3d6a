import copy
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from ._answers import OAuthStart, RefreshResult, SignInResult
from ._errors import AuthenticationError, GuestlistError
from ._operations import REFRESH, Answer, Operation
from ._retries import parse_max_retries
from ._storage import MemoryStorage, TokenStorage
from ._token import is_bot_token, is_token, same_person, same_session
from ._token_keeper import TokenKeeper
from ._version import __version__
from ._wire import (
    error_code,
    invalid_answer,
    parse_base_url,
    parse_timeout,
    read_answer,
    sent_token,
    write_body,
    write_headers,
)

# Answers after which a flow through a provider is still there: put off, or for want of a token.
_LEAVES_FLOW = frozenset({0, 401, 429, 502, 503, 504})

USER_AGENT = f"guestlist-client-python/{__version__}"

_Client = TypeVar("_Client", httpx.Client, httpx.AsyncClient)


@dataclass(frozen=True)
class Renewal:
    """What became of a stale token."""

    token: str | None = field(repr=False)
    """What to use instead; None when the person has signed out meanwhile."""
    is_mine: bool
    """Whether the one who asked has made the refresh, not somebody before them."""


@dataclass(frozen=True)
class _FailedRefresh:
    stale: str = field(repr=False)
    error: GuestlistError


class Core:
    """What both clients share: writes requests, reads answers, rules over the token. Sends nothing.

    `refresh_settled`, `refreshing` and `refreshed` belong under the client's lock.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None,
        timeout: float,
        max_retries: int,
        storage: TokenStorage | None,
    ) -> None:
        self.base_url = parse_base_url(base_url)
        self.timeout = parse_timeout(timeout)
        self.max_retries = parse_max_retries(max_retries)
        if token is not None and not is_token(token):
            raise ValueError("token must be a token that the server answered")
        if storage is not None and not isinstance(storage, TokenStorage):
            raise TypeError("storage must have the methods get, set and remove")
        self._tokens = TokenKeeper(MemoryStorage() if storage is None else storage, token)
        self._connection = secrets.token_hex(16)
        self._failed_refresh: _FailedRefresh | None = None
        self.failed_refreshes = 0
        self.flow_secret = ""
        """Of the latest sign-in or link through a provider; empty when none is under way."""

    @property
    def token(self) -> str | None:
        return self._tokens.read()

    def build(
        self,
        client: httpx.Client | httpx.AsyncClient,
        operation: Operation[Any],
        token: str | None = None,
    ) -> httpx.Request:
        request = client.build_request(
            operation.method,
            f"{self.base_url}/api/auth/{operation.path}",
            headers=write_headers(operation),
            content=write_body(operation),
            timeout=self.timeout,
        )
        return self.authorize(request, token)

    def authorize(self, request: httpx.Request, token: str | None) -> httpx.Request:
        """Adds the token (RFC 6750, section 2.1) and the connection whose presence it marks."""
        if token is not None:
            request.headers["Authorization"] = f"Bearer {token}"
            request.headers["Guestlist-Connection"] = self._connection
        return request

    def is_expired(self, response: httpx.Response) -> bool:
        return error_code(response) == "token_expired"

    def may_repeat_as(self, renewed: str | None, token: str) -> bool:
        """Whether a request made with `token` is still wanted; another person's would not be."""
        return renewed is not None and same_person(renewed, token)

    def read(self, operation: Operation[Answer], response: httpx.Response) -> Answer:
        try:
            return read_answer(operation, response)
        except AuthenticationError as error:
            if error.code in operation.drops_token:
                sent = sent_token(response)
                self._tokens.remove_if(lambda stored: stored == sent and not is_bot_token(stored))
            raise

    def keep(self, answer: SignInResult, response: httpx.Response) -> SignInResult:
        self._tokens.write(_token_of(answer, response))
        return answer

    def begin_flow(self, answer: OAuthStart, response: httpx.Response) -> OAuthStart:
        values: list[object] = [answer.get("authorizationUrl"), answer.get("flowSecret")]
        if not all(isinstance(value, str) for value in values):
            raise invalid_answer(response)
        self.flow_secret = answer["flowSecret"]
        return answer

    @contextmanager
    def completing(self, secret: str) -> Iterator[None]:
        """Forgets the secret of a flow that is over by what comes of its exchange."""
        try:
            yield
        except GuestlistError as error:
            if error.status in _LEAVES_FLOW:
                raise
            self._forget_flow(secret)
            raise
        self._forget_flow(secret)

    def _forget_flow(self, secret: str) -> None:
        if self.flow_secret == secret:
            self.flow_secret = ""

    def keep_completed(self, answer: SignInResult, response: httpx.Response) -> SignInResult:
        """Keeps the token of a new session, or after a link a fresh one of the same session."""
        token, sent = _token_of(answer, response), sent_token(response)
        if sent and same_session(sent, token):
            self._tokens.replace(sent, token)
        else:
            self._tokens.write(token)
        return answer

    def refresh_settled(self, stale: str, failed_before: int) -> Renewal | None:
        """What the refresh came to that ended while the caller waited; None to make one now.

        `failed_before` is `failed_refreshes` of the moment when the caller began to wait.
        """
        failed = self._failed_refresh
        if failed is not None and failed.stale == stale and self.failed_refreshes > failed_before:
            # All who waited share it: one after another they would wait for one time-out each.
            raise copy.copy(failed.error)
        stored = self._tokens.read()
        return None if stored == stale else Renewal(stored, is_mine=False)

    @contextmanager
    def refreshing(self, stale: str) -> Iterator[None]:
        """Lets those who wait for this refresh know when it fails."""
        try:
            yield
        except GuestlistError as error:
            # A copy: the error itself will hold on to the frames that it is raised through.
            self._failed_refresh = _FailedRefresh(stale, copy.copy(error))
            self.failed_refreshes += 1
            raise

    def refreshed(self, stale: str, response: httpx.Response) -> Renewal:
        token = _token_of(self.read(REFRESH, response), response)
        self._tokens.replace(stale, token)
        self._failed_refresh = None
        return Renewal(token, is_mine=True)

    def keep_renewed(self, answer: RefreshResult, response: httpx.Response) -> bool:
        """Keeps a fresh token of the session that asked, unless a refresh was faster."""
        return self._tokens.replace(sent_token(response), _token_of(answer, response))

    @contextmanager
    def ending(self, token: str) -> Iterator[None]:
        """Drops the token's session after its end, also when the server had ended it before."""
        try:
            yield
        except AuthenticationError as error:
            if error.code not in REFRESH.drops_token:
                raise
        self.forget(token)

    def forget(self, token: str | None) -> None:
        """Drops the token, or the one that its session has been refreshed to meanwhile."""
        if token is not None:
            self._tokens.remove_if(lambda stored: same_session(stored, token))


def given_or_made(given: _Client | None, kind: type[_Client]) -> _Client:
    """The HTTP client to use: the given one, else a new one."""
    if given is None:
        return kind(headers={"User-Agent": USER_AGENT})
    if not isinstance(given, kind):
        raise TypeError(f"http_client must be an httpx.{kind.__name__}")
    return given


def _token_of(answer: Any, response: httpx.Response) -> str:
    token = answer.get("token")
    if not is_token(token):
        raise invalid_answer(response)
    return token
