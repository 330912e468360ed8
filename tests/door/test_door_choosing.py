# SPDX-License-Identifier: Apache-2.0
"""A name that somebody wrote: made into one that can be used, or turned down with a reason; and the languages."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.core.anonymity import Finding
from bots.door.choosing import Problem, best_language, choose
from fakes.door_scene import COMMUNITY

TODAY = date(2026, 11, 25)


def chosen(written):
    return choose(written, COMMUNITY, TODAY)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("calm-otter-42", "calm-otter-42"),
        ("Calm Otter 42", "calm-otter-42"),
        ("  CalmOtter_42 ", "calmotter-42"),
        ("Nutria Añil", "nutria-anil"),
        ("ｏｔｔｅｒ", "otter"),
        ("Straßenlaterne", "strassenlaterne"),
    ],
)
def test_a_good_name_is_made_plain(written, name):
    choice = chosen(written)
    assert (choice.name, choice.problem, choice.findings) == (name, None, ())


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", Problem.EMPTY),
        (" - _ ", Problem.EMPTY),
        ("x7", Problem.SHORT),
        ("o" * 31, Problem.LONG),
        ("Спокойная", Problem.LETTERS),
        ("otter!", Problem.LETTERS),
        ("@otter:evil.example", Problem.LETTERS),
        ("🦦🦦🦦", Problem.LETTERS),
        ("welcome", Problem.STAFF),
        ("Kith Moderator", Problem.STAFF),
        ("ModeratorOtter", Problem.STAFF),
        ("the-bot-2", Problem.STAFF),
    ],
)
def test_a_name_that_can_not_be_used_has_its_reason(written, problem):
    assert chosen(written).problem is problem


@pytest.mark.parametrize(
    ("written", "finding"),
    [
        ("Anna Smith", Finding.REAL_NAME),
        ("otter 1984", Finding.BIRTH_YEAR),
        ("otter 12.3.1984", Finding.BIRTH_DATE),
        ("coeliac otter", Finding.DIAGNOSIS),
        ("otter 07400 123456", Finding.PHONE),
    ],
)
def test_what_a_name_gives_away_is_found_as_it_was_written_and_as_it_will_be(written, finding):
    choice = chosen(written)
    assert choice.problem is None
    assert finding in choice.findings


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_whatever_is_written_there_is_a_reason_or_a_name_that_matrix_takes(written):
    choice = chosen(written)
    assert choice.problem or re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", choice.name)
    assert len(choice.name) <= 30


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr;q=0.9, de;q=0.3, en;q=0.5", "en"),
        ("pt", "pt-BR"),
        ("pt-PT", "en"),
        ("de;q=0", "en"),
        ("xx, yy;q=2, de;q=nonsense", "de"),
        ("*", "en"),
        (",;,=" * 300, "en"),
    ],
)
def test_the_language_is_what_the_browser_likes_best_of_those_there_are(header, language):
    assert best_language(header, ("en", "de", "pt-BR")) == language
