"""Python client of Guestlist, the auth server for communities that people enter by invitation.

`GuestlistClient` for threads, `AsyncGuestlistClient` for asyncio; both raise `GuestlistError`.
`guestlist.verification` checks tokens in an application's own backend, `guestlist.testing` starts a
server for its tests.
"""

from ._answers import (
    Account,
    Bot,
    BotWithToken,
    InviteStatus,
    OAuthAccount,
    OAuthProvider,
    OAuthStart,
    PasswordResetRule,
    PasswordRule,
    Presence,
    PresenceChange,
    PresenceEvent,
    PresencePage,
    PresenceSnapshot,
    Profile,
    RefreshResult,
    RegistrationRule,
    ServerConfig,
    Session,
    SignInResult,
    User,
)
from ._async_client import AsyncGuestlistClient
from ._client import GuestlistClient
from ._errors import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    FieldError,
    GuestlistError,
    GuestlistNetworkError,
    KeysUnavailableError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ValidationError,
)
from ._storage import MemoryStorage, TokenStorage
from ._unset import UNSET, Unset
from ._version import __version__

__all__ = [
    "UNSET",
    "Account",
    "AsyncGuestlistClient",
    "AuthenticationError",
    "BadRequestError",
    "Bot",
    "BotWithToken",
    "ConflictError",
    "FieldError",
    "GuestlistClient",
    "GuestlistError",
    "GuestlistNetworkError",
    "InviteStatus",
    "KeysUnavailableError",
    "MemoryStorage",
    "NotFoundError",
    "OAuthAccount",
    "OAuthProvider",
    "OAuthStart",
    "PasswordResetRule",
    "PasswordRule",
    "PermissionDeniedError",
    "Presence",
    "PresenceChange",
    "PresenceEvent",
    "PresencePage",
    "PresenceSnapshot",
    "Profile",
    "RateLimitError",
    "RefreshResult",
    "RegistrationRule",
    "ServerConfig",
    "ServerError",
    "Session",
    "SignInResult",
    "TokenStorage",
    "Unset",
    "User",
    "ValidationError",
    "__version__",
]

# People meet these names in tracebacks and reprs: by the place to import them from.
for _name in __all__:
    if isinstance(globals()[_name], type):
        globals()[_name].__module__ = __name__
