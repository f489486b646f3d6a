import contextlib
import threading
from collections.abc import Generator
from time import sleep

import httpx

from . import _operations
from ._answers import OAuthStart, PresenceEvent, RefreshResult, SignInResult
from ._call import Call
from ._core import Core, Renewal, given_or_made
from ._errors import GuestlistError
from ._open_streams import OpenStreams
from ._operations import Answer, LogoutScope, Operation
from ._presence_watch import PresenceWatch
from ._retries import Outcome


class Transport:
    """Sends what `GuestlistClient` asks for: waits, repeats, refreshes."""

    def __init__(self, core: Core, http_client: httpx.Client | None) -> None:
        self.core = core
        self._http = given_or_made(http_client, httpx.Client)
        self._owns_http = http_client is None
        self._is_closed = False
        self._refresh_lock = threading.Lock()
        self._streams = OpenStreams()

    def call(self, operation: Operation[Answer]) -> Answer:
        return self.core.read(operation, self._send(Call(self.core, operation)))

    def sign_in(self, operation: Operation[SignInResult]) -> SignInResult:
        response = self._send(Call(self.core, operation))
        return self.core.keep(self.core.read(operation, response), response)

    def begin_flow(self, operation: Operation[OAuthStart]) -> OAuthStart:
        response = self._send(Call(self.core, operation))
        return self.core.begin_flow(self.core.read(operation, response), response)

    def complete_oauth(self, code: str, flow_secret: str | None) -> SignInResult:
        secret = self.core.flow_secret if flow_secret is None else flow_secret
        operation = _operations.complete_oauth(code, secret)
        with self.core.completing(secret):
            response = self._send(Call(self.core, operation))
            return self.core.keep_completed(self.core.read(operation, response), response)

    def refresh_token(self) -> RefreshResult:
        stale = self.core.token
        renewal = None if stale is None else self.refresh(stale)
        if renewal is None or renewal.token is None:
            # Nobody is signed in: the server gets to say so, as it does to every other request.
            return self.call(_operations.REFRESH)
        if renewal.is_mine:
            self._use(renewal.token)
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

    def logout(self, scope: LogoutScope) -> None:
        token, operation = self.core.token, _operations.logout(scope)
        if scope != "this":
            # Of the other sessions only the server can say whether they have ended.
            self.call(operation)
            if scope == "all":
                self.core.forget(token)
        elif token is not None:
            with self.core.ending(token):
                self.call(operation)

    def delete_account(self) -> None:
        token = self.core.token
        self.call(_operations.DELETE_ACCOUNT)
        self.core.forget(token)

    def change_password(self, operation: Operation[RefreshResult]) -> RefreshResult:
        response = self._send(Call(self.core, operation))
        answer = self.core.read(operation, response)
        if self.core.keep_renewed(answer, response):
            self._use(answer["token"])
        return answer

    def watch(self, watch: PresenceWatch) -> Generator[PresenceEvent, None, None]:
        while True:
            try:
                with self._streams.keep(self._open(watch)) as response:
                    if response.is_error:
                        response.read()
                    watch.begin(response)
                    for chunk in response.iter_bytes():
                        yield from watch.read(chunk, response)
            except (GuestlistError, httpx.RequestError) as error:
                if not watch.outlives(error):
                    raise
            if not self._is_closed:
                sleep(watch.pause())
            if self._is_closed:
                return

    def close(self) -> None:
        if self._owns_http:
            self._is_closed = True
            self._streams.hang_up()
            self._http.close()

    def _use(self, token: str) -> None:
        """Shows a new token to the server, in a request whose failure does not matter."""
        outcome = self._transmit(Call(self.core, _operations.GET_ME, token))
        with contextlib.suppress(GuestlistError):
            if isinstance(outcome, httpx.Response):
                self.core.read(_operations.GET_ME, outcome)

    def _send(self, call: Call) -> httpx.Response:
        auth = _TokenAuth(self, call) if call.operation.authenticated else None
        while True:
            outcome = self._transmit(call, auth)
            pause = call.pause(outcome)
            if pause is None:
                return call.conclude(outcome)
            sleep(pause)

    def _open(self, watch: PresenceWatch) -> httpx.Response:
        request = watch.build(self._http)
        auth = _TokenAuth(self, watch.call)
        return self._http.send(request, auth=auth, follow_redirects=False, stream=True)

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
        if response.is_error:
            response.read()
        if token is not None and core.is_expired(response):
            renewed = self._transport.refresh(token).token
            if core.may_repeat_as(renewed, token):
                yield core.authorize(request, renewed)
