from collections.abc import Sequence
from typing import Any, TypedDict


class FieldError(TypedDict):
    """One refused field."""

    path: str
    """The field in the JSON body, such as ``displayName``, or the header; empty for the whole."""
    message: str


class GuestlistError(Exception):
    """A request that failed, as the server said (RFC 9457) or as it could not say.

    ::

        GuestlistError
        ├── BadRequestError         400, and every 4xx without a class of its own:
        │                             malformed_request, method_not_allowed, body_too_large, ...
        ├── AuthenticationError     401: token_missing, token_invalid, token_expired, token_reused,
        │                             session_ended, invalid_credentials
        ├── PermissionDeniedError   403: invite_invalid, invite_expired, invite_used_up,
        │                             account_disabled, oauth_failed, oauth_flow_invalid, ...
        ├── NotFoundError           404: not_found
        ├── ConflictError           409: email_taken, username_taken, last_sign_in_method,
        │                             oauth_account_taken, bot_limit_reached, ...
        ├── ValidationError         422: validation_failed, weak_password
        ├── RateLimitError          429: rate_limited
        ├── ServerError             5xx: overloaded, database_unavailable,
        │                             outcome_unknown, internal_error
        ├── KeysUnavailableError    503, of a verifier, not the server: keys_unavailable
        └── GuestlistNetworkError   no usable answer: network_error, timeout, invalid_answer

    Decide by class or `code`; `title` and `detail` are for people and may change their wording.
    A newer server may send codes that are not listed here. No error shows a token.
    """

    code: str
    """The stable code (RFC 9457, section 3.2: an extension member)."""
    status: int
    """The HTTP status; 0 when no answer came."""
    title: str
    """What kind of problem this is, in a few words."""
    detail: str
    """What happened this time and what to do next; may be empty."""
    request_id: str | None
    """The id under which the server's log knows this request."""
    errors: tuple[FieldError, ...]
    """The refused fields of a `ValidationError`; else empty."""
    retry_after: int | None
    """Seconds to wait before trying again, from Retry-After (RFC 9110, section 10.2.3)."""

    def __init__(
        self,
        *,
        code: str,
        status: int,
        title: str,
        detail: str = "",
        request_id: str | None = None,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{detail or title} ({code})")
        self.code = code
        self.status = status
        self.title = title
        self.detail = detail
        self.request_id = request_id
        self.errors = tuple(errors)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are copied by calling the class with `args`, which are not the constructor's.
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[GuestlistError], args: tuple[Any, ...], state: dict[str, Any]) -> Exception:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class BadRequestError(GuestlistError):
    """400, and every 4xx without a class of its own."""


class AuthenticationError(GuestlistError):
    """401: the token, or the email address with the password, does not authenticate."""


class PermissionDeniedError(GuestlistError):
    """403: the invite, the reset code or the account may not do this."""


class NotFoundError(GuestlistError):
    """404: there is nothing under this id."""


class ConflictError(GuestlistError):
    """409: something else stands in the way, such as a username that is taken."""


class ValidationError(GuestlistError):
    """422: the server refused what was sent; `errors` names the fields."""


class RateLimitError(GuestlistError):
    """429: too many requests; `retry_after` says how long to wait. It never ends a session."""


class ServerError(GuestlistError):
    """5xx: the server could not do it now; nothing is half done."""


class GuestlistNetworkError(GuestlistError):
    """No usable answer: whether the server did what was asked is unknown.

    `code` is ``network_error`` (none came, or it broke off), ``timeout`` (none came in time) or
    ``invalid_answer`` (one that Guestlist cannot have sent, such as a proxy's page: its `status`
    is then that answer's). ``__cause__`` is what httpx failed with. No token is dropped for it.
    """


class KeysUnavailableError(GuestlistError):
    """A verifier cannot fetch the keys that tokens are checked with: the token may be good.

    It is no refusal: answer 503, never 401, which would send people to sign in again.
    """


_BY_STATUS: dict[int, type[GuestlistError]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: ValidationError,
    429: RateLimitError,
}


def error_class(status: int) -> type[GuestlistError]:
    """The class for an answer with this status, 400 or higher."""
    return ServerError if status >= 500 else _BY_STATUS.get(status, BadRequestError)
