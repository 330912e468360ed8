# SPDX-License-Identifier: Apache-2.0
"""What the homeserver gives away, by how it answers people who have no business asking. Pure.

The settings named are Synapse's; deploy/synapse/kithroom.yaml has them all.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from bots.cli.doctor.findings import Severity, Trouble, Unasked, Verdict, Well
from bots.cli.doctor.questions import (
    Answer,
    Asker,
    Check,
    Question,
    by_capability,
    by_content,
    by_status,
    mapping,
    unclear,
)
from bots.core.homeserver.desired import Cast
from bots.core.matrix.http import path

# No account has this name: who learns something about it, learns it about everybody.
NOBODY = "kithroom-doctor-nobody"
# A name that no server can have (RFC 2606).
NOWHERE = "kithroom-doctor.invalid"
_REFUSED = frozenset({401, 403})
_GIVEN = frozenset({200})
_NOT_THERE = frozenset({404})


def reached(homeserver: str, answer: Answer | Unasked) -> Verdict:
    """Whether there is a homeserver at this address, by its answer to `/versions`."""
    if isinstance(answer, Answer) and answer.status == 200 and "versions" in answer.body:
        return Well()
    seen = "no answer from the homeserver"
    if isinstance(answer, Answer) and answer.status:
        seen = f"its answer is not a homeserver's ({answer.status} {answer.errcode})"
    fix = f"see that {homeserver} is right, and running"
    return Trouble(severity=Severity.DANGER, seen=seen, risk="Nothing works, and nothing else was asked.", fix=fix)


def encrypted(homeserver: str) -> Verdict:
    """Whether the way to this address can't be listened to."""
    if urlsplit(homeserver).scheme == "https" or is_inside(homeserver):
        return Well()
    return Trouble(
        severity=Severity.DANGER,
        seen=f"{homeserver} is reached without TLS",
        risk="Whoever is on the way reads the bots' passwords and tokens, and who writes when.",
        fix="an https:// address in kithroom.yaml, or an address of this machine",
    )


def is_inside(homeserver: str) -> bool:
    """Whether the address is this machine's, or its network's: what answers there says nothing about the outside."""
    host = urlsplit(homeserver).hostname or ""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host


def profile_checks(cast: Cast) -> tuple[Check, ...]:
    """Whether people can be looked up: their names, whether they are here, whether they are awake."""
    nobody = f"@{NOBODY}:{cast.server_name}"
    known = cast.organiser
    return (
        Check(
            "Strangers see no profile",
            Question(Asker.STRANGER, "GET", path("profile", known)),
            by_status(
                well=_REFUSED,
                bad=_GIVEN | _NOT_THERE,
                trouble=Trouble(
                    severity=Severity.DANGER,
                    seen=f"without an account, the profile of {known} can be asked for",
                    risk="Anybody on the internet who guesses a name learns whether it is here, and what it is called.",
                    fix="require_auth_for_profile_requests: true",
                ),
            ),
        ),
        Check(
            "Members see the profiles of those they share a room with, and no others",
            Question(Asker.MEMBER, "GET", path("profile", nobody)),
            by_status(
                well=frozenset({403}),
                bad=_GIVEN | _NOT_THERE,
                trouble=Trouble(
                    severity=Severity.WEAKNESS,
                    seen="an account that shares no room with somebody is told about their profile",
                    risk="Anybody with an account can go through names, and learn who is here.",
                    fix="limit_profile_requests_to_users_who_share_rooms: true",
                ),
            ),
        ),
        Check(
            "Nobody sees who is awake",
            Question(Asker.MEMBER, "GET", path("presence", nobody, "status")),
            # Switched off, everybody is "offline"; switched on, the homeserver looks who shares a room with whom.
            by_status(
                well=_GIVEN,
                bad=frozenset({403}),
                trouble=Trouble(
                    severity=Severity.WEAKNESS,
                    seen="presence is on",
                    risk="Whoever shares a room with somebody sees when they are awake; so do those homeservers.",
                    fix="presence: {enabled: false}",
                ),
            ),
        ),
        Check(
            "Nobody can be looked up in a directory",
            # Without anything to look for: a directory that is off says "nobody", one that is on misses the words.
            Question(Asker.MEMBER, "POST", path("user_directory", "search"), body=()),
            by_status(
                well=_GIVEN,
                bad=frozenset({400}),
                trouble=Trouble(
                    severity=Severity.DANGER,
                    seen="the user directory is on",
                    risk="Anybody with an account can list everybody in the lobby, and those they share a room with.",
                    fix="user_directory: {enabled: false, search_all_users: false}",
                ),
            ),
        ),
        Check(
            "Nobody learns whether a name is taken",
            Question(
                Asker.STRANGER,
                "GET",
                path("register", "available"),
                query=(("username", known[1:].partition(":")[0]),),
            ),
            _enumeration,
        ),
        Check(
            "Faces stay out",
            Question(Asker.MEMBER, "GET", path("capabilities")),
            by_capability(
                "m.set_avatar_url",
                Trouble(
                    severity=Severity.HINT,
                    seen="members can set a picture",
                    risk="A face, or a picture used elsewhere too, tells who somebody is, and is copied into every"
                    " room.",
                    fix="enable_set_avatar_url: false, and max_avatar_size: 1",
                ),
            ),
        ),
    )


def surface_checks(lobby: str | None, *, inside: bool) -> tuple[Check, ...]:
    """What else can be seen or reached. `lobby` is its room id; `inside`: asked past the proxy, from the machine."""
    checks = [
        Check(
            "Strangers see no list of rooms",
            Question(Asker.STRANGER, "GET", path("publicRooms")),
            by_content(well=_NOT_THERE | _REFUSED, judge=_room_list),
        ),
        Check(
            "The homeserver does not look at the links that people share",
            Question(Asker.MEMBER, "GET", path("media", "preview_url", version="v1")),
            # It is not told which: where it would look, it misses the address.
            by_status(
                well=_NOT_THERE | _REFUSED,
                bad=frozenset({400}),
                trouble=Trouble(
                    severity=Severity.WEAKNESS,
                    seen="URL previews are on",
                    risk="Links that members look at are told to the homeserver, are kept there, and are fetched by it:"
                    " the site learns that somebody here is interested.",
                    fix="url_preview_enabled: false",
                ),
            ),
        ),
        Check("Rooms are made in the newest way", Question(Asker.MEMBER, "GET", path("capabilities")), _room_version),
    ]
    if lobby is not None:
        # An address on a server that is not there is refused in any case; by what, tells whether one may be made.
        alias = path("directory", "room", f"#{NOBODY}:{NOWHERE}")
        question = Question(Asker.MEMBER, "PUT", alias, body=(("room_id", lobby),))
        checks.append(Check("Members give rooms no public address", question, _aliases))
    if not inside:
        checks.append(
            Check(
                "The administrators' interface is not reached from outside",
                Question(Asker.STRANGER, "GET", "/_synapse/admin/v1/server_version"),
                by_status(
                    well=_NOT_THERE | _REFUSED,
                    bad=_GIVEN,
                    trouble=Trouble(
                        severity=Severity.WEAKNESS,
                        seen="/_synapse/admin answers",
                        risk="Who gets hold of an administrator's password, or a token, can use it from anywhere.",
                        fix="let the proxy answer 404 to /_synapse/admin, as deploy/nginx/kithroom.conf does",
                    ),
                ),
            )
        )
    return tuple(checks)


def _enumeration(answer: Answer) -> Verdict:
    if answer.status in (200, 403, 404):
        return Well()
    if answer.errcode != "M_USER_IN_USE":
        return unclear(answer)
    return Trouble(
        severity=Severity.WEAKNESS,
        seen="the homeserver says of a name that it is taken",
        risk="Anybody can go through names, and learn who is here.",
        fix="inhibit_user_in_use_error: true",
    )


def _room_list(answer: Answer) -> Verdict:
    rooms = answer.body.get("chunk")
    number = len(rooms) if isinstance(rooms, list) else 0
    return Trouble(
        severity=Severity.DANGER if number else Severity.WEAKNESS,
        seen=f"without an account, the list of public rooms can be read; {number} are in it",
        risk="Anybody on the internet sees names and topics of rooms, and how many people are in them.",
        fix="allow_public_rooms_without_auth: false",
    )


_FIRST_WITH_LASTING_CREATORS = 12


def _room_version(answer: Answer) -> Verdict:
    versions = mapping(mapping(answer.body.get("capabilities")).get("m.room_versions"))
    version = versions.get("default")
    if not isinstance(version, str):
        return unclear(answer)
    if not version.isdecimal() or int(version) >= _FIRST_WITH_LASTING_CREATORS:
        return Well(f"version {version}")
    return Trouble(
        severity=Severity.HINT,
        seen=f"new rooms are of version {version}",
        risk="Before version 12, power over a room can be lost to somebody else for good.",
        fix='default_room_version: "12"',
    )


def _aliases(answer: Answer) -> Verdict:
    if answer.status == 400:
        return Trouble(
            severity=Severity.WEAKNESS,
            seen="members can give a room an address such as #crohns:…",
            risk="Addresses are never encrypted, and other homeservers can ask for them: they tell what it is about.",
            fix="alias_creation_rules: [{action: deny}]",
        )
    if answer.status == 403 and answer.errcode == "M_FORBIDDEN":
        return Unasked("the account that asked is not in the lobby yet: start the bots")
    return Well() if answer.status == 403 else unclear(answer)
