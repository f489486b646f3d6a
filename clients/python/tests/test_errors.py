"""How a request that failed is told."""

import copy
import pickle
import traceback
from collections.abc import Callable

import pytest
from clients import Connect, failure
from scripted_server import (
    ALICE,
    Answer,
    Reply,
    Script,
    ScriptedServer,
    make_token,
    ok,
    problem,
)

import guestlist
from guestlist import GuestlistError, GuestlistNetworkError
from guestlist._wire import parse_retry_after

Scripted = Callable[[Script], ScriptedServer]
TOKEN = make_token()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, guestlist.BadRequestError),
        (401, guestlist.AuthenticationError),
        (403, guestlist.PermissionDeniedError),
        (404, guestlist.NotFoundError),
        (405, guestlist.BadRequestError),
        (409, guestlist.ConflictError),
        (413, guestlist.BadRequestError),
        (415, guestlist.BadRequestError),
        (418, guestlist.BadRequestError),
        (422, guestlist.ValidationError),
        (429, guestlist.RateLimitError),
        (500, guestlist.ServerError),
        (503, guestlist.ServerError),
    ],
)
def test_an_error_is_of_the_class_of_its_status(
    connect: Connect, scripted: Scripted, status: int, kind: type[GuestlistError]
) -> None:
    errors = [{"path": "displayName", "message": "Too long"}]
    server = scripted(lambda _: problem(status, "some_code", "17", errors=[*errors, 7, {}]))
    error = failure(connect(server.url).get_config)
    assert type(error) is kind
    assert error.code == "some_code"
    assert error.status == status
    assert error.title == "A problem"
    assert error.detail == "Do this."
    assert str(error) == "Do this. (some_code)"
    assert error.request_id == "r1"
    assert error.errors == tuple(errors)
    assert error.retry_after == 17


def test_an_error_without_its_members_is_told_all_the_same(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(lambda _: problem(404, "x", title=7, detail=None, requestId=1, errors="no"))
    error = failure(connect(server.url).get_config)
    assert str(error) == "Status 404 (x)"
    assert (error.detail, error.request_id, error.errors, error.retry_after) == ("", None, (), None)


@pytest.mark.parametrize(
    "answer",
    [
        Reply(502, b"<h1>Bad gateway</h1>", {"Retry-After": "3"}),
        Reply(200, b"<h1>Welcome to our wireless</h1>"),
        Reply(200, b'{"id": "1"'),
        Reply(200, b"\xff\xfe\xfd"),
        Reply(200, b"[" * 100_000),
        Reply(204),
        ok([ALICE]),
        ok(None),
        Reply(404, b'{"message": "Not found"}'),
        Reply(500, b"null"),
        Reply(401, b'{"code": 7}'),
        Reply(302, b'{"code": "session_ended"}', {"Location": "/"}),
    ],
)
def test_an_answer_of_somebody_else_is_an_invalid_answer_and_drops_no_token(
    connect: Connect, scripted: Scripted, answer: Reply
) -> None:
    server = scripted(lambda _: answer)
    client = connect(server.url, TOKEN, max_retries=0)
    error = failure(client.get_me)
    assert isinstance(error, GuestlistNetworkError)
    assert error.code == "invalid_answer"
    assert error.status == answer.status
    assert error.retry_after == (3 if answer.status == 502 else None)
    assert client.token == TOKEN
    assert len(server.requests) == 1


def test_a_page_is_no_answer_to_what_has_none(connect: Connect, scripted: Scripted) -> None:
    client = connect(scripted(lambda _: Reply(200, b"<h1>Sign in</h1>")).url, TOKEN)
    for call in (client.disconnect, client.logout):
        assert failure(call).code == "invalid_answer"
    assert client.token == TOKEN


def test_a_server_that_cannot_be_reached_is_a_network_error_with_its_cause(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(lambda _: "never")
    server.stop()
    error = failure(connect(server.url).get_config)
    assert isinstance(error, GuestlistNetworkError)
    assert (error.code, error.status) == ("network_error", 0)
    assert error.__cause__ is not None


def test_an_answer_that_breaks_off_is_a_network_error(connect: Connect, scripted: Scripted) -> None:
    for headers in ({"Content-Length": "100"}, {"Content-Encoding": "gzip"}):
        client = connect(scripted(lambda _, h=headers: Reply(200, b'{"id": ', h)).url)  # type: ignore[misc]
        assert failure(client.get_config).code == "network_error"


@pytest.mark.parametrize(
    "answer",
    [
        problem(401, "token_invalid"),
        problem(
            403, "x", title=TOKEN, detail=f"Not {TOKEN}", errors=[{"path": "", "message": TOKEN}]
        ),
        "hang up",
        Reply(200, f'{{"token":"{TOKEN}'.encode()),
        Reply(500, f'{{"token":"{TOKEN}"}}'.encode()),
        ok([TOKEN]),
    ],
)
def test_no_error_shows_a_token_however_deep_one_looks(
    connect: Connect, scripted: Scripted, answer: Answer
) -> None:
    client = connect(scripted(lambda _: answer).url, TOKEN)
    for call in (client.get_me, client.refresh_token, client.logout):
        try:
            call()
        except GuestlistError as error:
            cause = error.__cause__
            shown = [repr(error), *traceback.format_exception(error), str(vars(error))]
            shown += [str(vars(each)) for each in (cause, getattr(cause, "request", None)) if each]
            assert TOKEN not in "".join(shown)
            assert "authorization" not in "".join(shown).lower()


def test_no_error_holds_a_password(connect: Connect, scripted: Scripted) -> None:
    client = connect(scripted(lambda _: "hang up").url)
    cause = failure(lambda: client.login(email="a", password="secure-password")).__cause__
    assert b"secure" not in cause.request.content  # type: ignore[union-attr]


def test_a_client_shows_its_address_only(connect: Connect) -> None:
    client = connect("http://localhost:3000/", TOKEN)
    assert repr(client).endswith("GuestlistClient('http://localhost:3000')")


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))]
)
def test_an_error_can_be_copied_and_sent_between_processes(
    again: Callable[[GuestlistError], GuestlistError],
) -> None:
    error = guestlist.RateLimitError(
        code="rate_limited", status=429, title="Slowly", request_id="r1", retry_after=3
    )
    other = again(error)
    assert type(other) is guestlist.RateLimitError
    assert str(other) == "Slowly (rate_limited)"
    assert vars(other) == vars(error)


NOW = 784111777.0  # Sun, 06 Nov 1994 08:49:37 GMT


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Sun, 06 Nov 1994 08:50:07 GMT", 30),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1" * 5000, None),
        ("²", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(
    header: str | None, seconds: int | None
) -> None:
    assert parse_retry_after(header, NOW) == seconds
