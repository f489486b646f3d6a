"""Server-sent events out of bytes (HTML living standard, section 9.2.6); nothing here reads any."""

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST_EVENT = 1024 * 1024
"""Bytes of a line, and of an event; what goes on for longer is no stream of Guestlist's."""
_LINE_END = re.compile(rb"\r\n|\n|\r")


class StreamEvent(NamedTuple):
    """One event: its type, and its data."""

    type: str
    data: str


class EventTooLongError(ValueError):
    """A line, or an event, is longer than `LONGEST_EVENT`."""


class EventStream:
    """One stream from its beginning: takes its bytes in whatever pieces they come."""

    def __init__(self) -> None:
        self.last_event_id: str | None = None
        """What the last whole event says to come back with; None as long as none does."""
        self.retry_ms: int | None = None
        """How long to wait before coming back, when the stream says so."""
        self._line = bytearray()
        self._is_first_line = True
        self._skips_line_feed = False
        self._type = ""
        self._data: list[str] = []
        self._data_length = 0
        self._id: str | None = None

    def feed(self, chunk: bytes) -> Iterator[StreamEvent]:
        """The events that end in this piece; `last_event_id` is each one's while it is out.

        Raises:
            EventTooLongError: After the events before it.
        """
        if self._skips_line_feed and chunk:
            # The line ended with the piece before, whose CR may be half of a CRLF.
            chunk = chunk.removeprefix(b"\n")
            self._skips_line_feed = False
        if not chunk:
            return
        first, *others = _LINE_END.split(chunk)
        self._lengthen(first)
        for begun in others:
            event = self._take_line()
            if event is not None:
                yield event
            self._lengthen(begun)
        self._skips_line_feed = chunk.endswith(b"\r")

    def _lengthen(self, piece: bytes) -> None:
        self._line += piece
        if len(self._line) + self._data_length > LONGEST_EVENT:
            raise EventTooLongError

    def _take_line(self) -> StreamEvent | None:
        line, self._line = bytes(self._line), bytearray()
        if self._is_first_line:
            line = line.removeprefix(b"\xef\xbb\xbf")
            self._is_first_line = False
        if not line:
            return self._take_event()
        # A line end is no part of another character, so that each line is decoded on its own.
        name, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
            self._data_length += len(line) + 1
        elif name == "event":
            self._type = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and re.fullmatch("[0-9]{1,9}", value):
            self.retry_ms = int(value)
        return None

    def _take_event(self) -> StreamEvent | None:
        self.last_event_id = self._id
        kind, data = self._type, self._data
        self._type, self._data, self._data_length = "", [], 0
        return StreamEvent(kind or "message", "\n".join(data)) if data else None
