import contextlib
import socket
from collections.abc import Iterator

import httpx


class OpenStreams:
    """The answers that threads are reading without an end, so that these can be woken."""

    def __init__(self) -> None:
        self._responses: set[httpx.Response] = set()

    @contextlib.contextmanager
    def keep(self, response: httpx.Response) -> Iterator[httpx.Response]:
        self._responses.add(response)
        try:
            yield response
        finally:
            response.close()
            self._responses.discard(response)

    def hang_up(self) -> None:
        """Ends them. Closing alone would leave a thread waiting for the next byte."""
        for response in tuple(self._responses):
            stream = response.extensions.get("network_stream")
            connection = None if stream is None else stream.get_extra_info("socket")
            if isinstance(connection, socket.socket):
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
