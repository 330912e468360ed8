# SPDX-License-Identifier: Apache-2.0
"""From the condition that somebody names to the invitation: naming it, choosing, reading each other, being let in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bots.core.actions import Words
from bots.welcome.answers import Intent, plain
from bots.welcome.conversation.matching import Found, Unnamed
from bots.welcome.conversation.turn import Called, Said, Showed, Turn
from bots.welcome.conversation.turning import Turning, with_more
from bots.welcome.records import Step, Who
from bots.welcome.wording import APPS, Say, sign_asked

# So much of what somebody wants the moderators to hear is passed on.
LONGEST_NOTE = 300
# In `Conversation.asked`: that the person was told what their account shows, and of a second account.
_LOOKED, _SECOND = "looked", "second"


class LettingIn(Turning):
    """Answers to `CONDITION`, `CHOOSE`, `MISSING`, `READ` and `APP`."""

    def _on_condition(self) -> Turn:
        match self._intent:
            case Intent.BACK:
                self._now = replace(self._now, health=0)
                return self._go(Step.HEALTH)
            case Intent.SKIP:
                return self._skipped()
            case Intent.LIST | Intent.MORE:
                return self._offer_all()
            case Intent.NO:
                return self._none_of_these()
            case Intent.AGAIN if self._now.chosen:
                return self._again()
            case Intent.YES:
                return self._ask()
        if named := self._named(self._found()):
            return named
        whose = self._vocabulary.of_another(self._text)
        return self._unclear("condition.whose" if whose else "condition.unclear")

    def _on_choice(self) -> Turn:
        offered = [c.id for c in self._say.conditions(self._now.offered.split())]
        if picked := self._picked(offered):
            return self._admit(picked)
        match self._intent:
            case Intent.YES if len(offered) == 1:
                return self._admit(offered)
            case Intent.NO | Intent.BACK if self._now.wanted:
                return self._before_the_door(self._say.words("condition.other"))
            case Intent.NO if len(offered) == len(self._community.conditions) > 1:
                return self._none_of_these()
            case Intent.NO | Intent.BACK:
                return self._go(Step.CONDITION, self._say.words("condition.other"))
            case Intent.SKIP:
                return self._skipped()
            case Intent.LIST | Intent.MORE:
                return self._offer_all()
        if not offered:
            return self._go(Step.CONDITION)
        return self._named(self._found()) or self._unclear("choose.unclear")

    def _on_missing(self) -> Turn:
        match self._intent:
            case Intent.BACK:
                return self._go(Step.CONDITION)
            case Intent.SKIP | Intent.NO:
                return self._skipped()
            case Intent.LIST | Intent.MORE:
                return self._offer_all()
        found = self._found()
        if found.certain or found.likely:
            return self._offer([*found.certain, *found.likely])
        if (
            self._intent is not None
            or not isinstance(self._came, Said)
            or plain(self._came.text) in self._vocabulary.none
        ):
            return self._ask()
        told = Words("welcome.office.missing", {"words": self._came.text[:LONGEST_NOTE]})
        return replace(self._rest(self._say.words("missing.told")), office=(told,))

    def _named(self, found: Found) -> Turn | None:
        thanks = self._say.words("condition.thanks")
        if found.certain:
            return self._admit(found.certain, found.likely)
        if found.likely:
            return self._offer(found.likely, thanks)
        if self._vocabulary.pick("who", self._text) == Who.LOOKING:
            self._now = replace(self._now, who=Who.LOOKING)
            return self._skipped("condition.looking")
        match found.unnamed:
            case Unnamed.NONE_OF_THESE:
                return self._none_of_these()
            case Unnamed.ANIMAL:
                return self._unclear("condition.animal")
            case Unnamed.UNSURE if len(self._now.offered.split()) > 1:
                return self._ask(self._say.words("choose.unsure"), whole=False, poll=False)
            case Unnamed.UNSURE:
                return self._offer_all(self._say.words("condition.unsure"))
        return None

    def _by_the_way(self) -> Turn | None:
        """A condition named when nobody asked is asked about, never assumed."""
        found = self._found()
        named = [i for i in (*found.certain, *found.likely) if i not in self._now.chosen.split()]
        return self._offer(named) if named else None

    def _none_of_these(self) -> Turn:
        """Where somebody can be told what is missing, the person may say it."""
        if self._world.office:
            return self._go(Step.MISSING)
        self._now = replace(self._now, step=Step.CONDITION, offered="")
        return self._ask(self._say.words("condition.none"))

    def _offer(self, ids: Sequence[str], *before: Words) -> Turn:
        self._now = replace(self._now, offered=" ".join(ids))
        return self._go(Step.CHOOSE, *before)

    def _offer_all(self, *before: Words) -> Turn:
        return self._offer([condition.id for condition in self._community.conditions], *before)

    def _skipped(self, key: str = "condition.skipped") -> Turn:
        if self._now.wanted:
            return self._before_the_door()
        return self._go_on() if self._now.chosen else self._rest(self._say.words(key))

    # Both sides read each other.

    def _on_reading(self) -> Turn:
        if self._now.reads:
            return self._on_any_word()
        sign = self._vocabulary.pick("sign", self._text)
        if sign == sign_asked(self._before.round):
            self._now = replace(self._now, reads=True)
            return self._admit([]) if self._now.heard else self._go(Step.READ)
        match self._intent:
            case Intent.BACK:
                self._now = replace(self._now, wanted="")
                return self._go(Step.CONDITION)
            case Intent.SKIP:
                return self._go(Step.READ, self._say.words("read.skip"))
            case Intent.WHY:
                return self._ask(self._say.words("read.why"))
            case Intent.NO:
                return self._go(Step.APP)
        if sign is not None or self._vocabulary.pick("trouble", self._text):
            return self._go(Step.APP)
        return self._go(Step.READ, self._say.words("read.unclear"))

    def _before_the_door(self, *before: Words) -> Turn:
        """To the check; on the way there, once, what others in the room would see of the person."""
        if _LOOKED in self._now.asked.split():
            return self._go(Step.READ, *before)
        self._now = replace(self._now, asked=with_more(self._now.asked, [_LOOKED]))
        shows = self._what_shows()
        told = (self._say.words("shows.intro"), *shows, self._say.words("shows.end")) if shows else ()
        turn = self._go(Step.READ)
        return replace(turn, says=(Say((*before, *told)), *turn.says)) if told or before else turn

    def _on_any_word(self) -> Turn:
        """The bot has been read; now it only has to read something itself."""
        if isinstance(self._came, Said | Showed | Called):
            return self._admit([])
        return self._ask()

    def _on_app(self) -> Turn:
        if app := self._one_of("app", APPS):
            return self._go(Step.READ, *self._say.reading_steps(app))
        match self._intent:
            case Intent.BACK | Intent.SKIP | Intent.YES:
                return self._go(Step.READ)
        return self._unclear("choose.unclear")

    def _admit(self, ids: Sequence[str], unclear: Sequence[str] = ()) -> Turn:
        """Invite, once both sides can read each other; then ask about what was not clear, or whatever else there is."""
        wanted = with_more(self._now.wanted, ids)
        if not (self._now.reads and self._now.heard):
            self._now = replace(self._now, wanted=wanted)
            return self._offer(unclear, self._say.words("condition.thanks")) if unclear else self._before_the_door()
        ids = wanted.split()
        told, admit = self._invitations(ids, "admitted")
        if not told:
            self._now = replace(self._now, wanted="")
            return self._go(Step.CONDITION)
        self._now = replace(
            self._now,
            wanted="",
            chosen=with_more(self._now.chosen, ids),
            unannounced=with_more(self._now.unannounced, admit),
        )
        if len(self._now.chosen.split()) > 1 and _SECOND not in self._now.asked.split():
            self._now = replace(self._now, asked=with_more(self._now.asked, [_SECOND]))
            told.append(self._say.second_account())
        if not unclear and not admit and not self._world.inside.intersection(ids):
            return self._rest(*told)
        then = self._offer(unclear) if unclear else self._go_on()
        return replace(then, says=(Say(tuple(told)), *then.says), admit=tuple(admit))

    def _again(self) -> Turn:
        told, admit = self._invitations(self._now.chosen.split(), "again.sent")
        if not told:
            return self._aside(self._say.words("again.nothing"))
        return replace(self._aside(*told), admit=tuple(admit))

    def _invitations(self, ids: Sequence[str], key: str) -> tuple[list[Words], list[str]]:
        told: list[Words] = []
        admit: list[str] = []
        for condition in self._say.conditions(ids):
            name = self._say.condition(condition)
            if condition.id in self._world.inside:
                told.append(self._say.words("inside", room=condition.room_name, condition=name))
            elif condition.id not in self._world.rooms:
                told.append(self._say.words("no_room", condition=name))
            elif link := self._world.waiting.get(condition.id):
                told.append(self._say.words("invite.missed", room=condition.room_name, link=link))
            else:
                locked = condition.id in self._world.locked
                words = self._say.words(key, room=condition.room_name, condition=name)
                told.append(self._say.locked(condition) if locked else words)
                admit.append(condition.id)
        still = (i for i in self._now.held.split() if i not in admit)
        self._now = replace(self._now, held=" ".join((*still, *(i for i in admit if i in self._world.locked))))
        return told, admit
