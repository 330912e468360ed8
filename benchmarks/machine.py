# SPDX-License-Identifier: Apache-2.0
"""What the machine says: how much a process used, and on what the figures were measured."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PACKAGES = {"synapse": "matrix-synapse", "nio": "matrix-nio", "aiohttp": "aiohttp", "maubot": "maubot"}


@dataclass(frozen=True)
class Usage:
    """CPU seconds since the process began (user and system), and its memory now, in MB (10⁶ bytes).

    `memory` is its share of the machine's: a page that n processes share counts 1/n (PSS);
    `resident` counts every page that it sees, shared or not (RSS).
    """

    cpu: float
    memory: float
    resident: float


def usage(pid: int) -> Usage:
    """What the process has used."""
    fields = _state(pid)
    pages = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    megabytes = {line.split()[0]: int(line.split()[1]) * 1024 / 1e6 for line in pages if line.endswith("kB")}
    return Usage((int(fields[11]) + int(fields[12])) / _TICKS, megabytes["Pss:"], megabytes["Rss:"])


def parent(pid: int) -> int:
    """The process that started this one."""
    return int(_state(pid)[1])


def _state(pid: int) -> list[str]:
    # The name is in brackets and may hold anything: what counts begins behind it.
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()


def described() -> dict[str, object]:
    """The machine and the versions of what ran on it."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "database": "SQLite",
        **{name: _version(package) for name, package in _PACKAGES.items()},
    }


def load_average() -> list[float]:
    """The load averages of the last 1, 5 and 15 minutes; our own processes count too."""
    return [round(load, 2) for load in os.getloadavg()]


def _processor() -> str | None:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
