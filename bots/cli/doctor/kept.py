# SPDX-License-Identifier: Apache-2.0
"""What the homeserver keeps about people, as far as it tells an account about itself, or an administrator. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bots.cli.doctor.findings import Severity, Trouble, Unasked, Verdict, Well
from bots.cli.doctor.questions import Answer, mapping, unclear

# Our settings say an hour, Synapse's own four weeks: what is older than a day was not meant to be gone soon.
_LONG = timedelta(days=1)


def addresses(answers: Sequence[Answer], *, now: datetime, since: datetime | None) -> Verdict:
    """Whether addresses of visitors are gone soon, by answers to `/admin/whois`. `since`: when the community began."""
    given = [answer for answer in answers if answer.status == 200]
    if not given:
        return Unasked("no account could be asked about")
    seen = [moment for answer in given for moment in _seen(answer)]
    oldest = timedelta(seconds=max((now.timestamp() - moment / 1000 for moment in seen), default=0.0))
    whose = f"of {len(given)} accounts asked about"
    if oldest > _LONG:
        days = oldest // timedelta(days=1)
        return Trouble(
            severity=Severity.DANGER,
            seen=f"{whose}, addresses on the internet are kept that are {days} days old, or more",
            risk="They lead to people's homes: for an administrator, in a backup, for a court, for a thief.",
            fix="user_ips_max_age: 1h, and let the proxy keep addresses back, as deploy/nginx/kithroom.conf does",
        )
    if since is None or now - since < 2 * _LONG:
        return Unasked("nothing here is old enough to tell. Set user_ips_max_age: 1h, and ask again in two days")
    return Well(f"{whose}, none is kept that is older than a day")


def _seen(answer: Answer) -> Iterator[int]:
    """When each address was seen last, in milliseconds since 1970. The addresses themselves are not looked at."""
    for device in mapping(answer.body.get("devices")).values():
        for session in mapping(device).get("sessions") or ():
            for connection in mapping(session).get("connections") or ():
                moment = mapping(connection).get("last_seen")
                if isinstance(moment, int):
                    yield moment


def invitations(answer: Answer) -> Verdict:
    """Whether a registration token lets in as many as like, for as long as they like. Never shows one."""
    tokens = answer.body.get("registration_tokens")
    if answer.status != 200 or not isinstance(tokens, list):
        return unclear(answer)
    endless = [token for token in map(mapping, tokens) if token.get("uses_allowed") is None]
    if not endless:
        return Well(f"{len(tokens)} are good")
    return Trouble(
        severity=Severity.WEAKNESS,
        seen=f"{len(endless)} registration tokens can be used without end",
        risk="Passed on once, such a token lets in anybody, as often as they like.",
        fix="make tokens that are used once (uses_allowed: 1), and delete those: "
        "DELETE /_synapse/admin/v1/registration_tokens/<token>",
    )
