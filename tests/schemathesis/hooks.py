"""Gives Schemathesis what a schema cannot tell: a token, a live invite, ids of people who exist.

Only cases that are to succeed are touched, and of each only what must name something on this
server; all else stays as it was generated. What each call was answered goes into a file.
"""

import base64
import itertools
import json
import os
import random
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import strategies as st

_world = json.loads(Path(os.environ["GUESTLIST_WORLD"]).read_text())
_answers = Path(os.environ["GUESTLIST_ANSWERS"])
_ids = iter(_world["accountIds"])
_codes = iter(_world["resetCodes"])
_flow_codes = iter(_world["flowCodes"])
_numbers = itertools.count()
_chance = random.Random(1)
_password = _world["credentials"]["password"]

_OF_SOMEBODY_NEW = {"DELETE /api/auth/me", "PATCH /api/auth/account", "POST /api/auth/password"}
_WITH_CURRENT_PASSWORD = {"PATCH /api/auth/account", "POST /api/auth/password"}
_STARTING_OAUTH = {
    "POST /api/auth/oauth/{provider}/link",
    "POST /api/auth/oauth/{provider}/login",
}
_WITH_NEW_PASSWORD = {
    "POST /api/auth/password": "newPassword",
    "POST /api/auth/password/reset": "password",
    "POST /api/auth/register": "password",
}


def _post(path: str, body: Any, token: str | None = None) -> Any:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    address = f"{_world['url']}/api/auth/{path}"
    answer = requests.post(address, json=body, headers=headers, timeout=10)
    answer.raise_for_status()
    return answer.json()


def _sign_in(credentials: str = "credentials") -> str:
    return str(_post("login", _world[credentials])["token"])


def _register() -> str:
    """Somebody new, with the password of everybody."""
    name = f"person-{next(_numbers)}"
    body = {
        "email": f"{name}@example.com",
        "username": name,
        "password": _password,
        "inviteCode": _world["inviteCode"],
    }
    return str(_post("register", body)["token"])


def _session_of(token: str) -> str:
    claims = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(f"{claims}=="))["sid"])


def _new_session() -> str:
    """The id of another session of whoever reads."""
    return _session_of(_sign_in("readerCredentials"))


def _new_bot() -> str:
    """The id of a bot of whoever reads."""
    bot = _post("bots", {"username": f"made-{next(_numbers)}"}, Token.shared())["bot"]
    return str(bot["id"])


@schemathesis.auth(refresh_interval=None)
class Token:
    """One session for all reading; for calls that end or change something one of another."""

    _shared: str | None = None

    @classmethod
    def shared(cls) -> str:
        if cls._shared is None:
            cls._shared = _sign_in("readerCredentials")
        return cls._shared

    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> str:
        if f"{case.method} {case.operation.path}" in _OF_SOMEBODY_NEW:
            return _register()
        if case.operation.path in {"/api/auth/logout", "/api/auth/refresh"}:
            return _sign_in()
        return Token.shared()

    def set(self, case: schemathesis.Case, data: str, context: schemathesis.AuthContext) -> None:
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


# A few words, as people are told to choose them: long enough, and not among the common ones.
_words = st.text("abcdefghijklmnopqrstuvwxyz -,.'é漢", min_size=12, max_size=40)
schemathesis.openapi.format("password", st.builds("{}#{}".format, st.integers(100, 999), _words))
# At least one character that can be seen, and no word of scripts that look alike.
_alphabets = (
    "abcdxyzäéßABCXYZ0189 -_.'&<>漢字かなカナ한글🎉",
    "абвгдеёжзийАБВ -.'",
    "אבגדהاأبتث -.",
    "αβγδεζηθΑΒΓ -.'",
)
_names = st.one_of(*(st.text(alphabet, min_size=1, max_size=64) for alphabet in _alphabets)).filter(
    lambda name: bool(name.strip())
)
schemathesis.openapi.format("display-name", _names)


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: Any) -> None:
    """Names what exists, three times of four; but never the session that reads, to end it."""
    if (case.path_parameters or {}).get("id") == _session_of(Token.shared()):
        case.path_parameters["id"] = _new_session()
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    operation = f"{case.method} {case.operation.path}"
    body: Any = case.body
    field = _WITH_NEW_PASSWORD.get(operation)
    if field is not None and len(set(body[field])) < 12:
        # A few characters again and again are soon guessed, at every length.
        body[field] = f"{body[field][:100]} but not that common"
    if operation in _WITH_CURRENT_PASSWORD:
        # Only whoever has none may leave it out.
        body.setdefault("currentPassword", "not the one that it is")
    if operation in _STARTING_OAUTH:
        body["returnTo"] = "http://localhost:5173/"
    if operation == "POST /api/auth/password" and body["currentPassword"] == body["newPassword"]:
        body["currentPassword"] += " until now"
    if isinstance(body, dict) and "expiresAt" in body:
        body["expiresAt"] = _chance.choice([None, "2126-11-23T12:00:00Z"])
    if _chance.random() > 0.75:
        return
    if operation == "POST /api/auth/register":
        number = next(_numbers)
        body.update(inviteCode=_world["inviteCode"], username=f"{body['username'][:20]}-{number}")
        if len(body["email"]) < 240:
            body["email"] = f"{number}.{body['email']}"
        if case.headers and "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = str(number)
    elif operation == "POST /api/auth/invites/check":
        body["inviteCode"] = _world["inviteCode"]
    elif operation == "POST /api/auth/login":
        body.update(_world["credentials"])
    elif operation == "POST /api/auth/password":
        body["currentPassword"] = _world["credentials"]["password"]
    elif operation == "PATCH /api/auth/account":
        body["currentPassword"] = _world["credentials"]["password"]
        if len(body["email"]) < 240:
            body["email"] = f"{next(_numbers)}.{body['email']}"
    elif operation == "POST /api/auth/password/reset":
        body["code"] = next(_codes)
    elif operation in {"POST /api/auth/password", "PATCH /api/auth/account"}:
        body["currentPassword"] = _password
    elif operation == "GET /api/auth/users/{id}":
        case.path_parameters["id"] = _chance.choice(_world["userIds"])
    elif operation == "DELETE /api/auth/sessions/{id}":
        case.path_parameters["id"] = _new_session()
    elif operation == "POST /api/auth/bots":
        body["username"] = f"{body['username'][:20]}-{next(_numbers)}"
    elif operation in {"DELETE /api/auth/bots/{id}", "POST /api/auth/bots/{id}/token"}:
        case.path_parameters["id"] = _new_bot()
    elif operation in _STARTING_OAUTH:
        case.path_parameters["provider"] = "github"
    elif operation == "POST /api/auth/oauth/token":
        body.update(code=next(_flow_codes), flowSecret="secret")
    elif operation == "DELETE /api/auth/oauth/accounts/{accountId}":
        case.path_parameters["accountId"] = next(_ids)


@schemathesis.hook
def after_call(
    context: schemathesis.HookContext, case: schemathesis.Case, response: schemathesis.Response
) -> None:
    """Notes the operation, how its data was meant, and the status."""
    mode = case.meta.generation.mode.value if case.meta is not None else "positive"
    line = [f"{case.method} {case.operation.path}", mode, response.status_code]
    with _answers.open("a") as file:
        file.write(f"{json.dumps(line)}\n")
