# SPDX-License-Identifier: Apache-2.0
"""What must be clear before anything about somebody's health is asked: age, the guidelines, and what is kept."""

from __future__ import annotations

from dataclasses import replace

from bots.core.helplines import find_country, for_young_people
from bots.welcome.answers import Intent
from bots.welcome.conversation.letting_in import LettingIn
from bots.welcome.conversation.turn import Said, Turn
from bots.welcome.records import Step
from bots.welcome.wording import HEALTH_VERSION, Say

# In words.
_A_STORY = 6


class Agreeing(LettingIn):
    """Answers to `AGE`, `YOUNG`, `GUIDELINES` and `HEALTH`."""

    def _on_age(self) -> Turn:
        match self._intent or self._by_their_age():
            case Intent.YES:
                self._now = replace(self._now, adult=True)
                return self._onward()
            case Intent.NO:
                return self._go(Step.YOUNG)
            case Intent.WHY | Intent.MORE | Intent.SKIP:
                return self._ask(self._say.words("age.why"))
            case Intent.BACK | Intent.AGAIN | Intent.LIST:
                return self._ask()
        return self._first_things_first("age.unclear")

    def _by_their_age(self) -> Intent | None:
        """The yes or the no of somebody who wrote how old they are: nobody asked for it, and only that is kept."""
        if grown := self._vocabulary.pick("age", self._text, whole=True):
            return Intent.YES if grown == "adult" else Intent.NO
        said, age = self._vocabulary.age(self._text)
        if age is None or age < self._community.minimum_age:
            return None if age is None else Intent.NO
        # "no, I'm 34": which of the two is meant?
        return Intent.YES if said is not Intent.NO else None

    def _on_young(self) -> Turn:
        """Whom to call there, and then nothing is left of it here."""
        if self._intent is Intent.BACK:
            return self._go(Step.AGE)
        if self._intent in (Intent.SKIP, Intent.NO, Intent.YES):
            return self._young_goodbye()
        if not isinstance(self._came, Said) or self._vocabulary.pick("person", self._text):
            return self._ask()
        named = self._vocabulary.asking.place(self._came.text)
        if find_country(self._community.countries, named) is None:
            return self._ask(self._say.words("young.unknown"))
        return self._young_goodbye(named)

    def _young_goodbye(self, country: str = "") -> Turn:
        language = self._language or None
        lines = for_young_people(self._community, country, self._world.now.date(), language) if country else ()
        said = (*lines, self._say.words("young.goodbye"))
        return Turn(conversation=self._now, says=(Say(said, urgent=True),), erase=True)

    def _on_guidelines(self) -> Turn:
        match self._intent:
            case Intent.YES:
                self._now = replace(self._now, agreed=self._community.guidelines.version)
                return self._onward()
            case Intent.NO | Intent.SKIP:
                return self._tell(self._say.words("guidelines.no"))
            case Intent.WHY | Intent.MORE:
                return self._ask(*self._say.reasons(self._now.agreed), whole=False)
            case Intent.BACK if not self._now.agreed:
                self._now = replace(self._now, adult=False)
                return self._go(Step.AGE)
            case Intent.BACK | Intent.AGAIN | Intent.LIST:
                return self._ask()
        return self._first_things_first("guidelines.unclear")

    def _on_health(self) -> Turn:
        match self._intent:
            case Intent.YES:
                self._now = replace(self._now, health=HEALTH_VERSION)
                return self._onward()
            case Intent.NO | Intent.SKIP:
                return self._tell(self._say.words("health.no"))
            case Intent.WHY | Intent.MORE:
                return self._ask(self._say.words("health.why"))
            case Intent.BACK:
                self._now = replace(self._now, agreed=0)
                return self._go(Step.GUIDELINES)
            case Intent.AGAIN | Intent.LIST:
                return self._ask()
        return self._first_things_first("guidelines.unclear")

    def _first_things_first(self, otherwise: str) -> Turn:
        """What somebody tells of themselves, or of somebody they look after, has its place a little later."""
        found, words = self._found(), self._text.split()
        tells = found.certain or found.likely or len(words) >= _A_STORY or self._vocabulary.of_another(self._text)
        return self._unclear("guidelines.first" if tells else otherwise)

    def _onward(self) -> Turn:
        """To the first thing that is not clear yet."""
        if not self._now.adult:
            return self._go(Step.AGE)
        if self._now.agreed < self._community.guidelines.version:
            return self._go(Step.GUIDELINES)
        if self._now.health < HEALTH_VERSION:
            return self._go(Step.HEALTH)
        if self._now.wanted:
            return self._admit([])
        return self._go(Step.DONE) if self._now.chosen else self._go(Step.CONDITION)
