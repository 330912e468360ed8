# SPDX-License-Identifier: Apache-2.0
"""What moderators say to a tip, by a tap or a word under its card: approved, declined, a double, other words. Pure.

Two who answer at once are one answer: whoever is second finds nothing left to decide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from bots.core.actions import Action, Audit, Forget, Param, Words
from bots.core.commands import PREFIX, CommandSet, Rest, command
from bots.core.tips import WHY, Judged, ask_label
from bots.resources.wisdom.facts import Facts
from bots.resources.wisdom.records import OfferedTip, SharedTip, Stage
from bots.resources.wisdom.shelf import put_in, read_again, take_out
from bots.resources.wisdom.steps import ask
from bots.resources.wisdom.telling import (
    LONGEST,
    LONGEST_REASON,
    TWO_BUTTONS,
    given_away,
    title_of,
    to_author,
    to_moderators,
    told,
)

# From so long before its day on, a yes to a tip in the library means that it was read again.
SOON = timedelta(days=30)


@command(
    "approve",
    also={"es": ("aprobar",), "fr": ("approuver",), "de": ("annehmen",), "pt": ("aprovar",)},
    reaction="✅",
    help="wisdom.card.choices",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Approve:
    """It goes into the library."""


@command(
    "decline",
    also={"es": ("rechazar",), "fr": ("décliner",), "de": ("ablehnen",), "pt": ("recusar",)},
    reaction="❌",
    help="wisdom.card.choices",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """It does not, and its author hears why."""

    reason: Rest = ""


@command(
    "duplicate",
    also={"es": ("duplicado",), "fr": ("doublon",), "de": ("doppelt",), "pt": ("duplicado",)},
    reaction="👯",
    help="wisdom.card.choices",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """The library has it already: `duplicate of` and an id or some words."""

    of: Rest = ""


@command(
    "edit",
    also={"es": ("editar",), "fr": ("modifier",), "de": ("ändern",), "pt": ("editar",)},
    help="wisdom.card.choices",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Other words for it, which its author has to like."""

    words: Rest = ""


@command(
    "out",
    also={"es": ("fuera",), "fr": ("dehors",), "de": ("raus",), "pt": ("fora",)},
    help="wisdom.card.choices",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """It goes out of the library again."""

    reason: Rest = ""


Judgement = Approve | Decline | Duplicate | Change | Out
JUDGEMENTS: CommandSet[Judgement] = CommandSet(Approve, Decline, Duplicate, Change, Out)


def judgement_in(said: Judged) -> Judgement | None:
    """What a moderator means; None for talk.

    The word alone is enough, and so is `decline: too long ago`; "out of curiosity" is talk.
    """
    if said.key:
        kind = JUDGEMENTS.by_reaction(said.key)
        return kind() if kind is not None else None
    words = said.words.strip()
    if not words.startswith(PREFIX):
        first, colon, rest = words.partition(":")
        if len(first.split()) != 1:
            return None
        words = f"{PREFIX}{first} {rest}" if colon else f"{PREFIX}{first}"
    parsed = JUDGEMENTS.parse(words)
    return parsed if isinstance(parsed, Judgement) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What was said about a tip, and the tip: offered or in the library, or neither any more.

    `author` is what there is to know about whoever gave it, `double` what the library has that is called so.
    """

    said: Judged
    meant: Judgement
    offer: OfferedTip | None
    tip: SharedTip | None
    author: Facts | None
    double: str | None = None


@dataclass(frozen=True)
class Judging:
    """What comes of it. `away` says what in an offered tip may give somebody away."""

    away: Callable[[OfferedTip], tuple[str, ...]]

    def decide(self, case: Case, office: str | None) -> tuple[Action, ...]:
        """Do it once, and say in the card's thread what was done."""
        number = case.said.number
        if not case.said.moderates:
            return to_moderators(office, number, Words("wisdom.desk.not_moderator"))
        if case.author is None:
            return to_moderators(office, number, Words("wisdom.desk.gone"))
        if case.tip is not None:
            return self._on_the_shelf(case.tip, case, case.author)
        assert case.offer is not None
        if case.offer.stage is Stage.PROPOSED:
            return to_moderators(office, number, Words("wisdom.desk.waits"))
        if case.offer.stage is not Stage.QUEUED:
            return to_moderators(office, number, Words("wisdom.desk.gone"))
        return self._in_the_queue(case.offer, case, case.author)

    def _in_the_queue(self, offer: OfferedTip, case: Case, author: Facts) -> tuple[Action, ...]:
        listener, title = author.listener(offer.chat), title_of(offer)
        forget = Forget(why=WHY, record=OfferedTip, key=(offer.number,))

        def at_the_desk(key: str) -> tuple[Action, ...]:
            return to_moderators(author.office, offer.number, Words(f"wisdom.desk.{key}"))

        match case.meant:
            case Approve():
                return (
                    *put_in(offer, case.said.by, author.now, author.changes),
                    _audit(case, "tip.approved"),
                    to_author(listener, Words("wisdom.in", {"title": title, "number": str(offer.number)})),
                    *at_the_desk("in"),
                )
            case Decline(reason=reason):
                declined = Words("wisdom.declined", {"title": title, "reason": _reason(reason)})
                return (forget, _audit(case, "tip.declined"), to_author(listener, declined), *at_the_desk("declined"))
            case Duplicate():
                key = "wisdom.duplicate" if case.double else "wisdom.duplicate.of_something"
                double = Words(key, {"title": title} | ({"other": case.double} if case.double else {}))
                return (forget, _audit(case, "tip.duplicate"), to_author(listener, double), *at_the_desk("duplicate"))
            case Change(words=words):
                return self._in_other_words(words.strip(), offer, case, author)
            case Out():
                return at_the_desk("not_in")

    def _in_other_words(self, words: str, offer: OfferedTip, case: Case, author: Facts) -> tuple[Action, ...]:
        if not words or len(words) > LONGEST:
            how = Words("wisdom.desk.edit_how", {"most": LONGEST})
            return to_moderators(author.office, offer.number, how)
        better = replace(
            offer, stage=Stage.PROPOSED, better=words, editor=case.said.by, time=offer.time + 1, at=author.now
        )
        return (
            *ask(better, author),
            to_author(
                author.listener(offer.chat),
                Words("wisdom.proposed"),
                *told(better, words),
                *given_away(self.away(replace(better, words=words, why="")), "preview"),
                Words("wisdom.proposed.choices"),
                label=ask_label(offer.number, better.time),
                buttons=TWO_BUTTONS,
            ),
            *to_moderators(author.office, offer.number, Words("wisdom.desk.asked")),
        )

    def _on_the_shelf(self, tip: SharedTip, case: Case, author: Facts) -> tuple[Action, ...]:
        def at_the_desk(key: str) -> tuple[Action, ...]:
            return to_moderators(author.office, tip.number, Words(f"wisdom.desk.{key}"))

        match case.meant:
            case Approve() if author.now.date() > tip.review_by - SOON:
                return (
                    *read_again(tip, case.said.by, author.now, author.changes),
                    _audit(case, "tip.reviewed"),
                    *at_the_desk("read_again"),
                )
            case Out(reason=reason):
                out = Words("wisdom.out", {"title": title_of(tip), "reason": _reason(reason)})
                return (
                    *take_out(tip, author.changes),
                    _audit(case, "tip.out"),
                    to_author(author.listener(), out),
                    *at_the_desk("out"),
                )
        return at_the_desk("already")


def _reason(reason: str) -> Param:
    return reason.strip()[:LONGEST_REASON] or Words("wisdom.reason.none")


def _audit(case: Case, kind: str) -> Audit:
    return Audit(why=WHY, kind=kind, actor=case.said.by)
