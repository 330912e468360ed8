# SPDX-License-Identifier: Apache-2.0
"""What somebody says in private about tips: a new one, an answer, what they gave, that they take one back. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bots.core.actions import Action, Remember, Words
from bots.core.community import Community
from bots.core.tips import (
    NAME_BUTTON,
    NO_BUTTON,
    TIP_COMMANDS,
    WHY,
    YES_BUTTON,
    Answer,
    Hack,
    MyTips,
    Said,
    Save,
    TakeTipBack,
    answer_in,
    is_a_link,
)
from bots.resources.wisdom.facts import Facts
from bots.resources.wisdom.records import OfferedTip, Stage
from bots.resources.wisdom.saving import MOST_WAITING, Saving
from bots.resources.wisdom.shelf import put_in, take_out
from bots.resources.wisdom.steps import answered, give_up, read, waiting
from bots.resources.wisdom.telling import card, mine, title_of, to_author, to_moderators

_TAPS = {YES_BUTTON: Answer.YES, NAME_BUTTON: Answer.NAMED, NO_BUTTON: Answer.NO}


@dataclass(frozen=True)
class Authors:
    """What comes of what is said in private, for one community."""

    community: Community
    saving: Saving

    def decide(self, said: Said, facts: Facts) -> tuple[Action, ...]:
        """Do what is asked for, or go on with what was asked last."""
        if cry := self.saving.heard_as_a_cry(said, facts):
            return cry
        listener = facts.listener(said.chat)
        match TIP_COMMANDS.parse(said.words):
            case Hack(words=""):
                return (to_author(listener, Words("wisdom.how")),)
            case Hack(words=words):
                return self._offered(words, said, facts)
            case Save():
                return (to_author(listener, Words("wisdom.which")),)
            case MyTips():
                return (to_author(listener, mine(facts.offered, facts.shared)),)
            case TakeTipBack(number=number):
                return self._taken_back(number, said, facts)
        offer = facts.offer(said.number if said.number is not None else facts.asked.number if facts.asked else None)
        meant = _TAPS.get(said.key) or answer_in(said.words)
        # What is under an older question is no answer to this one.
        current = offer is not None and said.time in (None, offer.time)
        if offer is not None and current and (meant is not None or said.number is not None):
            return self._on(offer, meant, said, facts)
        if said.number is None and is_a_link(said.words):
            return self._offered(said.words, said, facts)
        return ()

    def _offered(self, words: str, said: Said, facts: Facts) -> tuple[Action, ...]:
        if waiting(facts) >= MOST_WAITING:
            return (to_author(facts.listener(said.chat), Words("wisdom.many", {"count": MOST_WAITING})),)
        offer = OfferedTip(
            number=facts.number,
            author=said.who,
            stage=Stage.READING,
            at=facts.now,
            language=facts.spoken or self.community.default_language,
            chat=said.chat,
        )
        return self.saving.given(words.strip(), offer, facts)

    def _on(self, offer: OfferedTip, meant: Answer | None, said: Said, facts: Facts) -> tuple[Action, ...]:
        match offer.stage, meant:
            case Stage.SHOWN, None if said.words.strip():
                return self.saving.given(said.words.strip(), offer, facts)
            case Stage.SHOWN, Answer.YES | Answer.NAMED:
                return self._queued(replace(offer, name=facts.nickname if meant is Answer.NAMED else ""), facts)
            case Stage.SHOWN, Answer.NO:
                return (*give_up(offer, facts), to_author(facts.listener(offer.chat), Words("wisdom.dropped")))
            case Stage.ASKED, Answer.YES | Answer.NAMED:
                reading = replace(offer, stage=Stage.READING)
                return (Remember(why=WHY, record=reading), *answered(offer, facts), read(reading))
            case Stage.ASKED, Answer.NO:
                refused = Remember(why=WHY, record=replace(offer, stage=Stage.REFUSED))
                left = to_author(facts.listener(offer.chat), Words("wisdom.left"))
                return (refused, *answered(offer, facts), left)
            case Stage.PROPOSED, Answer.YES | Answer.NAMED:
                return self._agreed(offer, facts)
            case Stage.PROPOSED, Answer.NO:
                return self._rather_as_it_was(offer, facts)
        return ()

    def _queued(self, offer: OfferedTip, facts: Facts) -> tuple[Action, ...]:
        listener = facts.listener(offer.chat)
        if facts.office is None:
            return (*give_up(offer, facts), to_author(listener, Words("wisdom.nobody")))
        queued = replace(offer, stage=Stage.QUEUED)
        return (
            Remember(why=WHY, record=queued),
            *answered(offer, facts),
            card(queued, facts.office, self.saving.away(queued)),
            to_author(listener, Words("wisdom.queued")),
        )

    def _agreed(self, offer: OfferedTip, facts: Facts) -> tuple[Action, ...]:
        """To a moderator's words for it: then both have said yes."""
        better = replace(offer, words=offer.better, why="")
        told = Words("wisdom.in", {"title": title_of(better), "number": str(offer.number)})
        return (
            *put_in(better, offer.editor or offer.author, facts.now, facts.changes),
            *answered(offer, facts),
            to_author(facts.listener(offer.chat), told),
            *to_moderators(facts.office, offer.number, Words("wisdom.desk.agreed")),
        )

    def _rather_as_it_was(self, offer: OfferedTip, facts: Facts) -> tuple[Action, ...]:
        return (
            Remember(why=WHY, record=replace(offer, stage=Stage.QUEUED, better="", editor=None)),
            *answered(offer, facts),
            to_author(facts.listener(offer.chat), Words("wisdom.as_it_was")),
            *to_moderators(facts.office, offer.number, Words("wisdom.desk.as_it_was")),
        )

    def _taken_back(self, number: str, said: Said, facts: Facts) -> tuple[Action, ...]:
        digits = number.strip().removeprefix("#")
        named = int(digits) if digits.isdecimal() and len(digits) < 10 else None
        offer, tip = facts.offer(named), facts.tip(named)
        listener = facts.listener(said.chat)
        if offer is not None and offer.stage is not Stage.REFUSED:
            seen = offer.stage in (Stage.QUEUED, Stage.PROPOSED)
            gone, title = give_up(offer, facts), title_of(offer)
        elif tip is not None:
            seen, gone, title = True, take_out(tip, facts.changes), title_of(tip)
        else:
            return (to_author(listener, Words("wisdom.no_such")),)
        return (
            *gone,
            to_author(listener, Words("wisdom.taken_back", {"title": title or "…"})),
            *(to_moderators(facts.office, named, Words("wisdom.desk.taken_back")) if seen and named else ()),
        )

    def lapsed(self, number: int, time: int, offer: OfferedTip | None, facts: Facts) -> tuple[Action, ...]:
        """Its author did not answer: nothing of it is kept, unless it waits in words that they said yes to before."""
        if offer is None or offer.number != number or offer.time != time:
            return ()
        match offer.stage:
            case Stage.ASKED | Stage.READING | Stage.SHOWN:
                return give_up(offer, facts)
            case Stage.PROPOSED:
                return (
                    Remember(why=WHY, record=replace(offer, stage=Stage.QUEUED, better="", editor=None)),
                    *answered(offer, facts),
                    *to_moderators(facts.office, number, Words("wisdom.desk.no_answer")),
                )
        return ()
