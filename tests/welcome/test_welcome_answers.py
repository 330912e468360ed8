# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.welcome.answers import Intent, load, plain

WORDS = load(["en"])


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("yes", Intent.YES),
        ("YES!!", Intent.YES),
        ("Yes, please.", Intent.YES),
        ("ok thank you", Intent.YES),
        ("I agree", Intent.YES),
        ("👍🏽", Intent.YES),
        ("✅", Intent.YES),
        ("✔️", Intent.YES),
        ("no", Intent.NO),
        ("No thanks", Intent.NO),
        ("I don’t agree", Intent.NO),
        ("👎🏿", Intent.NO),
        ("back", Intent.BACK),
        ("go back please", Intent.BACK),
        ("skip", Intent.SKIP),
        ("Later.", Intent.LATER),
        ("please stop", Intent.STOP),
        ("STOP", Intent.STOP),
        ("help", Intent.HELP),
        ("?", Intent.HELP),
        ("❓", Intent.HELP),
        ("more", Intent.MORE),
        ("try again", Intent.AGAIN),
        ("help now", Intent.URGENT),
        ("🆘", Intent.URGENT),
        ("forget me", Intent.FORGET),
        ("What do you know about me?", Intent.MYDATA),
        ("yes but I hate rule 3", None),
        ("yesterday", None),
        ("", None),
        ("!?!", None),
    ],
)
def test_plain_words_and_emoji_mean_what_a_person_means(text, intent):
    assert WORDS.intent(text) is intent


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1", (1,)),
        ("1️⃣", (1,)),
        ("2⃣", (2,)),
        ("#3", (3,)),
        ("1 and 3", (1, 3)),
        ("3,1", (1, 3)),
        ("1️⃣ and three", (1, 3)),
        ("two please", (2,)),
        ("4", (4,)),
        ("5", ()),
        ("0", ()),
        ("-1", (1,)),
        ("type 1", ()),
        ("1 and maybe 2", ()),
        ("²", (2,)),
        ("9" * 5000, ()),
        ("", ()),
    ],
)
def test_numbers_choose_from_a_list_of_four(text, numbers):
    assert WORDS.choice(text, 4) == numbers


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("34", 34),
        ("I'm 34", 34),
        ("I am 17 years old.", 17),
        ("tengo 40 años", 40),
        ("J’ai 22 ans", 22),
        ("ich bin 63 Jahre alt", 63),
        ("tenho 19 anos", 19),
        ("18", 18),
        ("under 18", None),
        ("not 18 yet", None),
        ("almost 18", None),
        ("17 and a half", None),
        ("my daughter is 19", None),
        ("nope im 16", 16),
        ("16yo", 16),
        ("yes and no 16", None),
        ("1", None),
        ("1990", None),
        ("18 19", None),
        ("years", None),
        ("", None),
    ],
)
def test_an_age_is_one_only_where_nothing_else_is_said(text, age):
    assert load(("es", "fr", "de", "pt")).age(text)[1] == age


@given(st.text())
def test_no_text_breaks_the_vocabulary(text):
    WORDS.age(text)
    WORDS.intent(text)
    assert all(1 <= n <= 4 for n in WORDS.choice(text, 4))
    assert plain(plain(text)) == plain(text)


def test_a_language_without_a_vocabulary_speaks_english():
    assert load(["xx"]).intents == WORDS.intents


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("yess", Intent.YES),
        ("Okkk", Intent.YES),
        ("i agreeee", Intent.YES),
        ("noooo", Intent.NO),
        ("yes 🙂", Intent.YES),
        ("yes!! 💙", Intent.YES),
        ("👍👍", Intent.YES),
        ("✅ ✅ ✅", Intent.YES),
        ("👍 yes", Intent.YES),
        ("yes, that's fine", Intent.YES),
        ("Yesss, of course 🙂", Intent.YES),
        ("ok of course", Intent.YES),
        ("Yes I accept the guidelines", Intent.YES),
        ("no, rather not", Intent.NO),
        ("bye!", Intent.LATER),
        ("are you a bot?", Intent.WHAT),
    ],
)
def test_the_ways_of_a_phone_are_understood(text, intent):
    assert WORDS.intent(text) is intent


@pytest.mark.parametrize(
    "text",
    ["yes 👎", "yes, fine ❌", "yes and no", "yes, but stop", "👍👎", "👍❌", "ok, why", "🙂", "great", "no yes", "ye"],
)
def test_nobody_agrees_by_half(text):
    assert WORDS.intent(text) is not Intent.YES
