# SPDX-License-Identifier: Apache-2.0
"""Entries say whose they are."""

from dataclasses import replace

import pytest

from bots.core.actions import Words
from bots.core.language import Catalogue, shipped_words
from bots.resources.asking.cards import card_told
from bots.resources.wording import source_told
from resources.test_resources_handlers import COMMUNITY, react_to, said

(OURS,) = COMMUNITY.library
THEIRS = replace(OURS, shared_by="The Friends")
LANGUAGES = ("en", "es", "fr", "de", "pt")
CATALOGUE = Catalogue.load(shipped_words(), LANGUAGES, {}, {})


async def test_an_answer_says_which_community_shares_it():
    (send,) = await react_to(said("!find gluten"), community=replace(COMMUNITY, library=(THEIRS,)))
    assert "A charity, shared with us by The Friends" in CATALOGUE.render(send.parts[1], "en").body
    (send,) = await react_to(said("!find gluten"))
    assert "shared" not in CATALOGUE.render(send.parts[1], "en").body


@pytest.mark.parametrize("language", LANGUAGES)
def test_so_does_a_card_in_every_language(language):
    assert source_told(OURS, language, "en") == "A charity"
    card = replace(THEIRS, text={"en": "Breathe."})
    assert "The Friends" in CATALOGUE.render(card_told(card, "en", "en"), language).body
    assert isinstance(source_told(THEIRS, language, "en"), Words)
