# SPDX-License-Identifier: Apache-2.0
"""A transcript: who does what, where and when, as a YAML file for `kithroom simulate`.

    start: 2026-03-01T10:00:00Z        # if it matters
    moderators: [mo]
    steps:
      - {who: anna, joins: lobby}
      - {who: anna, says: "yes", in: private}
      - {who: anna, taps: "✅", in: private}             # under the last message there
      - {who: mo, says: "!warn", in: ms, to: "a nasty word"}   # a reply to the last message with these words in it
      - {waits: 2h}
      - {who: anna, leaves: lobby}

Places are `lobby`, `moderators`, `private` (the person's chat with the welcome bot) and the conditions' ids.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bots.core.documents import Document, Mistake, SettingsError, Value, did_you_mean, read

PRIVATE = "private"
_ACTS = ("joins", "leaves", "says", "taps")
_KEYS = ("who", *_ACTS, "in", "to", "waits")
_TOP = ("start", "moderators", "steps")
_START = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
_WAIT = re.compile(r"(\d+)([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that somebody does; `act` is `joins`, `leaves`, `says` or `taps`. `line` is where it stands."""

    line: int
    who: str
    act: str
    place: str
    text: str = ""
    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Time goes by."""

    line: int
    time: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What happens, in order."""

    start: datetime
    moderators: tuple[str, ...]
    steps: tuple[Step | Wait, ...]


def load_transcript(file: Path, places: tuple[str, ...]) -> Transcript:
    """The transcript in `file`; `places` are those that there are. Raises SettingsError with all mistakes."""
    mistakes: list[Mistake] = []
    document = read(file, mistakes)
    if document is None:
        raise SettingsError(mistakes)
    top = document.value if isinstance(document.value, dict) else {}
    mistakes += [
        document.mistake((key,), f"There is no `{key}` in a transcript.", did_you_mean(key, _TOP), key=True)
        for key in top
        if key not in _TOP
    ]
    given, moderators = top.get("steps"), top.get("moderators")
    if not isinstance(given, list) or not given:
        mistakes.append(document.mistake(("steps",), "A transcript needs `steps`: a list of what happens."))
        raise SettingsError(mistakes)
    steps = [_step(document, number, value, places, mistakes) for number, value in enumerate(given)]
    transcript = Transcript(
        start=_start(document, top.get("start"), mistakes),
        moderators=tuple(str(name) for name in moderators) if isinstance(moderators, list) else (),
        steps=tuple(step for step in steps if step is not None),
    )
    if mistakes:
        raise SettingsError(mistakes)
    return transcript


def _start(document: Document, value: Value, mistakes: list[Mistake]) -> datetime:
    try:
        start = datetime.fromisoformat(str(value)) if value is not None else _START
    except ValueError:
        mistakes.append(document.mistake(("start",), "`start` is a time such as `2026-03-01T10:00:00Z`."))
        return _START
    return start if start.tzinfo else start.replace(tzinfo=UTC)


def _step(
    document: Document, number: int, value: Value, places: tuple[str, ...], mistakes: list[Mistake]
) -> Step | Wait | None:
    at = ("steps", number)
    before = len(mistakes)
    fields = {key: str(text) for key, text in value.items()} if isinstance(value, dict) else {}
    mistakes += [
        document.mistake((*at, key), f"Nobody can `{key}`.", did_you_mean(key, _KEYS), key=True)
        for key in fields
        if key not in _KEYS
    ]
    line = document.mistake(at, "").line
    acts = [act for act in _ACTS if act in fields]
    if "waits" in fields:
        found = _WAIT.fullmatch(fields["waits"])
        if found is None or len(fields) > 1:
            mistakes.append(document.mistake(at, "`waits` stands alone, and is a time such as `10m`, `2h` or `3d`."))
            return None
        return Wait(line=line, time=timedelta(**{_UNITS[found[2]]: int(found[1])}))
    if "who" not in fields or len(acts) != 1:
        mistakes.append(document.mistake(at, f"A step says `who`, and one of {', '.join(f'`{a}`' for a in _ACTS)}."))
        return None
    act = acts[0]
    moves = act in ("joins", "leaves")
    place = fields[act] if moves else fields.get("in", PRIVATE)
    if place not in places:
        mistakes.append(document.mistake(at, f"There is no place called `{place}`.", did_you_mean(place, places)))
    if len(mistakes) > before:
        return None
    text = "" if moves else fields[act]
    return Step(line=line, who=fields["who"], act=act, place=place, text=text, to=fields.get("to"))
