# SPDX-License-Identifier: Apache-2.0
"""What a name gives away: found where it is there, and good pseudonyms are left in peace."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bots.core.anonymity import Finding, look_at_device, look_at_line, look_at_name, look_at_user_id, names

TODAY = date(2026, 11, 25)
CONDITIONS = ("Crohn's disease", "crohns", "IBD", "type 1 diabetes", "diabetes", "T1D")
F = Finding


def found(name, **more):
    return set(look_at_name(name, today=TODAY, regions=("GB", "DE"), telling=CONDITIONS, **more))


GOOD = (
    *("CalmOtter42", "calm otter", "BraveFern7", "quiet_river", "Amber Fox", "RoseGreen", "GreenFox9", "SunnyRobin"),
    *("blue heron", "LoutreCalme", "NutriaSerena", "RuhigerOtter", "LontraCalma", "winter sun", "Willow", "Hope 3"),
    *(
        "tired but here",
        "MrOtter",
        "Peacock",
        "travel",
        "moonlight",
        "wilderness",
        "marigold",
        "rosewood",
        "benevolent",
        "sunflower99",
    ),
    *("Otter2026", "otter 007", "room101", "x", "", "🦦", "ねこ", "Спокойная Выдра", "CaféCrème", "night-owl", "B612"),
    *(
        "not Anonymous",
        "somebody here",
        "just me",
        "Lucky Star",
        "Miss Moss",
        "Doctor Who",
        "The Reader",
        "grace notes",
    ),
)
BAD = {
    "Anna Smith": {F.REAL_NAME},
    "smith anna": {F.REAL_NAME},
    "AnnaSmith": {F.REAL_NAME},
    "annasmith": {F.REAL_NAME},
    "anna.smith84": {F.REAL_NAME},
    "A. Kowalski-Müller": {F.REAL_NAME},
    "Robin Schmidt": {F.REAL_NAME},
    "Anna Green": {F.REAL_NAME},
    # Given names are more than any list has.
    "Fern Smith": {F.REAL_NAME},
    "Xochitl.Schmidt": {F.REAL_NAME},
    "José García": {F.REAL_NAME},
    "O’Connor": {F.REAL_NAME},
    "Ｊｏｈｎ Ｓｍｉｔｈ": {F.REAL_NAME},
    "Anna": {F.FIRST_NAME},
    "happy Anna 7": {F.FIRST_NAME},
    "anna1984": {F.FIRST_NAME, F.BIRTH_YEAR},
    "CalmOtter1984": {F.BIRTH_YEAR},
    "otter 12.03.1984": {F.BIRTH_DATE},
    "otter 1984-03-12": {F.BIRTH_DATE},
    "otter 12/3/84": {F.BIRTH_DATE},
    "otter12031984": {F.BIRTH_DATE},
    "calm.otter@example.org": {F.EMAIL},
    "otter (at) example.com": {F.EMAIL},
    "calmotter_gmail": {F.EMAIL},
    "+44 7400 123456": {F.PHONE},
    "otter 07400 123456": {F.PHONE},
    "otter 0151 23456789": {F.PHONE},
    "otter 84736251": {F.LONG_NUMBER},
    "otter.example.com": {F.ELSEWHERE},
    "ig: calmotter": {F.ELSEWHERE},
    "@calm_otter": {F.ELSEWHERE},
    "CrohnsOtter": {F.DIAGNOSIS},
    "otter with type 1 diabetes": {F.DIAGNOSIS},
    "livingwithdiabetes": {F.DIAGNOSIS},
    "ibd otter": {F.DIAGNOSIS},
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_pseudonym_is_left_in_peace(name):
    assert found(name) == set()


@pytest.mark.parametrize("name", BAD)
def test_what_tells_is_found(name):
    assert found(name) == BAD[name]


@pytest.mark.parametrize(
    ("user_id", "findings"),
    [
        ("@calmotter42:kith.example", ()),
        ("@calm.io:kith.example", ()),
        ("@anna.smith:kith.example", (F.REAL_NAME,)),
        ("@asmith:kith.example", (F.REAL_NAME,)),
        ("@otter:anna-smith.example", ()),
        ("anna_84", (F.FIRST_NAME,)),
        ("calm.otter.gmail.com", (F.EMAIL,)),
    ],
)
def test_a_user_id_is_judged_without_its_server(user_id, findings):
    assert look_at_user_id(user_id, today=TODAY) == findings


@pytest.mark.parametrize(
    ("device", "findings"),
    [
        ("Rose's iPhone", (F.FIRST_NAME,)),
        ("Anna’s iPhone", (F.FIRST_NAME,)),
        ("iPhone von Wolf", (F.FIRST_NAME,)),
        ("app.element.io: Chrome on Windows", ()),
        ("Element X Android", ()),
        ("Kithroom", ()),
    ],
)
def test_a_device_may_be_called_after_its_owner(device, findings):
    assert look_at_device(device, today=TODAY) == findings


def test_the_year_that_tells_depends_on_the_day():
    assert look_at_name("otter 2015", today=TODAY) == (F.BIRTH_YEAR,)
    assert look_at_name("otter 2015", today=date(2020, 1, 1)) == ()


def test_a_number_is_a_telephone_where_it_is_one():
    assert look_at_name("otter 07400 123456", today=TODAY) == ()
    assert look_at_name("otter 07400 123456", today=TODAY, regions=("GB",)) == (F.PHONE,)


SURE_GIVEN = sorted(n for n in names._list("given") if names.is_given(n))
SURE_FAMILY = sorted(n for n in names._list("family") if names.is_family(n))
DRESS = st.sampled_from([str.lower, str.upper, str.title])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SURE_GIVEN), st.sampled_from(SURE_FAMILY), st.sampled_from([" ", ".", "_", "-", ", "]), DRESS)
def test_every_given_and_family_name_together_are_a_real_name(first, last, gap, dress):
    if first != last:
        assert F.REAL_NAME in found(dress(first) + gap + dress(last))
        assert F.REAL_NAME in found(dress(last) + gap + dress(first))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SURE_GIVEN), st.integers(0, 99), DRESS)
def test_a_number_does_not_hide_a_first_name(first, number, dress):
    assert F.FIRST_NAME in found(f"{dress(first)}{number}") | found(f"{number} {dress(first)}")


@settings(max_examples=60, deadline=None)
@given(st.dates(date(1920, 1, 1), date(2010, 1, 1)), st.sampled_from(["%d.%m.%Y", "%Y-%m-%d", "%m/%d/%Y", "%d%m%Y"]))
def test_a_birth_date_is_found_however_it_is_written(born, style):
    assert F.BIRTH_DATE in found(f"otter {born.strftime(style)}")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
@example("@" * 300)
@example("1." * 150)
@example("0" * 300)
@example("a@" + "a-" * 150)
def test_no_name_is_too_odd_to_look_at_and_the_worst_comes_first(name):
    for look in (look_at_name, look_at_user_id, look_at_device):
        findings = look(name, today=TODAY, regions=("GB",), telling=CONDITIONS)
        assert list(findings) == [finding for finding in Finding if finding in findings]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="αβγδжцщあいう漢字 ", max_size=40))
def test_what_we_have_no_list_for_is_left_in_peace(name):
    assert found(name) == set()


@pytest.mark.parametrize(
    "line",
    [
        "Hi all, diagnosed last week, still dizzy from it. Nice to meet you!",
        "hello everyone, new here, t1d since 2019, love gardening",
        "I will mark my words, may grace be with you",
        "Scared. Tired. Hoping for a chat",
        "I take 20 units a day and 5 in the evening, 07:30",
        "Bonjour, je suis nouvelle, j'ai 34 ans et j’ai peur",
        "ich bin neu hier, liebe Grüße aus Köln",
        "oi gente, sou novo aqui",
        "Hola, llevo años con esto y tengo miedo",
    ],
)
def test_what_people_write_of_themselves_is_left_in_peace(line):
    assert look_at_line(line, today=TODAY, regions=("GB", "DE")) == ()


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("I'm Anna and I live in Leeds", F.FIRST_NAME),
        ("so. my name is john smith", F.REAL_NAME),
        ("I was born in 1984, and it came late", F.BIRTH_YEAR),
        ("born on 12.3.1980. it came late", F.BIRTH_DATE),
        ("write me at anna@example.org, I read it", F.EMAIL),
        ("call me on 020 7946 0958 in the evening", F.PHONE),
        ("instagram: sunny", F.ELSEWHERE),
        ("word " * 49 + "anna.smith@example.org" + " word" * 60, F.EMAIL),
    ],
)
def test_what_gives_somebody_away_is_found_anywhere_in_a_line(line, finding):
    assert finding in look_at_line(line, today=TODAY, regions=("GB", "DE"))
