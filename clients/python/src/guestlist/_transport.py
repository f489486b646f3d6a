import contextlib
import threading
from collections.abc import Generator
from time import sleep

import httpx

from . import _operations
from ._answers import RefreshResult, SignInResult
from ._call import Call
from ._core import Core, Renewal, given_or_made
from ._errors import GuestlistError
from ._operations import Answer, Operation
from ._retries import Outcome


class Transport:
    """Sends what `GuestlistClient` asks for: waits, repeats, refreshes."""

    def __init__(self, core: Core, http_client: httpx.Client | None) -> None:
        self.core = core
        self._http = given_or_made(http_client, httpx.Client)
        self._owns_http = http_client is None
        self._refresh_lock = threading.Lock()

    def call(self, operation: Operation[Answer]) -> Answer:
        return self.core.read(operation, self._send(Call(self.core, operation)))

    def sign_in(self, operation: Operation[SignInResult]) -> SignInResult:
        response = self._send(Call(self.core, operation))
        return self.core.keep(self.core.read(operation, response), response)

    def refresh_token(self) -> RefreshResult:
        stale = self.core.token
        renewal = None if stale is None else self.refresh(stale)
        if renewal is None or renewal.token is None:
            # Nobody is signed in: the server gets to say so, as it does to every other request.
            return self.call(_operations.REFRESH)
        if renewal.is_mine:
            use = self._transmit(Call(self.core, _operations.GET_ME, renewal.token))
            with contextlib.suppress(GuestlistError):
                if isinstance(use, httpx.Response):
                    self.core.read(_operations.GET_ME, use)
        return {"token": renewal.token}

    def refresh(self, stale: str) -> Renewal:
        """What to use instead of a stale token, whoever makes the refresh."""
        failed_before = self.core.failed_refreshes
        with self._refresh_lock:
            settled = self.core.refresh_settled(stale, failed_before)
            if settled is not None:
                return settled
            with self.core.refreshing(stale):
                response = self._send(Call(self.core, _operations.REFRESH, stale))
                return self.core.refreshed(stale, response)

    def logout(self) -> None:
        token = self.core.token
        if token is not None:
            with self.core.ending(token):
                self.call(_operations.LOGOUT)

    def close(self) -> None:
        if self._owns_http:
            self._http.close()

    def _send(self, call: Call) -> httpx.Response:
        auth = _TokenAuth(self, call) if call.operation.authenticated else None
        while True:
            outcome = self._transmit(call, auth)
            pause = call.pause(outcome)
            if pause is None:
                return call.conclude(outcome)
            sleep(pause)

    def _transmit(self, call: Call, auth: httpx.Auth | None = None) -> Outcome:
        try:
            return self._http.send(call.build(self._http), auth=auth, follow_redirects=False)
        except httpx.RequestError as error:
            return error


class _TokenAuth(httpx.Auth):
    """Sends the caller's token; repeats a request once when it turns out to have expired."""

    def __init__(self, transport: Transport, call: Call) -> None:
        self._transport = transport
        self._call = call

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        core = self._transport.core
        token = self._call.token
        response = yield core.authorize(request, token)
        response.read()
        if token is not None and core.is_expired(response):
            renewed = self._transport.refresh(token).token
            if core.may_repeat_as(renewed, token):
                yield core.authorize(request, renewed)
