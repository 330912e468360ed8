# SPDX-License-Identifier: Apache-2.0
"""Actions as JSON values and back: what lies (sealed) in the outbox, and in the tick that carries an outcome home.

Total over `Outward`: every action that leaves through the outbox comes back equal.
Bookkeeping never waits anywhere, so it has no such form.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_never

from bots.core.actions import (
    Ban,
    BotName,
    Edit,
    EventRef,
    Examine,
    GivenBack,
    InPrivateChat,
    InRoom,
    Invite,
    Join,
    LabelRef,
    Leave,
    LookAt,
    OpenDoor,
    OwnWords,
    Param,
    Part,
    Place,
    Priority,
    Quote,
    ReadWords,
    Redact,
    Ref,
    Remove,
    Send,
    SendCopy,
    SetPower,
    SetTopic,
    ShareHistory,
    ShutOut,
    TakeBack,
    Unban,
    Words,
)

Outward = (
    Send
    | Edit
    | TakeBack
    | SendCopy
    | SetTopic
    | Redact
    | Invite
    | Examine
    | ReadWords
    | LookAt
    | ShareHistory
    | Remove
    | Ban
    | Unban
    | SetPower
    | OpenDoor
    | ShutOut
    | Join
    | Leave
)

_ON_SOMEBODY: Mapping[str, type[Invite | Remove | Ban | Unban]] = {
    "invite": Invite,
    "remove": Remove,
    "ban": Ban,
    "unban": Unban,
}


def to_json(action: Outward) -> dict[str, Any]:
    """The action as JSON values."""
    common = {
        "why": action.why,
        "voice": action.voice,
        "priority": int(action.priority),
        "follow_up": action.follow_up,
        "not_before": action.not_before.isoformat() if action.not_before else None,
        "not_after": action.not_after.isoformat() if action.not_after else None,
    }
    return {"common": common, **_own(action)}


def from_json(value: Mapping[str, Any]) -> Outward:
    """The action that `to_json` wrote. Raises ValueError or KeyError for anything else."""
    given = value["common"]
    common: dict[str, Any] = {
        "why": given["why"],
        "voice": BotName(given["voice"]) if given["voice"] is not None else None,
        "priority": Priority(given["priority"]),
        "follow_up": given["follow_up"],
        "not_before": datetime.fromisoformat(given["not_before"]) if given["not_before"] else None,
        "not_after": datetime.fromisoformat(given["not_after"]) if given["not_after"] else None,
    }
    kind = value["kind"]
    if kind in _ON_SOMEBODY:
        return _ON_SOMEBODY[kind](room_id=value["room_id"], user=value["user"], **common)
    match kind:
        case "send":
            return _send(value, common)
        case "edit" | "take_back":
            return _of_its_own(kind, value, common)
        case "send_copy":
            return SendCopy(user=value["user"], **common)
        case "set_topic":
            return SetTopic(user=value["user"], parts=tuple(_to_words(words) for words in value["parts"]), **common)
        case "redact" | "examine" | "read_words":
            return _to_of_a_message(kind, value, common)
        case "look_at":
            return LookAt(url=value["url"], memo=value["memo"], **common)
        case "set_power":
            return SetPower(room_id=value["room_id"], user=value["user"], level=value["level"], **common)
        case "share_history":
            since = datetime.fromisoformat(value["since"])
            return ShareHistory(room_id=value["room_id"], user=value["user"], since=since, **common)
        case _:
            return _on_a_room(value, common)


def _on_a_room(value: Mapping[str, Any], common: Mapping[str, Any]) -> OpenDoor | ShutOut | Join | Leave:
    match value["kind"]:
        case "open_door":
            return OpenDoor(room_id=value["room_id"], open=value["open"], **common)
        case "shut_out":
            return ShutOut(room_id=value["room_id"], shut=tuple(value["shut"]), let_in=tuple(value["let_in"]), **common)
        case "join":
            return Join(room_id=value["room_id"], via=tuple(value["via"]), **common)
        case "leave":
            return Leave(room_id=value["room_id"], **common)
        case kind:
            raise ValueError(f"no action is called {kind!r}")


def _own(action: Outward) -> dict[str, Any]:
    match action:
        case Send():
            return {
                "kind": "send",
                "place": _place(action.place),
                "parts": [_part(part) for part in action.parts],
                "label": action.label,
                "memo": action.memo,
                "reply_to": _ref(action.reply_to),
                "thread": _ref(action.thread),
                "choices": [_words(words) for words in action.choices],
                "buttons": list(action.buttons),
                "mentions": list(action.mentions),
            }
        case Edit():
            return {
                "kind": "edit",
                "room_id": action.room_id,
                "target": _ref(action.target),
                "parts": [_part(part) for part in action.parts],
            }
        case TakeBack():
            return {"kind": "take_back", "room_id": action.room_id, "target": _ref(action.target)}
        case SendCopy(user=user):
            return {"kind": "send_copy", "user": user}
        case SetTopic(user=user, parts=parts):
            return {"kind": "set_topic", "user": user, "parts": [_words(words) for words in parts]}
        case Redact() | Examine() | ReadWords():
            return _of_a_message(action)
        case LookAt(url=url, memo=memo):
            return {"kind": "look_at", "url": url, "memo": memo}
        case SetPower(room_id=room_id, user=user, level=level):
            return {"kind": "set_power", "room_id": room_id, "user": user, "level": level}
        case OpenDoor() | ShutOut() | Join() | Leave():
            return _own_on_a_room(action)
        case ShareHistory(room_id=room_id, user=user, since=since):
            return {"kind": "share_history", "room_id": room_id, "user": user, "since": since.isoformat()}
        case Invite() | Remove() | Ban() | Unban():
            kind = next(name for name, type_ in _ON_SOMEBODY.items() if isinstance(action, type_))
            return {"kind": kind, "room_id": action.room_id, "user": action.user}
        case _ as never:
            assert_never(never)


def _of_a_message(action: Redact | Examine | ReadWords) -> dict[str, Any]:
    named = {"room_id": action.room_id, "event_id": action.event_id, "sender": action.sender}
    if isinstance(action, Examine):
        return {"kind": "examine", **named}
    if isinstance(action, ReadWords):
        return {"kind": "read_words", **named, "memo": action.memo}
    waits = {"after": action.after, "after_voice": action.after_voice}
    return {"kind": "redact", **named, "asked_by_sender": action.asked_by_sender, **waits}


def _to_of_a_message(kind: str, value: Mapping[str, Any], common: Mapping[str, Any]) -> Redact | Examine | ReadWords:
    named = {name: value[name] for name in ("room_id", "event_id", "sender")}
    if kind == "examine":
        return Examine(**named, **common)
    if kind == "read_words":
        return ReadWords(**named, memo=value["memo"], **common)
    voice = BotName(value["after_voice"]) if value["after_voice"] is not None else None
    asked = value["asked_by_sender"]
    return Redact(**named, asked_by_sender=asked, after=value["after"], after_voice=voice, **common)


def _own_on_a_room(action: OpenDoor | ShutOut | Join | Leave) -> dict[str, Any]:
    match action:
        case OpenDoor(room_id=room_id, open=open_):
            return {"kind": "open_door", "room_id": room_id, "open": open_}
        case ShutOut(room_id=room_id, shut=shut, let_in=let_in):
            return {"kind": "shut_out", "room_id": room_id, "shut": list(shut), "let_in": list(let_in)}
        case Join(room_id=room_id, via=via):
            return {"kind": "join", "room_id": room_id, "via": list(via)}
        case Leave(room_id=room_id):
            return {"kind": "leave", "room_id": room_id}


def _send(value: Mapping[str, Any], common: Mapping[str, Any]) -> Send:
    return Send(
        place=_to_place(value["place"]),
        parts=tuple(_to_part(part) for part in value["parts"]),
        label=value["label"],
        memo=value["memo"],
        reply_to=_to_ref(value["reply_to"]),
        thread=_to_ref(value["thread"]),
        choices=tuple(_to_words(words) for words in value["choices"]),
        buttons=tuple(value["buttons"]),
        mentions=tuple(value["mentions"]),
        **common,
    )


def _of_its_own(kind: str, value: Mapping[str, Any], common: Mapping[str, Any]) -> Edit | TakeBack:
    target = _to_ref(value["target"])
    if target is None:
        raise ValueError("it is about something that was said")
    if kind == "take_back":
        return TakeBack(room_id=value["room_id"], target=target, **common)
    parts = tuple(_to_part(part) for part in value["parts"])
    return Edit(room_id=value["room_id"], target=target, parts=parts, **common)


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


def _ref(ref: Ref | None) -> dict[str, Any] | None:
    match ref:
        case None:
            return None
        case EventRef(event_id=event_id):
            return {"event_id": event_id}
        case LabelRef(label=label):
            return {"label": label}
        case _ as never:
            assert_never(never)


def _to_ref(value: Mapping[str, Any] | None) -> Ref | None:
    if value is None:
        return None
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
