# SPDX-License-Identifier: Apache-2.0
"""The words, in every language: catalogues of them, how values are written in them, and what languages are called."""

from bots.core.language.catalogue import (
    PLURAL_FORMS,
    Catalogue,
    Entry,
    Manner,
    Wordings,
    and_what_they_stand_on,
    placeholders,
    shipped_words,
    spoken,
)
from bots.core.language.markup import Rendered
from bots.core.language.styles import STYLES

__all__ = [
    "PLURAL_FORMS",
    "STYLES",
    "Catalogue",
    "Entry",
    "Manner",
    "Rendered",
    "Wordings",
    "and_what_they_stand_on",
    "placeholders",
    "shipped_words",
    "spoken",
]
