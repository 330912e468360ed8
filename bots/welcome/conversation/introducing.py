# SPDX-License-Identifier: Apache-2.0
"""How a room hears of somebody new: not at all, in one sentence for all, or by a line of the person's own.

Such a line is shown to them first, as the room would read it, with what in it could give them away.
Only its event id is kept: what it says stays in the private chat, and is fetched from there when it is said.
"""

from __future__ import annotations

from dataclasses import replace

from bots.core.anonymity import look_at_line
from bots.welcome.answers import Intent
from bots.welcome.conversation.agreeing import Agreeing
from bots.welcome.conversation.turn import Said, Turn
from bots.welcome.conversation.turning import with_more
from bots.welcome.records import Step
from bots.welcome.showing import MOST_FINDINGS

# In characters. Longer ones are for the person to say themselves.
LONGEST_LINE = 500
_OWN = "own"


class Introducing(Agreeing):
    """Answers to `INTRODUCE`, `LINE` and `PREVIEW`."""

    def _on_introduction(self) -> Turn:
        if self._vocabulary.pick("introduce", self._text) == _OWN:
            return self._go(Step.LINE)
        match self._intent:
            case Intent.YES:
                return self._introduced()
            case Intent.NO | Intent.SKIP:
                return self._not_introduced()
            case Intent.BACK:
                return self._go(Step.WHO)
            case Intent.MORE:
                return self._go(Step.CONDITION)
            case Intent.AGAIN:
                return self._again()
        return self._by_the_way() or self._unclear("introduce.unclear")

    def _on_line(self) -> Turn:
        match self._intent:
            case Intent.BACK | Intent.NO:
                return self._go(Step.INTRODUCE)
            case Intent.SKIP:
                return self._not_introduced()
            case None if isinstance(self._came, Said):
                return self._shown(self._came)
        return self._ask()

    def _on_preview(self) -> Turn:
        match self._intent:
            case Intent.YES:
                return self._introduced(self._now.line)
            case Intent.BACK | Intent.NO:
                self._now = replace(self._now, line="")
                return self._go(Step.INTRODUCE)
            case Intent.SKIP:
                return self._not_introduced()
            case None if isinstance(self._came, Said):
                return self._shown(self._came)
        return self._ask(whole=False)

    def _shown(self, came: Said) -> Turn:
        """What the room would read, and what gives the person away in it. Another line, or an edit, takes its place."""
        if len(came.text) > LONGEST_LINE:
            self._now = replace(self._now, unclear=came.event_id)
            return self._ask(self._say.words("line.long", most=LONGEST_LINE), whole=False)
        regions = tuple(country.code.upper() for country in self._community.countries)
        found = look_at_line(came.text, today=self._world.now.date(), regions=regions)[:MOST_FINDINGS]
        noticed = (self._say.words("line.noticed", what=self._say.words(f"shows.what.{each}")) for each in found)
        self._now = replace(self._now, line=came.event_id, unclear=came.edits or came.event_id)
        turn = self._go(Step.PREVIEW)
        (say,) = turn.says
        return replace(turn, says=(replace(say, parts=(*say.parts[:-1], *noticed, say.parts[-1])),))

    def _introduced(self, line: str = "") -> Turn:
        """The rooms the person is in hear it now, the others when they come in."""
        new = self._now.unannounced.split()
        inside = [i for i in new if i in self._world.inside]
        waiting = with_more(self._now.introduce, [i for i in new if i not in inside])
        self._now = replace(self._now, unannounced="", introduce=waiting, line="", unclear="")
        said = self._say.words("line.yes" if line else "introduce.yes")
        return replace(self._go_on(said), introduce=tuple(inside), line=line, heard_by=tuple(new) if line else ())

    def _not_introduced(self) -> Turn:
        self._now = replace(self._now, unannounced="", line="")
        return self._go_on(self._say.words("introduce.no"))
