"""The server itself, as a child process with a data file of its own."""

import json
import os
import socket
import sqlite3
import subprocess
import time
import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
from seed_page import REPOSITORY

_NODE = REPOSITORY / "node_modules" / ".bin" / "node"
NODE = str(_NODE) if _NODE.exists() else "node"


@dataclass(frozen=True)
class RealServer:
    url: str
    database: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def start(cls, database: Path, port: int, **settings: str) -> "RealServer":
        own = {"PORT": str(port), "DATABASE_URL": f"file:{database}", **settings}
        environment = {**os.environ, "RATE_LIMITS": "off", "LOG_LEVEL": "warn", **own}
        log = database.with_name(f"server-{port}.log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [NODE, "--import", "./tests/helpers/check-answers-of-process.ts", "server/main.ts"],
                cwd=REPOSITORY,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return cls(f"http://127.0.0.1:{port}", database, environment, process, log)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 30
        with httpx.Client(trust_env=False) as client:
            while time.monotonic() < deadline and self.process.poll() is None:
                try:
                    if client.get(f"{self.url}/readyz").status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.02)
        raise AssertionError(f"the server did not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def run_command(self, *arguments: str) -> str:
        return subprocess.run(
            [NODE, "scripts/guestlist.ts", *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def mint(self, *arguments: str) -> list[str]:
        invites = json.loads(self.run_command("invites", "mint", *arguments, "--json"))
        return [invite["code"] for invite in invites]

    def link_account(self, user_id: str) -> str:
        """Links an account of another service, as signing in through that service would."""
        account_id = str(uuid.uuid4())
        row = {
            "id": account_id,
            "user_id": user_id,
            "provider": "example",
            "issuer": "https://id.example",
            "subject": account_id,
            "email": "a@id.example",
            "linked_at": int(time.time() * 1000),
        }
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        with closing(sqlite3.connect(self.database, timeout=5)) as database, database:
            database.execute(f"INSERT INTO oauth_accounts ({names}) VALUES ({values})", row)
        return account_id


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports
