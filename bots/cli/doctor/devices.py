# SPDX-License-Identifier: Apache-2.0
"""The bots' devices: whether clients that refuse unsigned ones read them, and whether newcomers reach them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.cli.doctor.findings import Severity, Trouble, Unasked, Verdict, Well
from bots.cli.doctor.questions import Answer, mapping, unclear
from bots.core.matrix.cross_signing import is_signed_by

# Each first conversation takes one away, and the bot puts new ones there at its next sync.
_FEW_KEYS = 10
_UNREADABLE = "Apps that are careful do not read the bot, and do not let it read: newcomers see nothing but a lock."


def vouched_for(keys: Mapping[str, Any], user: str) -> Verdict:
    """Whether each device of `user` in an answer to `/keys/query` is signed by its owner's identity, whole."""
    seen = unsigned(keys, user)
    if seen is None:
        return Well(session_keys(keys, user))
    strange = "devices nobody vouches for" in seen
    fix = "log these devices out, if they are not yours; else start the bot" if strange else "start the bot"
    return Trouble(severity=Severity.DANGER, seen=seen, risk=_UNREADABLE, fix=fix)


def unsigned(keys: Mapping[str, Any], user: str) -> str | None:
    """What is wrong with a user's devices in an answer to `/keys/query`; None if their owner vouches for them all."""
    own = mapping(mapping(keys.get("self_signing_keys")).get(user))
    master = mapping(mapping(keys.get("master_keys")).get(user))
    devices = mapping(mapping(keys.get("device_keys")).get(user))
    if not devices:
        return f"{user} has no device with keys"
    public, root = (next(iter(mapping(part.get("keys")).values()), None) for part in (own, master))
    if not isinstance(public, str):
        return f"{user} has no cross-signing identity"
    strange = sorted(device for device, shown in devices.items() if not is_signed_by(shown, user, public))
    if strange:
        return f"{user} has devices nobody vouches for ({', '.join(strange)})"
    if not isinstance(root, str) or not is_signed_by(own, user, root):
        return f"{user} has a cross-signing identity that does not hold together"
    return None


def session_keys(keys: Mapping[str, Any], user: str) -> str:
    """A user's devices with their session keys, as clients show them to people who compare (in groups of four)."""
    shown = []
    for device, described in sorted(mapping(mapping(keys.get("device_keys")).get(user)).items()):
        key = str(mapping(described.get("keys")).get(f"ed25519:{device}", ""))
        groups = " ".join(key[start : start + 4] for start in range(0, len(key), 4))
        shown.append(f"device {device}, session key {groups}")
    return "; ".join(shown)


def one_time_keys(answer: Answer) -> Verdict:
    """Whether enough keys of a bot lie ready for first messages, by an answer to an empty `/keys/upload`."""
    if answer.status in (401, 403):
        return Trouble(
            severity=Severity.DANGER,
            seen=f"the homeserver does not know the bot's session ({answer.errcode})",
            risk="The bot is not at work: nobody is met, and nobody is helped.",
            fix="start the bot, and do what its log says",
        )
    counts = answer.body.get("one_time_key_counts")
    if answer.status != 200 or not isinstance(counts, Mapping):
        return unclear(answer)
    ready = counts.get("signed_curve25519", 0)
    if isinstance(ready, int) and ready >= _FEW_KEYS:
        return Well(f"{ready} one-time keys lie ready")
    return Trouble(
        severity=Severity.WEAKNESS,
        seen=f"{ready} one-time keys lie ready",
        risk="When they are gone, first messages of newcomers share one key, and it is easier to read them later.",
        fix="see that the bot is running: it puts new ones there",
    )


def administers(answer: Answer, *, needs_it: bool) -> Verdict:
    """Whether a bot's account has more power over the homeserver than it needs, by asking as that account."""
    if answer.status in (401, 403):
        return Well()
    if answer.status == 404:
        return Unasked("/_synapse/admin is not reached from here")
    if answer.status != 200 or not isinstance(answer.body.get("admin"), bool):
        return unclear(answer)
    if needs_it or not answer.body["admin"]:
        return Well("it reads the homeserver's reports as an administrator" if answer.body["admin"] else None)
    return Trouble(
        severity=Severity.WEAKNESS,
        seen="the bot's account is an administrator of the homeserver",
        risk="Who breaks into the bot has the whole homeserver.",
        fix='take that away: PUT /_synapse/admin/v1/users/<the bot>/admin with {"admin": false}',
    )
