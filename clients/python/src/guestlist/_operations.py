"""What the server can be asked, as data: nothing here sends anything."""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from ._answers import (
    InviteStatus,
    OAuthAccount,
    Profile,
    RefreshResult,
    ServerConfig,
    SignInResult,
    User,
)
from ._unset import Unset

Answer = TypeVar("Answer")

_ENDS_SESSION = frozenset({"session_ended", "token_reused"})


@dataclass(frozen=True)
class Operation(Generic[Answer]):
    """One request and the kind of its answer."""

    method: str
    path: str
    """What follows /api/auth/, already encoded."""
    answer: type[dict[str, Any]] | type[list[Any]] | type[None]
    body: dict[str, Any] | None = field(default=None, repr=False)
    authenticated: bool = True
    idempotency_key: str | None = None
    drops_token: frozenset[str] = _ENDS_SESSION
    """The codes that say that the token which was sent is dead."""

    @property
    def repeatable(self) -> bool:
        """Whether sending it again does no harm when nobody knows if it was done."""
        is_safe = self.method == "GET" or self.idempotency_key is not None
        return is_safe or self.path in ("refresh", "disconnect", "logout")


GET_ME = Operation[User]("GET", "me", dict)
# Elsewhere token_invalid may be a passing fault; what cannot even be exchanged is of no more use.
REFRESH = Operation[RefreshResult](
    "POST", "refresh", dict, authenticated=False, drops_token=_ENDS_SESSION | {"token_invalid"}
)
DISCONNECT = Operation[None]("POST", "disconnect", type(None))
LOGOUT = Operation[None]("POST", "logout", type(None))
LIST_OAUTH_ACCOUNTS = Operation[list[OAuthAccount]]("GET", "oauth/accounts", list)
GET_CONFIG = Operation[ServerConfig]("GET", "config", dict, authenticated=False)


def update_profile(display_name: str | Unset, avatar_url: str | Unset | None) -> Operation[User]:
    fields = {"displayName": display_name, "avatarUrl": avatar_url}
    body = {name: value for name, value in fields.items() if not isinstance(value, Unset)}
    return Operation("PATCH", "me", dict, body)


def get_user_profile(user_id: str) -> Operation[Profile]:
    return Operation("GET", f"users/{path_segment(user_id)}", dict)


def register(
    email: str,
    password: str,
    username: str,
    invite_code: str,
    display_name: str | None,
    idempotency_key: str | None,
) -> Operation[SignInResult]:
    key = secrets.token_hex(16) if idempotency_key is None else idempotency_key
    if re.fullmatch(r"[\x21-\x7e]{1,255}", key) is None:
        raise ValueError("idempotency_key must be 1 to 255 visible ASCII characters")
    body = {"email": email, "password": password, "username": username, "inviteCode": invite_code}
    if display_name is not None:
        body["displayName"] = display_name
    return Operation("POST", "register", dict, body, authenticated=False, idempotency_key=key)


def login(email: str, password: str) -> Operation[SignInResult]:
    body = {"email": email, "password": password}
    return Operation("POST", "login", dict, body, authenticated=False)


def unlink_oauth_account(account_id: str) -> Operation[None]:
    return Operation("DELETE", f"oauth/accounts/{path_segment(account_id)}", type(None))


def check_invite(invite_code: str) -> Operation[InviteStatus]:
    body = {"inviteCode": invite_code}
    return Operation("POST", "invites/check", dict, body, authenticated=False)


def reset_password(code: str, password: str) -> Operation[None]:
    body = {"code": code, "password": password}
    return Operation("POST", "password/reset", type(None), body, authenticated=False)


def path_segment(text: str) -> str:
    """An id as one encoded segment of a path (RFC 3986, 3.3); refuses what could reach another."""
    if not isinstance(text, str):
        raise TypeError("the id must be a string")
    if text == "":
        raise ValueError("the id must not be empty")
    if text in (".", ".."):
        raise ValueError("the id must not be a dot segment")
    if re.search(r"[/?#\\]", text):
        raise ValueError("the id must not hold any of / ? # \\")
    if re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", text):
        raise ValueError("the id must not hold control characters or lone surrogates")
    return quote(text, safe="")
