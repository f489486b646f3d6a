"""A server in a thread that answers as a test says, or does not answer."""

import base64
import json
import select
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import httpx


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def token(self) -> str | None:
        return self.headers.get("authorization", "").removeprefix("Bearer ") or None

    @property
    def line(self) -> str:
        return f"{self.method} {self.path.removeprefix('/api/auth/')}"

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stream:
    """A stream of events, piece by piece. Then it ends, breaks off, or waits for the client to."""

    pieces: tuple[bytes, ...] = ()
    then: Literal["end", "break", "wait"] = "end"
    headers: dict[str, str] = field(
        default_factory=lambda: {"Content-Type": "text/event-stream; charset=utf-8"}
    )


Answer = Reply | Stream | Literal["hang up", "never"]
Script = Callable[[Received], Answer]


def ok(body: object) -> Reply:
    return Reply(200, json.dumps(body).encode(), {"Content-Type": "application/json"})


NO_CONTENT = Reply(204)


def problem(status: int, code: str, retry_after: str | None = None, **members: object) -> Reply:
    body = {"type": f"urn:{code}", "title": "A problem", "status": status, "detail": "Do this."}
    body |= {"code": code, "requestId": "r1", **members}
    headers = {"Content-Type": "application/problem+json"}
    if retry_after is not None:
        headers["Retry-After"] = retry_after
    return Reply(status, json.dumps(body).encode(), headers)


def make_token(sub: str = "alice", sid: str = "session-1", gen: int = 1) -> str:
    """Like the server's in all that the client looks at; nobody has signed it."""
    parts = [{"alg": "ES256"}, {"sub": sub, "sid": sid, "gen": gen}]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join([*(part.rstrip("=") for part in encoded), "signature"])


def event(kind: str, data: object, id: str | None = None) -> bytes:
    """An event as the server writes it."""
    line = "" if id is None else f"id: {id}\n"
    return f"{line}event: {kind}\ndata: {json.dumps(data)}\n\n".encode()


def snapshot(*user_ids: str, id: str | None = None, has_more: bool = False) -> bytes:
    return event("snapshot", {"userIds": user_ids, "hasMore": has_more}, id)


AT = "2026-11-23T12:00:00.000Z"
ALICE = {"id": "1", "username": "alice", "displayName": "Alice", "avatarUrl": None, "isBot": False}


class ScriptedServer:
    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[Received] = []
        self.left = threading.Semaphore(0)
        """Counts the clients that left a stream that waited for it."""
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler_class())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        # Twenty at once must not be refused.
        self._server.socket.listen(64)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.002,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def lines(self) -> list[str]:
        return [request.line for request in self.requests]

    def stop(self) -> None:
        """After this, nobody listens at the address."""
        if not self._closing.is_set():
            self._closing.set()
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()

    def _wait_for_end(self, connection: socket.socket) -> bool:
        while not self._closing.is_set():
            if select.select([connection], [], [], 0.01)[0]:
                return True
        return False

    def _handler_class(scripted) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except ConnectionError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                received = Received(self.command, self.path, headers, body)
                scripted.requests.append(received)
                reply = scripted.script(received)
                if reply == "never":
                    scripted._closing.wait(10)
                if isinstance(reply, str):
                    return
                if isinstance(reply, Stream):
                    self.stream(reply)
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in reply.headers and reply.status != 204:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def stream(self, reply: Stream) -> None:
                # Only in chunks an answer that has ended differs from one that broke off.
                self.protocol_version, self.close_connection = "HTTP/1.1", True
                self.send_response(200)
                headers = {**reply.headers, "Transfer-Encoding": "chunked", "Connection": "close"}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                for piece in reply.pieces:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                if reply.then == "end":
                    self.wfile.write(b"0\r\n\r\n")
                elif reply.then == "wait" and scripted._wait_for_end(self.connection):
                    scripted.left.release()

            do_GET = do_POST = do_PATCH = do_DELETE = answer

        return Handler


class SessionScript:
    """Answers like a server with sessions: only tokens that it made itself are fresh."""

    def __init__(self, instead: Callable[[Received], Answer | None] = lambda _: None) -> None:
        self._instead = instead
        self.fresh: set[str] = set()
        self.generation = 1

    def __call__(self, request: Received) -> Answer:
        instead = self._instead(request)
        if instead is not None:
            return instead
        if request.token is None:
            return problem(401, "token_missing")
        if request.line == "POST refresh":
            self.generation += 1
            self.fresh.add(make_token(gen=self.generation))
            return ok({"token": make_token(gen=self.generation)})
        if request.token not in self.fresh:
            return problem(401, "token_expired")
        if request.line == "GET oauth/accounts":
            return ok([])
        return NO_CONTENT if request.method in ("POST", "DELETE") else ok(ALICE)


def timing_out(kind: str, script: Script) -> httpx.Client | httpx.AsyncClient:
    """An HTTP client that the script answers without a network, where "never" costs no time."""

    def answer(request: httpx.Request) -> httpx.Response:
        headers = dict(request.headers)
        reply = script(Received(request.method, request.url.path, headers, request.content))
        if isinstance(reply, str):
            raise httpx.ReadTimeout("never", request=request)
        if isinstance(reply, Stream):
            return httpx.Response(200, content=b"".join(reply.pieces), headers=reply.headers)
        return httpx.Response(reply.status, content=reply.body, headers=reply.headers)

    transport = httpx.MockTransport(answer)
    if kind == "sync":
        return httpx.Client(transport=transport)
    return httpx.AsyncClient(transport=transport)


def passed_on(request: Received, url: str) -> Reply:
    """What the server at `url` answers to this request."""
    kept = ("authorization", "content-type", "idempotency-key", "guestlist-connection")
    headers = {name: value for name, value in request.headers.items() if name in kept}
    with httpx.Client(trust_env=False) as client:
        answer = client.request(
            request.method, url + request.path, headers=headers, content=request.body
        )
    content_type = answer.headers.get("Content-Type", "application/json")
    return Reply(answer.status_code, answer.content, {"Content-Type": content_type})
