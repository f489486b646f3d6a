from typing import Any

import httpx

from ._core import Core
from ._operations import Operation
from ._retries import Outcome, pause_before_retry
from ._token import same_person
from ._wire import network_error


class Call:
    """One call of a method: its request, and the repeats of it. Sends nothing.

    `token` is what to send; when left out, the client's own where the operation needs one.
    """

    def __init__(self, core: Core, operation: Operation[Any], token: str | None = None) -> None:
        self.operation = operation
        self._core = core
        self._given_token = token
        self._first_token = core.token if operation.authenticated else None
        self._retries = 0

    @property
    def token(self) -> str | None:
        """The caller's token as it is now; never that of another person who signed in since."""
        first, current = self._first_token, self._core.token
        if first is None or current is None:
            return first
        return current if same_person(first, current) else first

    def build(self, client: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        return self._core.build(client, self.operation, self._given_token)

    def pause(self, outcome: Outcome) -> float | None:
        """Seconds to wait before the next repeat; None when this outcome is the last."""
        if self._retries >= self._core.max_retries:
            return None
        pause = pause_before_retry(self.operation, outcome, self._retries)
        self._retries += 1
        return pause

    def conclude(self, outcome: Outcome) -> httpx.Response:
        if isinstance(outcome, httpx.RequestError):
            raise network_error(outcome, self._core.timeout) from outcome
        return outcome
