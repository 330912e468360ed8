# SPDX-License-Identifier: Apache-2.0
"""What is said of tips: to their authors in private, to moderators in their room. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bots.core.actions import BotName, InPrivateChat, InRoom, LabelRef, Place, Priority, Send, Words
from bots.core.library import says_more
from bots.core.tips import NAME_BUTTON, NO_BUTTON, WHY, YES_BUTTON, ask_label, card_label
from bots.resources.wisdom.records import OfferedTip, SharedTip, Stage

# In characters. What is longer is an article, and takes the room of the two other entries that are shown with it.
LONGEST = 800
LONGEST_REASON = 300
_LONGEST_TITLE = 80
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
ASK_BUTTONS = (YES_BUTTON, NAME_BUTTON, NO_BUTTON)
TWO_BUTTONS = (YES_BUTTON, NO_BUTTON)
CARD_BUTTONS = (YES_BUTTON, NO_BUTTON, "👯")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Whom one speaks to in private: in the room `chat`, or else in their chat with the welcome bot.

    `language` is the one they chose, if they chose one.
    """

    user: str
    chat: str = ""
    language: str | None = None


def to_author(
    listener: Listener,
    *parts: Words,
    label: str | None = None,
    buttons: tuple[str, ...] = (),
    memo: str | None = None,
    priority: Priority = Priority.CONVERSATION,
) -> Send:
    """Something said in private; with a `memo`, what becomes of it is told."""
    place: Place = InRoom(listener.chat) if listener.chat else InPrivateChat(listener.user)
    said = tuple(replace(words, language=words.language or listener.language) for words in parts)
    return Send(
        why=WHY,
        place=place,
        parts=said,
        label=label,
        buttons=buttons,
        memo=memo,
        follow_up=memo is not None,
        priority=priority,
    )


def to_moderators(office: str | None, number: int, *parts: Words) -> tuple[Send, ...]:
    """A line under a tip's card."""
    if office is None:
        return ()
    return (
        Send(why=WHY, voice=BotName.MODERATION, place=InRoom(office), thread=LabelRef(card_label(number)), parts=parts),
    )


def title_and_rest(words: str, why: str = "", page: str = "") -> tuple[str, str]:
    r"""What a tip is called, which is how it begins, and the rest of it.

    >>> title_and_rest("Freeze the caps. They click then.", "no more leaks")
    ('Freeze the caps.', 'They click then.\nno more leaks')
    """
    words = words.strip() or page
    first, *_ = _SENTENCE.split(words, maxsplit=1)
    if len(first) <= _LONGEST_TITLE:
        title, rest = first, words[len(first) :].strip()
    else:
        cut = first[:_LONGEST_TITLE].rpartition(" ")[0] or first[:_LONGEST_TITLE]
        title, rest = f"{cut}…", words
    return title, "\n".join(part for part in (rest, why.strip()) if part) or words


def title_of(tip: OfferedTip | SharedTip) -> str:
    """What the tip is called."""
    return title_and_rest(tip.words, tip.why, tip.link_title)[0]


def told(tip: OfferedTip | SharedTip, words: str | None = None) -> tuple[Words, ...]:
    """The tip as it is shown, in its own words or in others for it; and where it leads."""
    why = "" if words is not None else tip.why
    title, rest = title_and_rest(tip.words if words is None else words, why, tip.link_title)
    said = (
        Words("wisdom.tip", {"title": title, "summary": rest})
        if says_more(rest, title)
        else Words("wisdom.tip.short", {"title": title}),
    )
    if not tip.link:
        return said
    if not tip.link_title:
        return (*said, Words("wisdom.tip.link", {"link": tip.link}))
    return (*said, Words("wisdom.tip.page", {"link": tip.link, "page": tip.link_title}))


def given_away(kinds: tuple[str, ...], where: str) -> tuple[Words, ...]:
    """That it may give somebody away, and by what; `where` is "preview" or "card"."""
    if not kinds:
        return ()
    what = tuple(Words(f"wisdom.away.{kind}") for kind in kinds)
    return (Words(f"wisdom.{where}.away", {"what": what}),)


def preview(tip: OfferedTip, listener: Listener, nickname: str, away: tuple[str, ...], *, unseen: bool) -> Send:
    """The tip as it would be kept, shown to its author, who is told plainly what a yes means."""
    parts = (
        Words("wisdom.preview"),
        *told(tip),
        *((Words("wisdom.tip.unseen"),) if unseen else ()),
        *given_away(away, "preview"),
        Words("wisdom.preview.promise", {"number": str(tip.number)}),
        Words("wisdom.preview.choices", {"name": nickname}),
    )
    memo = f"{WHY}|{tip.number}"
    return to_author(listener, *parts, label=ask_label(tip.number, tip.time), buttons=ASK_BUTTONS, memo=memo)


def card(tip: OfferedTip, office: str, away: tuple[str, ...]) -> Send:
    """The tip as moderators are asked about it: not whose it is."""
    named = Words("wisdom.card.named", {"name": tip.name}) if tip.name else Words("wisdom.card.unnamed")
    return Send(
        why=WHY,
        voice=BotName.MODERATION,
        place=InRoom(office),
        parts=(
            Words("wisdom.card", {"number": str(tip.number)}),
            *told(tip),
            named,
            *given_away(away, "card"),
            Words("wisdom.card.choices"),
        ),
        label=card_label(tip.number),
        buttons=CARD_BUTTONS,
    )


def mine(offered: tuple[OfferedTip, ...], shared: tuple[SharedTip, ...]) -> Words:
    """Everything that somebody gave, and where it stands."""
    shown = [tip for tip in offered if tip.stage is not Stage.REFUSED]
    lines = (
        *(_line(tip.number, title_of(tip) or "…", tip.stage.value) for tip in shown),
        *(_line(tip.number, title_of(tip), "shared") for tip in shared),
    )
    return Words("wisdom.mine", {"tips": lines}) if lines else Words("wisdom.mine.none")


def _line(number: int, title: str, stage: str) -> Words:
    where = Words(f"wisdom.mine.{stage}")
    return Words("wisdom.mine.line", {"number": str(number), "title": title, "where": where})
