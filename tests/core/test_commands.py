# SPDX-License-Identifier: Apache-2.0
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.commands import (
    Case,
    CommandSet,
    Flag,
    Missing,
    Rest,
    Unknown,
    User,
    command,
    parse_user,
)
from bots.core.durations import LONGEST_DURATION, Meant, meant_within, parse_duration, said_first, said_within


@command("mute", short=("m",), reaction="🔇", help="x.mute")
@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    user: User | None = None
    case: Case | None = None
    duration: timedelta = timedelta(hours=2)
    everywhere: Flag = False
    reason: Rest = ""


@command("find", short=("f",), help="x.find")
@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    question: Rest


COMMANDS: CommandSet[Mute | Find] = CommandSet(Mute, Find)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!mute", Mute()),
        ("  !MUTE  ", Mute()),
        ("!m 30m", Mute(duration=timedelta(minutes=30))),
        ("!mute 2h everywhere rest a little", Mute(everywhere=True, reason="rest a little")),
        ("!mute everywhere 1d12h", Mute(everywhere=True, duration=timedelta(hours=36))),
        ("!mute @ana:example.org 2h", Mute(user="@ana:example.org")),
        ("!mute #12 spam", Mute(case=12, reason="spam")),
        ("!mute https://matrix.to/#/@ana:example.org", Mute(user="@ana:example.org")),
        ("!mute please, for 2h", Mute(reason="please, for 2h")),
        ("!find gluten free travel", Find(question="gluten free travel")),
        ("!find\ngluten", Find(question="gluten")),
        ("!find", Missing("find", "question")),
        ("!mutte 2h", Unknown("mutte", "mute")),
        ("!xyzzy", Unknown("xyzzy", None)),
        ("no command", None),
        ("!", None),
        ("!!", None),
        ("!!mute", None),
        ("! mute", None),
        ("!1", None),
    ],
)
def test_a_command_is_read_as_a_person_would(text, expected):
    assert COMMANDS.parse(text) == expected


@given(st.text())
def test_no_text_breaks_the_parser(text):
    COMMANDS.parse(text)
    COMMANDS.parse("!mute " + text)


@given(st.text())
def test_every_word_of_a_question_arrives(text):
    found = COMMANDS.parse(f"!find {text}")

    assert found == (Find(question=text.strip()) if text.strip() else Missing("find", "question"))


def test_a_reaction_finds_its_command_with_and_without_a_variation_selector():
    assert COMMANDS.by_reaction("🔇") is Mute
    assert COMMANDS.by_reaction("🔇\ufe0f") is Mute
    assert COMMANDS.by_reaction("👍") is None


@pytest.mark.parametrize("text", ["", "2", "h", "0h", "2x", "2h!", "-2h", "9999w", "2h 3", "999999w"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)


@given(st.integers(min_value=1, max_value=LONGEST_DURATION // timedelta(minutes=1)))
def test_minutes_come_back(minutes):
    assert parse_duration(f"{minutes}m") == timedelta(minutes=minutes)


@given(st.text())
def test_no_text_breaks_what_people_say_of_a_time(text):
    for said in (text, f"for 2 days {text}", f"{text} 7d"):
        said_first(said)
        meant_within(said)


@pytest.mark.parametrize("unit", ["\u017f", "m\u0130n", "m\u0131n"])
def test_letters_that_only_ignoring_the_case_takes_for_a_units_are_words(unit):
    assert COMMANDS.parse(f"!mute 5{unit}") == Mute(reason=f"5{unit}")
    assert COMMANDS.parse(f"!mute 5 MIN rest 7{unit}") == Mute(duration=timedelta(minutes=5), reason=f"rest 7{unit}")


@pytest.mark.parametrize("text", ["9999 weeks", "0 minutes", "2 horses", "days", "5", "2.5 hours"])
def test_what_is_no_time_as_people_say_it_stays_words(text):
    assert said_first(text) is None


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("for a week, please", timedelta(weeks=1)),
        ("half an hour", timedelta(minutes=30)),
        ("eine halbe Stunde bitte", timedelta(minutes=30)),
        ("une demi-heure", timedelta(minutes=30)),
        ("dos semanas", timedelta(weeks=2)),
        ("for 1 day and 12 hours please", timedelta(hours=36)),
        ("a day after the warning", None),
        ("one day they came", None),
    ],
)
def test_a_number_may_be_a_word(text, length):
    said = said_first(text)
    assert (said and said[0]) == length


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("please for 7 days until you are calm", "for 7 days"),
        ("please, 7 days, until you are calm", "7 days"),
        ("stay away for the next 2 weeks please", "for the next 2 weeks"),
        ("rest for half an hour or so", "for half an hour"),
        ("bitte für 7 Tage, bis du ruhig bist", "für 7 Tage"),
        ("bitte 7 Tage lang Ruhe", "7 Tage"),
        ("descansa por una semana por favor", "por una semana"),
        ("pause pendant 3 jours s'il te plaît", "pendant 3 jours"),
        ("fora por um mês, por favor", "por um mês"),
        ("warned 2 days ago, now rest for a week please", "for a week"),
        ("spam 7d", "7d"),
    ],
)
def test_how_long_is_found_anywhere_in_a_sentence(text, said):
    meant = meant_within(text)
    assert meant is not None
    assert meant.words == said


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("spam for the last 3 days", Meant.NO),
        ("warned 2 days ago", Meant.NO),
        ("spammt seit 3 Tagen", Meant.NO),
        ("spam depuis 3 jours", Meant.NO),
        ("spam desde hace 3 días", Meant.NO),
        ("posted 3 days in a row", Meant.NO),
        ("spam for 3 days now", Meant.PERHAPS),
        ("they have been spamming for 3 days", Meant.PERHAPS),
        ("you have been rude to everybody for 3 days, please rest", Meant.PERHAPS),
        ("3 posts in 2 days again", Meant.PERHAPS),
        ("you may come back after 7 days", Meant.PERHAPS),
        ("a 7-day break please", Meant.PERHAPS),
        ("please go for 2 years", Meant.PERHAPS),
    ],
)
def test_what_has_been_is_not_how_long_and_what_may_be_is_not_guessed(text, meant):
    assert [each.meant for each in said_within(text)] == [meant]
    assert meant_within(text) is None


def test_of_two_that_are_meant_none_is():
    assert meant_within("for 3 days they write, so rest for 7 days") is None


@pytest.mark.parametrize("text", ["call 116 123 24/7", "see https://x.org/7d/", "at 5 a.m. today", "a second time"])
def test_what_only_looks_like_a_time_is_none(text):
    assert said_within(text) == ()


@pytest.mark.parametrize("text", ["ana", "@ana", "#ana:x.org", "https://example.org/@ana:x.org", "@:x"])
def test_what_is_no_user_is_refused(text):
    with pytest.raises(ValueError, match="not a user id"):
        parse_user(text)


def test_two_commands_of_one_name_are_refused():
    @command("mute", help="y")
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Other:
        pass

    with pytest.raises(ValueError, match="two commands are called 'mute'"):
        CommandSet(Mute, Other)


def test_a_field_of_no_known_shape_is_refused():
    with pytest.raises(TypeError, match=r"Bad\.level"):

        @command("bad", help="y")
        @dataclass(frozen=True, slots=True, kw_only=True)
        class Bad:
            level: float = 0.0


def test_a_command_answers_to_its_names_in_other_languages_with_and_without_accents():
    @command("undo", also={"de": ("zurück",), "fr": ("annuler",)}, help="x.undo")
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Undo:
        reason: Rest = ""

    commands: CommandSet[Undo] = CommandSet(Undo)
    assert [commands.parse(text) for text in ("!zurück", "!ZURUCK", "!annuler so")] == [
        Undo(),
        Undo(),
        Undo(reason="so"),
    ]
    assert commands.parse("!zuruk") == Unknown("zuruk", "zuruck")
