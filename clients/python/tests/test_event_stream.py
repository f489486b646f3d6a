"""How a stream of events is read (HTML living standard, section 9.2.6)."""

import itertools
from collections.abc import Iterable

import pytest

from guestlist._event_stream import LONGEST_EVENT, EventStream, EventTooLongError

Told = tuple[str, str, str | None]


def read(pieces: Iterable[bytes], stream: EventStream | None = None) -> list[Told]:
    """Each event's type, data, and the id to come back with after it."""
    reader = EventStream() if stream is None else stream
    return [
        (event.type, event.data, reader.last_event_id)
        for piece in pieces
        for event in reader.feed(piece)
    ]


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("data: a\n\n", [("message", "a", None)]),
        ("data: a", []),
        ("data: a\n", []),
        ("event: online\ndata: {}\n\n", [("online", "{}", None)]),
        # The standard's own examples.
        ("data: YHOO\ndata: +2\ndata: 10\n\n", [("message", "YHOO\n+2\n10", None)]),
        (
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
            "data:  third event\n",
            [("message", "first event", "1"), ("message", "second event", "")],
        ),
        ("data\n\ndata\ndata\n\ndata:", [("message", "", None), ("message", "\n", None)]),
        ("data:test\n\ndata: test\n\n", [("message", "test", None)] * 2),
        ("data:  a\n\n", [("message", " a", None)]),
        # An event without data is none, but its id counts, and its type is gone.
        ("event: online\n\ndata: a\n\n", [("message", "a", None)]),
        ("id: 7\n\ndata: a\n\n", [("message", "a", "7")]),
        ("id: 7\ndata: a\n\ndata: b\n\n", [("message", "a", "7"), ("message", "b", "7")]),
        ("id: a\0b\ndata: a\n\n", [("message", "a", None)]),
        ("id: 7\ndata: a\n\nid: 8\ndata: b\n", [("message", "a", "7")]),
        ("event: a\nevent: b\ndata: x\n\n", [("b", "x", None)]),
        (": still here\n\n:\n\n", []),
        ("data : a\nDATA: b\ndata: c\nother: d\n\n", [("message", "c", None)]),
        ("data: a:b: c\n\n", [("message", "a:b: c", None)]),
        ("\ufeffdata: a\n\n\ufeffdata: b\n\n", [("message", "a", None)]),
        ("data: \ufeffa\n\n", [("message", "\ufeffa", None)]),
        ("data: é€😀\n\n", [("message", "é€😀", None)]),
        ("data: a\u2028b\x85c\x0bd\n\n", [("message", "a\u2028b\x85c\x0bd", None)]),
        ("\n\n\n", []),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n"])
def test_events_are_the_same_in_whatever_pieces_they_come(
    text: str, events: list[Told], line_end: str
) -> None:
    stream = text.replace("\n", line_end).encode()
    assert read([stream]) == events
    assert read(stream[at : at + 1] for at in range(len(stream))) == events
    for at in range(len(stream)):
        assert read([stream[:at], b"", stream[at:]]) == events


def test_line_ends_may_be_mixed() -> None:
    assert read([b"data: a\r\ndata: b\rdata: c\n\r\n"]) == [("message", "a\nb\nc", None)]
    # CR LF CR: two lines, the second empty.
    assert read([b"data: a\r\n\rdata: b\n\n"]) == [("message", "a", None), ("message", "b", None)]


def test_an_event_is_told_as_soon_as_its_line_has_ended() -> None:
    assert read([b"data: a\r\r"]) == [("message", "a", None)]
    stream = EventStream()
    assert read([b"data: a\r\n\r"], stream) == [("message", "a", None)]
    assert read([b"\ndata: b\r\n\r\n"], stream) == [("message", "b", None)]


def test_what_is_not_utf_8_is_replaced() -> None:
    assert read([b"data: a\xff\xc3\n\n"]) == [("message", "a\ufffd\ufffd", None)]


@pytest.mark.parametrize(
    ("line", "milliseconds"),
    [
        ("retry: 3000", 3000),
        ("retry:0", 0),
        ("retry: -1", None),
        ("retry: 1.5", None),
        ("retry: ٣", None),
        ("retry: 1s", None),
        ("retry", None),
        ("retry: " + "9" * 5000, None),
    ],
)
def test_a_stream_says_how_long_to_stay_away(line: str, milliseconds: int | None) -> None:
    stream = EventStream()
    assert read([f"{line}\n".encode()], stream) == []
    assert stream.retry_ms == milliseconds


@pytest.mark.parametrize(
    "endless",
    [
        b"x" * 100,
        b"x" * 65536,
        b"data: " + b"x" * 65536 + b"\n",
        b"data\n",
        b": comment without an end ",
    ],
)
def test_what_has_no_end_is_not_kept(endless: bytes) -> None:
    stream = EventStream()
    assert read([b"data: a\n\n"], stream) == [("message", "a", None)]
    with pytest.raises(EventTooLongError):
        read(itertools.repeat(endless, LONGEST_EVENT // len(endless) + 1), stream)


def test_the_events_before_one_that_is_too_long_are_told() -> None:
    events = EventStream().feed(b"data: a\n\ndata: " + b"x" * LONGEST_EVENT)
    assert next(events).data == "a"
    with pytest.raises(EventTooLongError):
        next(events)


def test_a_long_stream_of_short_events_is_read_to_its_end() -> None:
    event = b": still here\n\nevent: online\ndata: " + b"x" * 1000 + b"\n\n"
    stream = EventStream()
    assert len(read([event] * 2000, stream)) == 2000
    longest = b"data:" + b"x" * (LONGEST_EVENT - 6) + b"\n\n"
    assert len(read([longest, longest], stream)) == 2
