"""Fixtures for pytest: put ``pytest_plugins = ["guestlist.pytest_plugin"]`` into `conftest.py`.

It is not loaded by itself: an entry point would be, in every run of every project that has this
package installed.
"""

from collections.abc import Iterator

import pytest

from .testing import GuestlistServer, start_guestlist


@pytest.fixture
def guestlist_settings() -> dict[str, str]:
    """The server's settings; override it to change them."""
    return {}


@pytest.fixture
def guestlist_server(guestlist_settings: dict[str, str]) -> Iterator[GuestlistServer]:
    """A server of this test's own: what one test does, or does to the clock, meets no other."""
    with start_guestlist(settings=guestlist_settings) as server:
        yield server
