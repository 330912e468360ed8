# SPDX-License-Identifier: Apache-2.0
"""What somebody may tell the bot so that it fits them better. Each by itself, each may be left out or taken back."""

from __future__ import annotations

from dataclasses import replace

from bots.core.helplines import find_country
from bots.core.hours import offset_of, times_in, written
from bots.core.language.names import meant
from bots.welcome.answers import Intent
from bots.welcome.conversation.settling_in import SettlingIn
from bots.welcome.conversation.turn import Turn
from bots.welcome.records import Step

_IN_ORDER = (Step.COUNTRY, Step.LANGUAGE, Step.CLOCK, Step.QUIET, Step.DONE)
_TWO = 2


class Arranging(SettlingIn):
    """Answers to `COUNTRY`, `LANGUAGE`, `CLOCK` and `QUIET`."""

    def _on_arrangement(self) -> Turn:
        match self._intent:
            case Intent.BACK:
                return self._to(-1)
            case Intent.SKIP:
                return self._to(1)
            case Intent.NO:
                return self._keep("")
            case Intent.MORE:
                return self._go(Step.CONDITION)
        understood = {
            Step.COUNTRY: self._country,
            Step.LANGUAGE: self._spoken,
            Step.CLOCK: self._clock,
            Step.QUIET: self._quiet,
        }[self._now.step]()
        return self._keep(understood) if understood else self._unclear("choose.unclear")

    def _keep(self, answer: str) -> Turn:
        match self._now.step:
            case Step.COUNTRY:
                self._now = replace(self._now, country=answer)
            case Step.LANGUAGE:
                self._now_in(answer)
            case Step.CLOCK:
                self._now = replace(self._now, zone=answer)
            case _:
                self._now = replace(self._now, quiet=answer)
        return self._to(1)

    def _to(self, way: int) -> Turn:
        """To the next of these questions, or the one before. Quiet hours need a clock, and a choice two languages."""
        at = _IN_ORDER.index(self._now.step) + way
        if at < 0:
            return self._go(Step.DONE)
        if _IN_ORDER[at] is Step.LANGUAGE and len(self._community.languages) == 1:
            at += way
        step = _IN_ORDER[at]
        if step is Step.QUIET and not self._now.zone:
            step = Step.DONE
        return self._go(step)

    def _country(self) -> str:
        country = find_country(self._community.countries, self._vocabulary.asking.place(self._text))
        return country.code if country else ""

    def _spoken(self) -> str:
        languages = self._community.languages
        if len(numbered := self._picked(languages)) == 1:
            return numbered[0]
        return meant(self._text, languages) or ""

    def _clock(self) -> str:
        times = times_in(self._text)
        return written(offset_of(times[0], self._world.now)) if len(times) == 1 else ""

    def _quiet(self) -> str:
        if self._intent is Intent.YES:
            return "22:00 07:00"
        times = times_in(self._text)
        return " ".join(f"{each:%H:%M}" for each in times) if len(times) == _TWO and times[0] != times[1] else ""
