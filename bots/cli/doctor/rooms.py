# SPDX-License-Identifier: Apache-2.0
"""The community's rooms: what differs from the settings, and who could do what because of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bots.cli.doctor.findings import Finding, Severity, Trouble, Unasked, Well
from bots.cli.doctor.questions import Answer, mapping
from bots.core.homeserver.plan import Actual, ChangeMembers, Difference, PutPowerLevels, PutState

_APPLY = "`kithroom apply` puts it right"


@dataclass(frozen=True, slots=True)
class _Aspect:
    """A side of every room that matters, and what it means if it is not as the settings say."""

    what: str
    risk: str
    severity: Severity = Severity.DANGER


_ASPECTS: Mapping[str, _Aspect] = {
    "m.room.encryption": _Aspect(
        "What is said is encrypted in every room",
        "The homeserver, and those that members come from, read what is said, and keep it.",
    ),
    "m.room.join_rules": _Aspect(
        "Rooms of conditions, and the moderators' room, are by invitation only",
        "Anybody can walk in, and see who lives with what.",
    ),
    "m.room.history_visibility": _Aspect(
        "What was said before somebody came is for them only where the settings share it",
        "Newcomers, or anybody at all, get what people said before them.",
    ),
    "m.room.guest_access": _Aspect(
        "No guest is in a room", "Somebody without an account can listen.", Severity.WEAKNESS
    ),
    "m.room.power_levels": _Aspect(
        "Nobody has more power in a room than the settings give",
        "Somebody can remove members, mute the bots, or take the room over.",
    ),
    "federation": _Aspect(
        "Rooms are on the homeservers that the settings name, and on no other",
        "Whoever runs another homeserver sees who is in the room, and when they write; and keeps that for ever.",
    ),
}


def room_findings(
    actual: Actual, differences: Sequence[Difference], visible: Mapping[str, Answer]
) -> Iterator[Finding]:
    """One for each side of the rooms. `visible` is each room's entry in the public list, by the room's key."""
    by_aspect: dict[str, list[Difference]] = {}
    for difference in differences:
        by_aspect.setdefault(_aspect(difference), []).append(difference)
    for name, aspect in _ASPECTS.items():
        found = by_aspect.pop(name, [])
        yield Finding(aspect.what, _trouble(aspect, found) if found else Well())
    yield _public_list(visible)
    yield _addresses(actual)
    rest = [difference for others in by_aspect.values() for difference in others]
    yield Finding("Everything else about the rooms is as the settings say", _rest(rest) if rest else Well())


def _aspect(difference: Difference) -> str:
    match difference.step:
        case PutState(event_type="m.room.server_acl") | ChangeMembers(act="kick"):
            return "federation"
        case PutState(event_type=event_type):
            return event_type
        case PutPowerLevels():
            return "m.room.power_levels"
    return difference.what


def _trouble(aspect: _Aspect, found: Sequence[Difference]) -> Trouble:
    fixes = [_APPLY if difference.step is not None else difference.wanted for difference in found]
    return Trouble(
        severity=aspect.severity,
        seen="; ".join(f"{difference.room}: {difference.found}" for difference in found),
        risk=aspect.risk,
        fix="; ".join(dict.fromkeys(fixes)),
    )


def _public_list(visible: Mapping[str, Answer]) -> Finding:
    what = "No room is in the public list"
    unknown = [key for key, answer in visible.items() if answer.status != 200]
    if unknown or not visible:
        return Finding(what, Unasked(f"the homeserver does not say so of {', '.join(unknown) or 'any room'}"))
    public = [key for key, answer in visible.items() if answer.body.get("visibility") == "public"]
    if not public:
        return Finding(what, Well())
    trouble = Trouble(
        severity=Severity.WEAKNESS,
        seen=f"in it: {', '.join(public)}",
        risk="Anybody with an account, and other homeservers, see its name and how many people are in it.",
        fix="take it out, in the room's settings; and set room_list_publication_rules: [{action: deny}]",
    )
    return Finding(what, trouble)


def _addresses(actual: Actual) -> Finding:
    """The lobby may have an address that people can type; the others tell what they are about."""
    named = {
        key: alias
        for key, room in actual.rooms.items()
        if key != "lobby" and isinstance(alias := mapping(room.content("m.room.canonical_alias")).get("alias"), str)
    }
    if not named:
        return Finding("No room but the lobby has a public address", Well())
    trouble = Trouble(
        severity=Severity.WEAKNESS,
        seen=", ".join(f"{key}: {alias}" for key, alias in named.items()),
        risk="Addresses are never encrypted, and other homeservers can ask for them.",
        fix="delete it, in the room's settings; and set alias_creation_rules: [{action: deny}]",
    )
    return Finding("No room but the lobby has a public address", trouble)


def _rest(rest: Sequence[Difference]) -> Trouble:
    return Trouble(
        severity=Severity.WEAKNESS,
        seen="; ".join(f"{difference.room}: {difference.what}" for difference in rest),
        risk="Members, moderators or bots miss a room, or find it under another name.",
        fix="`kithroom plan` shows it whole; `kithroom apply` does what can be done without you",
    )
