"""Both clients under one set of tests."""

import asyncio
import functools
import inspect
from collections.abc import Callable, Generator
from typing import Any, cast

import pytest

from guestlist import AsyncGuestlistClient, GuestlistClient, GuestlistError

Connect = Callable[..., GuestlistClient]
PASSWORD = "secure-password"


class Blocking:
    """Something asynchronous on an event loop of its own, each call of which is waited for."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self._loop = asyncio.new_event_loop()

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self.inner, name)
        if not callable(attribute):
            return attribute

        @functools.wraps(attribute)
        def call(*arguments: Any, **options: Any) -> Any:
            result = attribute(*arguments, **options)
            if inspect.isasyncgen(result):
                return self._wait_for_each(result)
            return self._loop.run_until_complete(result) if inspect.isawaitable(result) else result

        return call

    def _wait_for_each(self, results: Any) -> Generator[Any, None, None]:
        try:
            while True:
                yield self._loop.run_until_complete(anext(results))
        except StopAsyncIteration:
            return
        finally:
            if not self._loop.is_closed():
                self._loop.run_until_complete(results.aclose())

    def __repr__(self) -> str:
        return repr(self.inner)

    def close(self) -> None:
        try:
            if hasattr(self.inner, "aclose"):
                self._loop.run_until_complete(self.inner.aclose())
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()


def make_client(kind: str, *arguments: Any, **options: Any) -> GuestlistClient:
    if kind == "sync":
        return GuestlistClient(*arguments, **options)
    return cast(GuestlistClient, Blocking(AsyncGuestlistClient(*arguments, **options)))


def failure(call: Callable[[], object]) -> GuestlistError:
    with pytest.raises(GuestlistError) as caught:
        call()
    return caught.value
