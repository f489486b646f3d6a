import contextlib
import json
import os
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

from ._checkout import SCRIPT

_SECONDS_TO_START = 60
_SECONDS_TO_INSTALL = 600
_SECONDS_TO_ANSWER = 30
_SECONDS_TO_STOP = 10
_KEPT_LINES_OF_LOG = 1000

# A PORT or a DATABASE_URL of the application's own must not reach the server.
_PASSED_ON = {
    *("PATH", "PATHEXT", "SYSTEMROOT", "COMSPEC", "HOME", "USERPROFILE", "APPDATA"),
    *("TMPDIR", "TEMP", "TMP", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
}


class TestProcess:
    """The server for tests as a child process, driven by a line of JSON for each message."""

    __test__ = False

    def __init__(self, checkout: Path, settings: Mapping[str, str]) -> None:
        node = shutil.which("node", path=checkout / "node_modules" / ".bin")
        npm = shutil.which("npm")
        if node is None and npm is None:
            raise FileNotFoundError(f"npm is not on the PATH, and nothing is installed: {checkout}")
        # Without its packages npm installs them first, Node with them.
        command = [npm, "run", "--silent", "test-server"] if node is None else [node, SCRIPT]
        self._process = process = subprocess.Popen(
            [str(part) for part in command],
            cwd=checkout,
            env={**_environment(), **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        assert process.stdin is not None
        self._stdin = process.stdin
        self._answers: SimpleQueue[str | None] = SimpleQueue()
        self._log: deque[str] = deque(maxlen=_KEPT_LINES_OF_LOG)
        self._readers = [
            threading.Thread(target=self._read_answers, args=[process.stdout], daemon=True),
            threading.Thread(target=self._read_log, args=[process.stderr], daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        self._lock = threading.Lock()
        self._orders = 0
        try:
            seconds = _SECONDS_TO_INSTALL if node is None else _SECONDS_TO_START
            self.ready: dict[str, str] = self._next_answer(seconds)
        except BaseException:
            self.stop()
            raise

    @property
    def log(self) -> str:
        """What the server has written to standard error, the last 1,000 lines of it."""
        return "".join(self._log.copy())

    def order(self, **order: object) -> dict[str, Any]:
        """Has an order carried out, one after another however many threads ask."""
        with self._lock:
            self._orders += 1
            if self._stdin.closed:
                raise RuntimeError("the Guestlist server has been stopped")
            # Of a server that has gone there is no answer either, and that error shows its log.
            with contextlib.suppress(BrokenPipeError):
                self._stdin.write(json.dumps({"id": self._orders, **order}) + "\n")
                self._stdin.flush()
            answer = self._next_answer(_SECONDS_TO_ANSWER)
        if "error" in answer:
            raise ValueError(str(answer["error"]))
        return answer

    def stop(self) -> None:
        """Ends the server, which takes its data file with it. Safe to call twice."""
        # Its end of input is what tells the server to go; a server that has gone breaks the pipe.
        with contextlib.suppress(BrokenPipeError):
            self._stdin.close()
        try:
            self._process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for reader in self._readers:
            reader.join(_SECONDS_TO_STOP)

    def _next_answer(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=seconds)
        except Empty:
            line = None
        if line is None:
            # First, so that the log is whole.
            self.stop()
            raise RuntimeError(f"the Guestlist server has ended or hangs; its log:\n{self.log}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _read_answers(self, stdout: IO[str]) -> None:
        with stdout:
            for line in stdout:
                self._answers.put(line)
        self._answers.put(None)

    def _read_log(self, stderr: IO[str]) -> None:
        with stderr:
            self._log.extend(stderr)


def _environment() -> dict[str, str]:
    prefixes = ("NODE_", "NPM_CONFIG_")
    return {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _PASSED_ON or name.upper().startswith(prefixes)
    }
