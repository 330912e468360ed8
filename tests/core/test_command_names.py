# SPDX-License-Identifier: Apache-2.0
"""Nobody has to know English to ask a bot for something, and the help says the words that work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bots.core.commands import spec_of
from bots.core.language import Catalogue, shipped_words
from bots.moderation.commands import COMMANDS as MODERATION
from bots.resources.commands import COMMANDS as RESOURCES
from bots.welcome.commands import COMMANDS as WELCOME

SPECS = [spec_of(kind) for commands in (MODERATION, RESOURCES, WELCOME) for kind in commands.types]
LANGUAGES = sorted({file.stem for folder in shipped_words() for file in folder.glob("*.yaml")} - {"en"})


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_has_a_name_in_every_language_and_the_help_says_it(spec, language):
    folder = Path(shipped_words()[0]).parents[1] / spec.help.partition(".")[0] / "words"
    (name, *_) = spec.also[language]
    said = Catalogue.read([folder], [language], [])[language][spec.help]
    assert f"`!{name}" in said
    assert set(re.findall(r"!([^\W\d]{1,2})`", said)) <= set(spec.short)
