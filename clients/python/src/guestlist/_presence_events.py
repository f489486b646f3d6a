"""What one stream of presence says; nothing here reads any."""

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

from ._answers import PresenceEvent
from ._event_stream import EventStream, StreamEvent

_Value = TypeVar("_Value")


class PresenceEvents:
    """The events of one stream from its beginning, with the parts of a snapshot joined."""

    def __init__(self) -> None:
        self.last_event_id: str | None = None
        """Where to go on after what has been told; empty for from the beginning."""
        self._stream = EventStream()
        self._snapshot: list[str] | None = None

    @property
    def retry_ms(self) -> int | None:
        return self._stream.retry_ms

    def read(self, chunk: bytes) -> Iterator[PresenceEvent]:
        """What this piece tells.

        Raises:
            ValueError: Guestlist cannot have written it.
        """
        for event in self._stream.feed(chunk):
            told = self._understand(event)
            # Half a snapshot is nothing to go on from.
            if self._snapshot is None:
                self._note_id()
            if told is not None:
                yield told

    def _note_id(self) -> None:
        given = self._stream.last_event_id
        if given is not None:
            can_be_sent = re.fullmatch(r"[\x21-\x7e]{1,255}", given)
            self.last_event_id = given if can_be_sent else ""

    def _understand(self, event: StreamEvent) -> PresenceEvent | None:
        """None of a part of a snapshot, and of what a newer server may have to say."""
        match event.type:
            case "snapshot":
                return self._join(_parse(event.data))
            case "online" | "offline" as kind:
                data = _parse(event.data)
                return {
                    "type": kind,
                    "userId": _checked(data.get("userId"), str),
                    "at": _checked(data.get("at"), str),
                }
        return None

    def _join(self, part: dict[str, Any]) -> PresenceEvent | None:
        user_ids = self._snapshot or []
        user_ids += [_checked(each, str) for each in _checked(part.get("userIds"), list)]
        has_more = _checked(part.get("hasMore"), bool)
        self._snapshot = user_ids if has_more else None
        return None if has_more else {"type": "snapshot", "userIds": user_ids}


def _parse(data: str) -> dict[str, Any]:
    try:
        return _checked(json.loads(data), dict)
    except RecursionError:
        raise ValueError from None


def _checked(value: Any, kind: type[_Value]) -> _Value:
    if not isinstance(value, kind):
        raise ValueError
    return value
