# SPDX-License-Identifier: Apache-2.0
"""Bots and the door as children that share what they have loaded.

They are the same libraries and the same tables four times. So one process loads them (`preloaded`) and does nothing
else, and each child is a fork of it: their memory is the machine's once, until one of them writes to it.
It is `multiprocessing`'s forkserver; a child that is started again begins where loading ends.
"""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import shutil
import threading
from collections.abc import Sequence
from multiprocessing import parent_process
from multiprocessing.util import get_temp_dir
from pathlib import Path

from bots.core.homeserver.lifeline import end_in_order
from bots.core.homeserver.process import last_lines

INSTALLATION = "KITHROOM_FORKS_FOR"
"""In the environment of what they are forked from: the file of the installation that they belong to."""

_PRELOADED = "bots.cli.running.preloaded"
_CONTEXT = multiprocessing.get_context("forkserver")
# In the same environment: the folder in which the forks are asked for.
_FOLDER = "KITHROOM_FORKS_IN"


class Forked:
    """`kithroom` with this command, its output appended to `log` (None: our own output).

    As a `Child`, it has a session of its own, and does not outlive us.
    `title` is what `ps` and `top` call it, of which they show 15 letters.
    `config` is the installation that it belongs to (None: to none); what the first one's is, is read for all.
    """

    def __init__(self, title: str, command: Sequence[str], *, config: Path | None, log: Path | None) -> None:
        self.log = log
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
        # As for every child: one heap for all threads.
        os.environ.setdefault("MALLOC_ARENA_MAX", "1")
        os.environ[_FOLDER] = folder = get_temp_dir()
        # What they were forked from took it away, should it have ended before us.
        Path(folder).mkdir(mode=0o700, exist_ok=True)
        arguments = [*command]
        if config is not None:
            os.environ.setdefault(INSTALLATION, str(config))
            arguments += ["--config", str(config)]
        _CONTEXT.set_forkserver_preload([_PRELOADED])
        # Whatever ends us, even an error, ends it.
        self._process = _CONTEXT.Process(target=_be, args=(title, arguments, log), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        """The process id."""
        pid = self._process.pid
        assert pid is not None, "it was started"
        return pid

    @property
    def exit_code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.exitcode

    def terminate(self) -> None:
        """Ask it to stop, and do not wait. Safe to repeat."""
        self._process.terminate()

    def stop(self, *, grace: float = 20.0) -> int:
        """Ask it to stop, make it stop after `grace` seconds. Gives the exit code. Safe to repeat."""
        self.terminate()
        self._process.join(grace)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()
        assert self._process.exitcode is not None, "it has ended"
        return self._process.exitcode

    def last_lines(self, count: int = 15) -> str:
        """The end of its log, to show when it did not start."""
        return last_lines(self.log, count)


def leave_no_folder_behind() -> None:
    """Have this process, from which others are forked, take their folder away when it ends, as the last of them.

    A parent that ends in order takes the folder away by itself; one that is killed can't.
    """
    atexit.register(_take_away, os.environ.get(_FOLDER), os.getpid())


def _take_away(folder: str | None, process: int) -> None:
    # A fork is another process.
    if folder is not None and os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def _be(title: str, arguments: Sequence[str], log: Path | None) -> None:
    """In the child: be the command."""
    os.setsid()
    # Linux only: elsewhere it keeps the name of what it was forked from.
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(title, "utf-8")
    if log is not None:
        file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(file, 1)
        os.dup2(file, 2)
        os.close(file)
    threading.Thread(target=_follow, daemon=True, name="lifeline").start()
    from bots.cli import main  # it starts us

    main(arguments, prog_name="kithroom")


def _follow() -> None:
    """Stop when the parent is gone, however it ended."""
    parent = parent_process()
    assert parent is not None, "a child has one"
    parent.join()
    end_in_order()
