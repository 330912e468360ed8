# SPDX-License-Identifier: Apache-2.0
"""What is asked once the door is open. None of it has to be answered."""

from __future__ import annotations

from dataclasses import replace

from bots.core.actions import Words
from bots.welcome.answers import Intent
from bots.welcome.conversation.introducing import Introducing
from bots.welcome.conversation.turn import Turn
from bots.welcome.conversation.turning import with_more
from bots.welcome.records import Step, Who
from bots.welcome.wording import NOTES_VERSION


class SettlingIn(Introducing):
    """Answers to `WHO`, `DAYS` and `DONE`."""

    def _on_who(self) -> Turn:
        who = self._one_of("who", list(Who)) or (Who.CARING if self._vocabulary.of_another(self._text) else None)
        if who:
            self._now = replace(self._now, who=Who(who))
            return self._go_on(self._say.words(f"who.thanks.{who}"))
        match self._intent:
            case Intent.SKIP | Intent.NO:
                return self._go_on()
            case Intent.BACK | Intent.MORE:
                return self._go(Step.CONDITION)
            case Intent.AGAIN:
                return self._again()
            case Intent.YES:
                return self._ask(whole=False, poll=False)
        return self._by_the_way() or self._unclear("choose.unclear")

    def _on_days(self) -> Turn:
        match self._intent:
            case Intent.YES:
                self._now = replace(self._now, notes=NOTES_VERSION, unheard=self._now.chosen)
                return self._go_on(self._say.words("days.yes"))
            case Intent.NO | Intent.SKIP:
                self._now = replace(self._now, notes=0, unheard="")
                return self._go_on(self._say.words("days.no"))
            case Intent.BACK:
                # Who waits to be introduced may think again; what a room has heard it has heard.
                again = with_more(self._now.unannounced, self._now.introduce.split())
                asked = " ".join(step for step in self._now.asked.split() if step != Step.DAYS)
                self._now = replace(self._now, unannounced=again, introduce="", asked=asked)
                return self._go(Step.INTRODUCE if again else Step.WHO)
            case Intent.MORE:
                return self._go(Step.CONDITION)
            case Intent.AGAIN:
                return self._again()
        return self._by_the_way() or self._unclear("introduce.unclear")

    def _on_done(self) -> Turn:
        match self._intent:
            case Intent.MORE | Intent.BACK:
                return self._go(Step.CONDITION)
            case Intent.SETTINGS if self._now.health:
                return self._go(Step.COUNTRY)
            case Intent.LIST:
                return self._offer_all()
            case Intent.AGAIN:
                return self._again()
            case Intent.YES | Intent.NO:
                return self._tell(self._say.words("done.ok"))
        return self._by_the_way() or self._tell(self._how_to_go_on())

    def _how_to_go_on(self) -> Words:
        return self._say.words("done.unclear" if self._now.chosen else "done.no_room")
