"""What both clients share of watching presence; nothing here sends, reads or waits."""

import random
from collections.abc import Callable, Iterator
from time import monotonic

import httpx

from ._answers import PresenceEvent
from ._call import Call
from ._core import Core
from ._errors import GuestlistError
from ._operations import WATCH_PRESENCE
from ._presence_events import PresenceEvents
from ._wire import invalid_answer, is_event_stream

SILENCE = 60.0
"""Seconds without a byte after which a connection is dead: the server writes every 20."""
_LONGEST_PAUSE = 30.0
_LONGEST_RETRY_AFTER = 3600
_TRIES_WITH_ID = 10


class PresenceWatch:
    """One watch, over as many streams as it takes.

    For each of them in turn: `build`, `begin`, `read`, then `outlives` if it broke off, `pause`.
    """

    def __init__(self, core: Core, chance: Callable[[], float] = random.random) -> None:
        self.call = Call(core, WATCH_PRESENCE)
        self._core = core
        self._chance = chance
        self._last_event_id: str | None = None
        self._retry_ms = 0
        # How many streams in a row have brought nothing.
        self._failures = 0
        self._put_off: int | None = None
        self._forget_stream()

    def build(self, client: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        self._forget_stream()
        request = self.call.build(client)
        request.headers["Accept"] = "text/event-stream"
        # Whatever packs a stream may hold its events back.
        request.headers["Accept-Encoding"] = "identity"
        # Without it all is told anew: as good after so long, and it may be what stands in the way.
        if self._last_event_id and self._failures < _TRIES_WITH_ID:
            request.headers["Last-Event-ID"] = self._last_event_id
        request.extensions["timeout"] = httpx.Timeout(self._core.timeout, read=SILENCE).as_dict()
        return request

    def begin(self, response: httpx.Response) -> None:
        """Raises what the answer means when it is no stream of events."""
        if is_event_stream(response):
            return
        if not response.is_success:
            self._core.read(WATCH_PRESENCE, response)
        # Without a look at the body, which may have no end.
        raise invalid_answer(response)

    def read(self, chunk: bytes, response: httpx.Response) -> Iterator[PresenceEvent]:
        """What this piece of the stream tells."""
        self._has_delivered = True
        self._failures = 0
        try:
            yield from self._events.read(chunk)
        except ValueError:
            raise invalid_answer(response) from None
        if self._events.last_event_id is not None:
            self._last_event_id = self._events.last_event_id
        if self._events.retry_ms is not None:
            self._retry_ms = self._events.retry_ms

    def outlives(self, error: GuestlistError | httpx.RequestError) -> bool:
        """Whether the watch goes on after it; if not, it is for the caller."""
        self._has_broken = True
        if isinstance(error, httpx.RequestError):
            return True
        self._put_off = error.retry_after
        return error.status in (0, 429) or error.status >= 500

    def pause(self) -> float:
        """Seconds to wait before the next stream."""
        if self._has_delivered and not self._has_broken:
            # It ended in order. At once then, but not more than once a second, whatever answers.
            pause = max(self._chance() / 4, self._began_at + 1 - monotonic())
        else:
            longest = min(2.0 ** min(self._failures, 10), _LONGEST_PAUSE)
            pause = longest * (1 + self._chance()) / 2
            self._failures += 1
        pause = max(pause, min(self._retry_ms / 1000, _LONGEST_PAUSE))
        if self._put_off is None:
            return pause
        # Not all who were put off come back at one moment.
        return max(pause, min(self._put_off, _LONGEST_RETRY_AFTER) + self._chance())

    def _forget_stream(self) -> None:
        self._events = PresenceEvents()
        self._began_at = monotonic()
        self._has_delivered = False
        self._has_broken = False
        self._put_off = None
