# SPDX-License-Identifier: Apache-2.0
"""A transcript: who does what, where and when, as a YAML file for `kithroom simulate`.

    start: 2026-03-01T10:00:00Z        # if it matters
    moderators: [mo]
    mode: observe                      # as in community.yaml; what is there, unless said otherwise
    observe: [identity]                # the same
    steps:
      - {who: anna, joins: lobby}
      - {who: anna, says: "yes", in: private}
      - {who: anna, taps: "✅", in: private}             # under the last message there
      - {who: mo, says: "!warn", in: ms, to: "a nasty word"}   # a reply to the last message with these words in it
      - {waits: 2h}
      - {who: anna, leaves: lobby}
      - {bot: moderation, does: redact, in: ms}          # what must have come of the step before
      - {bot: moderation, does: invite, whom: anna}
      - {bot: moderation, says: "I would have", in: moderators}
      - {bot: moderation, does: nothing}
      - {bot: moderation, never: ban}                    # neither now nor before

Places are `lobby`, `moderators`, `private` (the person's chat with the welcome bot) and the conditions' ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bots.core.actions import BotName
from bots.core.community import Mode
from bots.core.documents import Document, Location, Mistake, SettingsError, Value, did_you_mean, read

PRIVATE = "private"
_ACTS = ("joins", "leaves", "says", "taps")
_KEYS = ("who", *_ACTS, "in", "to", "waits")
_EXPECTED = ("bot", "does", "says", "never", "in", "whom")
NOTHING = "nothing"
# What a bot can be expected to do: the outward actions, by the names that they have in the list of what happened.
DEEDS = {
    "say": "Send",
    "edit": "Edit",
    "take back": "TakeBack",
    "redact": "Redact",
    "invite": "Invite",
    "remove": "Remove",
    "ban": "Ban",
    "unban": "Unban",
    "power": "SetPower",
    "join": "Join",
    "leave": "Leave",
}
_WHAT_A_STEP_SAYS = (
    f"A step says `who`, and one of {', '.join(f'`{act}`' for act in _ACTS)}; "
    "or it says what a `bot` must have done, or how long it `waits`."
)
_TOP = ("start", "moderators", "mode", "observe", "steps")
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
class Expectation:
    """What a bot must have done since the last step (`never`: must not have done at all).

    `does` is the name of an action, or `NOTHING`; of `place`, `whom` and `says` None says nothing.
    """

    line: int
    bot: str
    does: str
    place: str | None = None
    whom: str | None = None
    says: str | None = None
    never: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What happens, in order. `mode` and `observe` are the moderation bot's (None: as the settings say)."""

    start: datetime
    moderators: tuple[str, ...]
    mode: Mode | None
    observe: tuple[str, ...] | None
    steps: tuple[Step | Wait | Expectation, ...]


def _there_are(names: Iterable[str]) -> str:
    return f"There are: {', '.join(names)}."


def load_transcript(file: Path, places: tuple[str, ...]) -> Transcript:
    """The transcript in `file`; `places` are those that there are. Raises SettingsError with all mistakes."""
    mistakes: list[Mistake] = []
    document = read(file, mistakes)
    if document is None:
        raise SettingsError(mistakes)
    top = document.value if isinstance(document.value, dict) else {}
    mistakes += [
        document.mistake(
            (key,), f"There is no `{key}` in a transcript.", did_you_mean(key, _TOP) or _there_are(_TOP), key=True
        )
        for key in top
        if key not in _TOP
    ]
    given = top.get("steps")
    if not isinstance(given, list) or not given:
        mistakes.append(document.mistake(("steps",), "A transcript needs `steps`: a list of what happens."))
        raise SettingsError(mistakes)
    steps = [_step(document, number, value, places, mistakes) for number, value in enumerate(given)]
    transcript = Transcript(
        start=_start(document, top.get("start"), mistakes),
        moderators=_names(document, "moderators", top.get("moderators"), mistakes) or (),
        mode=_mode(document, top.get("mode"), mistakes),
        observe=_names(document, "observe", top.get("observe"), mistakes),
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


def _mode(document: Document, value: Value, mistakes: list[Mistake]) -> Mode | None:
    if value is None or value in list(Mode):
        return None if value is None else Mode(str(value))
    mistakes.append(document.mistake(("mode",), f"`mode` is {' or '.join(f'`{mode}`' for mode in Mode)}."))
    return None


def _names(document: Document, key: str, value: Value, mistakes: list[Mistake]) -> tuple[str, ...] | None:
    if value is None or isinstance(value, list):
        return None if value is None else tuple(str(name) for name in value)
    mistakes.append(document.mistake((key,), f"`{key}` is a list: `[{value}]`."))
    return None


def _step(
    document: Document, number: int, value: Value, places: tuple[str, ...], mistakes: list[Mistake]
) -> Step | Wait | Expectation | None:
    at = ("steps", number)
    before = len(mistakes)
    fields = {key: str(text) for key, text in value.items()} if isinstance(value, dict) else {}
    if "bot" in fields:
        return _expectation(document, at, fields, places, mistakes)
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
        if len(mistakes) == before:
            mistakes.append(document.mistake(at, _WHAT_A_STEP_SAYS))
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


def _expectation(
    document: Document, at: Location, fields: Mapping[str, str], places: tuple[str, ...], mistakes: list[Mistake]
) -> Expectation | None:
    before = len(mistakes)
    for key in fields:
        if key not in _EXPECTED:
            hint = did_you_mean(key, _EXPECTED)
            mistakes.append(document.mistake((*at, key), f"Nobody can expect `{key}` of a bot.", hint, key=True))
    if fields["bot"] not in list(BotName):
        bots = tuple(BotName)
        mistakes.append(
            document.mistake((*at, "bot"), f"No bot is called `{fields['bot']}`.", did_you_mean(fields["bot"], bots))
        )
    named = [key for key in ("does", "never") if key in fields]
    deed = fields[named[0]] if named else "say"
    known = (*DEEDS, NOTHING) if named == ["does"] else tuple(DEEDS)
    if len(named) > 1 or (not named and "says" not in fields):
        mistakes.append(
            document.mistake(at, "Of a bot is said what it `does`, what it `says`, or what it does `never`.")
        )
    elif deed not in known:
        hint = did_you_mean(deed, known) or _there_are(known)
        mistakes.append(document.mistake((*at, named[0]), f"No bot can `{deed}`.", hint))
    place = fields.get("in")
    if place is not None and place not in places:
        mistakes.append(
            document.mistake((*at, "in"), f"There is no place called `{place}`.", did_you_mean(place, places))
        )
    if len(mistakes) > before:
        return None
    return Expectation(
        line=document.mistake(at, "").line,
        bot=fields["bot"],
        does=DEEDS.get(deed, NOTHING),
        place=place,
        whom=fields.get("whom"),
        says=fields.get("says"),
        never="never" in fields,
    )
