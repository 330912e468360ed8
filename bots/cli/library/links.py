# SPDX-License-Identifier: Apache-2.0
"""What the pages of the library answered the last time, kept in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from bots.core.pages import Seen, from_object


def remembered(file: Path) -> dict[str, Seen]:
    """What was seen the last time. A file that can't be read is as good as none."""
    try:
        kept = json.loads(file.read_text("utf-8"))
        return {url: from_object(each) for url, each in kept.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def remember(file: Path, seen: Mapping[str, Seen]) -> None:
    """Keep it for the next time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({url: asdict(each) for url, each in seen.items()}, default=datetime.isoformat, indent=1))
