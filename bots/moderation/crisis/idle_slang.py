# SPDX-License-Identifier: Apache-2.0
"""Phrases of slang that change nothing: who wrote them down counts on something that does not happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from bots.core.crisis.tiers import Tier
from bots.moderation.crisis.assess import assess
from bots.moderation.detectors.finding import Setting
from bots.moderation.grammar.slang import counts
from bots.moderation.grammar.tables import LANGUAGES
from bots.moderation.passages.reading import passage

# Around a phrase, as people speak of their day: by itself it may be half a sentence.
_AROUND: Mapping[str, tuple[str, ...]] = {
    "en": ("{}", "i {}", "i am {}", "i want to {}", "i'm going to {} tonight", "had to {} again", "time to {}"),
    "es": ("{}", "me {}", "estoy {}", "quiero {}", "voy a {} esta noche", "tengo que {} otra vez"),
    "fr": ("{}", "je {}", "je veux {}", "je vais {} ce soir", "je dois {} encore une fois"),
    "de": ("{}", "ich {}", "ich will {}", "ich werde {}", "ich muss {}", "ich will mich heute abend {}"),
    "pt": ("{}", "eu {}", "estou {}", "quero {}", "vou {} esta noite", "tenho que {} de novo"),
}


class Idle(StrEnum):
    """Why a phrase changes nothing, as a clause about it."""

    NOT_READ = "the bots hear no cries in this language"
    OF_CRIES = "it has no word of its own: all of its words are in cries for help, too"
    HEARD_ANYWAY = "it sounds like a body in danger, or like harm to whoever reads it, and that is always heard"
    NO_CRY = "it does not sound like a cry for help anyway"


def idle(phrase: str, language: str, now: datetime) -> Idle | None:
    """Why the phrase changes nothing where this language (a code) is spoken; None if it does change something."""
    base = language.partition("-")[0]
    if base not in LANGUAGES:
        return Idle.NOT_READ
    if not counts(phrase, (base,)):
        return Idle.OF_CRIES
    bare = Setting(now=now, languages=(base,))
    slang, heard = replace(bare, slang=(phrase,)), False
    for around in _AROUND[base]:
        said = (passage(around.format(phrase)),)
        before = assess(said, bare)
        if assess(said, slang) != before:
            return None
        heard = heard or before.tier is not Tier.NONE
    return Idle.HEARD_ANYWAY if heard else Idle.NO_CRY
