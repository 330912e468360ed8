# SPDX-License-Identifier: Apache-2.0
"""Child processes that never outlive us, and free ports for them to listen on."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"


def free_port(wanted: int = 0) -> int:
    """A loopback TCP port that nobody listens on: `wanted` if it is free, else one that the system chooses."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe, contextlib.suppress(OSError):
            # A port whose last connections are still winding down counts as free, as it does for servers.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOOPBACK, port))
            found: int = probe.getsockname()[1]
            return found
    raise OSError("no free port on the loopback interface")


def claim_port(wanted: int) -> socket.socket | None:
    """Keep others who claim ports off this one until the socket is closed; None when somebody has claimed it.

    A server binds its TCP port itself, some seconds after it was chosen.
    So the UDP port of the same number, which nobody uses, is bound as a sign, which is gone with the process.
    """
    claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        claim.bind((LOOPBACK, wanted))
    except OSError:
        claim.close()
        return None
    return claim


class Child:
    """A Python module running as a child process, its output appended to `log` (None: our own output).

    It has a session of its own: Ctrl-C in the terminal reaches us alone, and we stop our children in order.
    When we end without doing so, `lifeline` stops it.
    """

    def __init__(
        self, module: str, arguments: Sequence[str], *, log: Path | None, environment: Mapping[str, str] | None = None
    ) -> None:
        self.log = log
        # The package is found from any folder, installed or not.
        root = str(Path(__file__).resolve().parents[3])
        path = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
        with contextlib.ExitStack() as stack:
            output = None
            if log is not None:
                log.parent.mkdir(parents=True, exist_ok=True)
                output = stack.enter_context(log.open("ab"))
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
                [sys.executable, "-m", "bots.core.homeserver.lifeline", module, *arguments],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                # One heap for all threads, which take turns anyhow: a megabyte or two less (measured, part c).
                env={"MALLOC_ARENA_MAX": "1", **os.environ, "PYTHONPATH": path, **(environment or {})},
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def terminate(self) -> None:
        """Ask it to stop, and do not wait. Safe to repeat."""
        self._process.terminate()

    def stop(self, *, grace: float = 20.0) -> int:
        """Ask it to stop, make it stop after `grace` seconds. Gives the exit code. Safe to repeat."""
        self.terminate()
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._close()
        return self._process.returncode

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._process.kill()
        self._process.wait()
        self._close()

    def _close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()

    def last_lines(self, count: int = 15) -> str:
        """The end of its log, to show when it did not start."""
        return last_lines(self.log, count)


def last_lines(log: Path | None, count: int) -> str:
    """The end of a log, if there is one."""
    if log is None or not log.exists():
        return ""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
