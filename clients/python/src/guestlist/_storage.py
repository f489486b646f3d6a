from typing import Protocol, runtime_checkable


@runtime_checkable
class TokenStorage(Protocol):
    """Where a client keeps its token. Its functions are called under a lock: keep them quick.

    They may raise: the client then goes on with the token that it holds in memory.
    """

    def get(self) -> str | None:
        """The stored token, or None."""

    def set(self, token: str, /) -> None:
        """Replaces the stored token."""

    def remove(self) -> None:
        """Forgets the stored token; forgetting when there is none is no error."""


class MemoryStorage:
    """Keeps the token for as long as this object lives. The default."""

    def __init__(self) -> None:
        self._token: str | None = None

    def get(self) -> str | None:
        """The stored token, or None."""
        return self._token

    def set(self, token: str, /) -> None:
        """Replaces the stored token."""
        self._token = token

    def remove(self) -> None:
        """Forgets the stored token."""
        self._token = None
