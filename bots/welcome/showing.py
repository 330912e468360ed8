# SPDX-License-Identifier: Apache-2.0
"""What an account shows about the person behind it, to whom, and how to change that. Said in private, and kindly.

No picture is looked at: that there is one, and whether its file says where it was taken, is all that is known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bots.core.actions import Words
from bots.core.anonymity import Finding, look_at_device, look_at_name, look_at_user_id
from bots.core.community import Community
from bots.welcome.wording import Wording

# More than that at once helps nobody; the worst come first.
MOST_FINDINGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the homeserver tells others about an account; `picture`: what the file of its picture tells, if it does."""

    user_id: str
    display_name: str | None = None
    has_picture: bool = False
    picture: str = ""
    devices: tuple[str, ...] = ()


def app_of(devices: Sequence[str]) -> str:
    """Which of the kinds of apps that `read.steps` knows somebody uses, by what their devices are called."""
    kinds = {_kind(device.casefold()) for device in devices}
    return kinds.pop() if len(kinds) == 1 else "other"


def _kind(device: str) -> str:
    if "element" not in device:
        return "other"
    on_a_phone = any(word in device for word in ("element x", "android", "ios", "iphone", "ipad"))
    return "phone" if on_a_phone else "web"


def what_shows(community: Community, say: Wording, account: Account, ours: str, today: date) -> tuple[Words, ...]:
    """The worst `MOST_FINDINGS`, a paragraph each; nothing, if there is nothing to say. `ours` is our homeserver."""
    regions = tuple(country.code.upper() for country in community.countries)
    telling = tuple(
        phrase
        for condition in community.conditions
        for phrase in (*condition.name.values(), *(word for words in condition.synonyms.values() for word in words))
    )
    localpart, _, server = account.user_id.removeprefix("@").partition(":")
    # Who has not chosen a name is seen by the first part of the user id.
    name = account.display_name if account.display_name != localpart else None
    found: list[Words] = []
    if name and (in_name := look_at_name(name, today=today, regions=regions, telling=telling)):
        found.append(say.words("shows.name", what=_what(say, in_name[0])))
    if in_id := look_at_user_id(account.user_id, today=today, regions=regions, telling=telling):
        found.append(say.words("shows.user_id", what=_what(say, in_id[0])))
    if server != ours:
        found.append(say.other_server(server))
    looks = (look_at_device(device, today=today, regions=regions, telling=telling) for device in account.devices)
    if in_device := next((look for look in looks if look), None):
        found.append(say.words("shows.device", what=_what(say, in_device[0])))
    if account.has_picture and account.picture:
        found.insert(0, say.words(f"shows.picture.{account.picture}"))
    elif account.has_picture:
        found.append(say.words("shows.picture"))
    return tuple(found[:MOST_FINDINGS])


def _what(say: Wording, finding: Finding) -> Words:
    return say.words(f"shows.what.{finding}")
