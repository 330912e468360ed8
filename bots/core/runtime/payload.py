# SPDX-License-Identifier: Apache-2.0
"""Actions as JSON values and back: what lies (sealed) in the outbox, and in the tick that carries an outcome home.

Total over `Outward`: every action that leaves through the outbox comes back equal. It is written field by field,
each in the form of its type; an action with a field of a type that has none here can't even be loaded.
Bookkeeping never waits anywhere, so it has no such form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, assert_never, get_args, get_type_hints

from bots.core.actions import (
    BaseAction,
    BotName,
    EventRef,
    GivenBack,
    InPrivateChat,
    InRoom,
    LabelRef,
    Outward,
    OwnWords,
    Param,
    Part,
    Place,
    Priority,
    Quote,
    Ref,
    Words,
)
from bots.core.rooms.policies import About, Policy


@dataclass(frozen=True, slots=True)
class _Form:
    """How the values of one type are written, and how they are read again."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def to_json(action: Outward) -> dict[str, Any]:
    """The action as JSON values."""
    kind = _kind(type(action))
    own = {name: form.write(getattr(action, name)) for name, form in _OWN[kind].items()}
    common = {name: form.write(getattr(action, name)) for name, form in _COMMON.items()}
    return {"common": common, "kind": kind, **own}


def from_json(value: Mapping[str, Any]) -> Outward:
    """The action that `to_json` wrote. Raises ValueError for one that nobody knows."""
    kind = value["kind"]
    if kind not in _KINDS:
        raise ValueError(f"no action is called {kind!r}")
    common = {name: form.read(value["common"][name]) for name, form in _COMMON.items()}
    own = {name: form.read(value[name]) for name, form in _OWN[kind].items()}
    return _KINDS[kind](**common, **own)


def _place(place: Place) -> dict[str, Any]:
    match place:
        case InRoom(room_id=room_id):
            return {"room_id": room_id}
        case InPrivateChat(user=user, open=open_):
            return {"user": user, "open": open_}
        case _ as never:
            assert_never(never)


def _to_place(value: Mapping[str, Any]) -> Place:
    if "room_id" in value:
        return InRoom(room_id=value["room_id"])
    return InPrivateChat(user=value["user"], open=value["open"])


def _ref(ref: Ref) -> dict[str, Any]:
    match ref:
        case EventRef(event_id=event_id):
            return {"event_id": event_id}
        case LabelRef(label=label):
            return {"label": label}
        case _ as never:
            assert_never(never)


def _to_ref(value: Mapping[str, Any]) -> Ref:
    return EventRef(value["event_id"]) if "event_id" in value else LabelRef(value["label"])


def _part(part: Part) -> dict[str, Any]:
    match part:
        case Quote(room_id=room_id, event_id=event_id, marks=marks):
            return {"quote": [room_id, event_id], "marks": [list(mark) for mark in marks]}
        case OwnWords(user=user, event_id=event_id):
            return {"own_words": [user, event_id]}
        case GivenBack(user=user, room_id=room_id, event_id=event_id):
            return {"given_back": [user, room_id, event_id]}
        case Words():
            return _words(part)
        case _ as never:
            assert_never(never)


def _to_part(value: Mapping[str, Any]) -> Part:
    if "own_words" in value:
        return OwnWords(*value["own_words"])
    if "given_back" in value:
        return GivenBack(*value["given_back"])
    if "quote" not in value:
        return _to_words(value)
    room_id, event_id = value["quote"]
    return Quote(room_id, event_id, tuple((start, end) for start, end in value["marks"]))


def _words(words: Words) -> dict[str, Any]:
    params = {name: _param(param) for name, param in words.params.items()}
    return {"words": words.key, "params": params, "language": words.language}


def _to_words(value: Mapping[str, Any]) -> Words:
    params = {name: _to_param(param) for name, param in value["params"].items()}
    return Words(value["words"], params, value["language"])


def _param(param: Param) -> Any:
    match param:
        case datetime():
            return {"time": param.isoformat()}
        case Words():
            return _words(param)
        case tuple():
            return [_words(words) for words in param]
        case str() | int() | float():
            return param
        case _ as never:
            assert_never(never)


def _to_param(value: Any) -> Param:
    match value:
        case {"time": str(time)}:
            return datetime.fromisoformat(time)
        case {"words": _}:
            return _to_words(value)
        case list():
            return tuple(_to_words(words) for words in value)
        case str() | int() | float():
            return value
        case _:
            raise ValueError(f"{type(value).__name__} is no parameter")


def _policy(policy: Policy) -> dict[str, Any]:
    said = {"about": policy.about, "entity": policy.entity, "reason": policy.reason}
    return {**said, "sha256": policy.sha256.hex()}


def _to_policy(value: Mapping[str, Any]) -> Policy:
    return Policy(About(value["about"]), value["entity"], bytes.fromhex(value["sha256"]), value["reason"])


def _many(form: _Form) -> _Form:
    """Several of them, in order."""
    return _Form(lambda values: [form.write(value) for value in values], lambda written: tuple(map(form.read, written)))


def _or_none(form: _Form) -> _Form:
    """One of them, or none."""
    return _Form(
        lambda value: None if value is None else form.write(value),
        lambda written: None if written is None else form.read(written),
    )


_AS_IT_IS = _Form(lambda value: value, lambda written: written)
_TIME = _Form(datetime.isoformat, datetime.fromisoformat)
_WORDS = _Form(_words, _to_words)
_REF = _Form(_ref, _to_ref)
_FORMS: Mapping[Any, _Form] = {
    **dict.fromkeys((str, bool, str | None, int | None), _AS_IT_IS),
    Priority: _Form(int, Priority),
    BotName | None: _or_none(_Form(str, BotName)),
    datetime: _TIME,
    datetime | None: _or_none(_TIME),
    Place: _Form(_place, _to_place),
    Ref: _REF,
    Ref | None: _or_none(_REF),
    Policy: _Form(_policy, _to_policy),
    tuple[str, ...]: _many(_AS_IT_IS),
    tuple[Words, ...]: _many(_WORDS),
    tuple[Part, ...]: _many(_Form(_part, _to_part)),
}


def _kind(action: type[BaseAction]) -> str:
    """What an action is called there: "take_back"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", action.__name__).lower()


def _fields(action: type[BaseAction]) -> dict[str, _Form]:
    hints = get_type_hints(action)
    return {field.name: _FORMS[hints[field.name]] for field in fields(action)}


_COMMON = _fields(BaseAction)
_KINDS: Mapping[str, type[Outward]] = {_kind(action): action for action in get_args(Outward)}
_OWN = {
    kind: {name: form for name, form in _fields(action).items() if name not in _COMMON}
    for kind, action in _KINDS.items()
}
