# SPDX-License-Identifier: Apache-2.0
"""Run a Python module that stops when its parent is gone: `python -m bots.core.homeserver.lifeline MODULE [ARG…]`.

The parent holds the other end of this process's standard input and never writes to it.
However the parent ends, `kill -9` included, the pipe closes, and this process is asked to stop; then made to.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

# How long an orderly stop may take once the parent is gone, in seconds.
GRACE = 15.0


def _watch() -> None:
    # The raw descriptor: a buffered `sys.stdin` would hold a lock that the interpreter wants at exit.
    while os.read(0, 1):
        pass
    end_in_order()


def end_in_order() -> None:
    """Ask this process to stop, as its operator would, and make it stop after `GRACE`."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)


def main() -> None:
    """Take the module's name off the command line and be that module."""
    threading.Thread(target=_watch, daemon=True, name="lifeline").start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
