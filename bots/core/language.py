# SPDX-License-Identifier: Apache-2.0
"""The words, in every language.

Catalogues are YAML files, one a language, beside the code that says them (`bots/<folder>/words/<language>.yaml`)
and, for an organiser's own wording, in `config/words/<language>.yaml`, which wins key by key.
A value is Markdown with `{placeholders}`, or a mapping of CLDR plural forms (`one`, `other`, …) chosen by `{count}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bots.core.actions import Words

Entry = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it goes out: `body` for plain clients and screen readers, `html` for the rest."""

    body: str
    html: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All words, by language and key. Made by `load`; pure from then on."""

    entries: Mapping[str, Mapping[str, Entry]]
    default_language: str

    def render(self, words: Words, language: str) -> Rendered:
        """The sentence that `words` names, in its own language or else in `language`, else in the default language.

        Parameters are escaped: a person's or an organiser's text never becomes markup.
        Raises KeyError for a key or placeholder that the catalogue does not know (the copy check finds them first).
        """
        raise NotImplementedError
