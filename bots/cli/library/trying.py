# SPDX-License-Identifier: Apache-2.0
"""`kithroom library find`: what the bot would find, for a librarian who wants to know before a member asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bots.cli.sorry import Sorry
from bots.core.community import in_language
from bots.core.documents import did_you_mean
from bots.core.settings import load_community
from bots.resources.asking.for_whom import for_whom
from bots.resources.asking.telling import may_be_shown
from bots.resources.asking.vocabulary import load_vocabulary
from bots.resources.bot import called_in
from bots.resources.finding import MOST_RESULTS
from bots.resources.library import Library


def show_found(folder: Path, question: str, condition: str | None, today: date, console: Console) -> None:
    """Print the entries that would be shown first, by their ids. What people said of them is not known here.

    Raises SettingsError, and Sorry for a condition that is none.
    """
    community = load_community(folder)
    if condition is not None and community.condition(condition) is None:
        known = [each.id for each in community.conditions]
        hint = did_you_mean(condition, known) or f"There are: {', '.join(known)}."
        raise Sorry(f"There is no condition `{condition}`. {hint}")
    wanted = replace(for_whom(question, None, None, community, load_vocabulary()), condition=condition)
    answer = Library(community.library, called_in(community), community.languages).search(question, wanted)
    found = [each for each in answer.found if may_be_shown(each.resource, today)][:MOST_RESULTS]
    for number, each in enumerate(found, start=1):
        language = community.default_language
        title = in_language(each.resource.title, language, language)
        because = f" It fits: {', '.join(each.because)}." if each.because else " It is near by its meaning."
        console.print(Text(f"{number}. {title} ({each.resource.id}).{because}"), soft_wrap=True)
    if not found:
        console.print("Nothing fits: the bot says so, and points to the people in the room.")
    elif answer.weak:
        console.print("The bot says that it is not sure.")
    if answer.missing:
        console.print(Text(f"In no entry: {', '.join(answer.missing)}."), soft_wrap=True)
