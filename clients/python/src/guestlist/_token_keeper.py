import threading
from collections.abc import Callable

from ._storage import TokenStorage
from ._token import is_newer, is_token


class TokenKeeper:
    """The client's hold on its storage: compares and replaces in one step, survives failures."""

    def __init__(self, storage: TokenStorage, token: str | None) -> None:
        self._storage = storage
        self._lock = threading.Lock()
        self._known: str | None = None
        # After a failed write the storage is outdated: memory alone counts until one succeeds.
        self._detached = False
        if token is not None:
            self.write(token)

    def read(self) -> str | None:
        with self._lock:
            return self._load()

    def write(self, token: str) -> None:
        with self._lock:
            self._save(token)

    def replace(self, expected: str, token: str) -> bool:
        """Stores the token only in place of `expected`, or of an older one of its own session."""
        with self._lock:
            stored = self._load()
            is_due = stored is not None and (stored == expected or is_newer(token, stored))
            if is_due:
                self._save(token)
            return is_due

    def remove_if(self, matches: Callable[[str], bool]) -> None:
        with self._lock:
            stored = self._load()
            if stored is not None and matches(stored):
                self._save(None)

    def _load(self) -> str | None:
        if not self._detached:
            try:
                stored = self._storage.get()
            except Exception:
                return self._known
            self._known = stored if is_token(stored) else None
        return self._known

    def _save(self, token: str | None) -> None:
        self._known = token
        try:
            if token is None:
                self._storage.remove()
            else:
                self._storage.set(token)
        except Exception:
            self._detached = True
        else:
            self._detached = False
