# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import contextlib
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.core.actions import Words
from bots.core.community import Deed, Federation, HistorySharing, OwnList
from bots.core.documents import MAX_BYTES, Document, read
from bots.core.library import Audience, Evidence, Kind, Standing
from bots.core.settings import Mistake, SettingsError, load_catalogue, load_community, not_spoken

EXAMPLE = Path(__file__).parents[2] / "config"

COMMUNITY = """\
name: Testers
slug: testers
languages: [en, de]
lobby: {name: Lobby}
moderators_room: {name: Office, topic: Quiet}
moderators: ["@ana:example.org"]
federation: closed
conditions:
  - id: type-1-diabetes
    name: {en: Type 1 diabetes, de: Typ-1-Diabetes}
    synonyms: [T1D, sugar diabetes]
    room_name: Harbour
    room_topic: A quiet place
"""
GUIDELINES = """\
version: 2
guidelines:
  - id: kind
    text: Be kind.
    why: It helps.
    source: Everybody
"""
LIBRARY = """\
resources:
  - id: flying
    title: Flying
    summary: How to fly.
    source: Us
    kind: life-hack
    languages: [en]
    conditions: [type-1-diabetes]
    reviewed: 2026-01-01
    reviewed_by: Ana
    review_by: 2027-01-01
"""
NORWAY = """\
name: Norway
emergency: 112
helplines:
  - id: line
    name: The line
    kind: crisis
    contacts:
      - {method: phone, dial: 116 123, hours: always}
    what_happens: Somebody listens.
    source: https://example.org/
    verified_at: 2026-01-01
    verified_by: Ana
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("guidelines", "library", "helplines", "words"):
        (tmp_path / name).mkdir()
    (tmp_path / "community.yaml").write_text(COMMUNITY)
    (tmp_path / "guidelines/guidelines.yaml").write_text(GUIDELINES)
    (tmp_path / "library/travel.yaml").write_text(LIBRARY)
    (tmp_path / "helplines/no.yaml").write_text(NORWAY)
    return tmp_path


def edit(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def mistakes(folder: Path) -> tuple[Mistake, ...]:
    with pytest.raises(SettingsError) as error:
        load_community(folder)
    return error.value.mistakes


def only(folder: Path) -> Mistake:
    (mistake,) = mistakes(folder)
    return mistake


def test_the_example_community_has_no_mistakes():
    community = load_community(EXAMPLE)
    assert len(community.guidelines.items) == 12
    assert len(community.library) >= 30
    assert {country.code for country in community.countries} >= {"gb", "us", "ie", "ca", "au", "nz", "de", "fr", "es"}


def test_the_example_community_does_not_claim_a_review_that_never_was():
    community = load_community(EXAMPLE)
    assert all(resource.reviewed is None for resource in community.library)
    assert all(line.verified_at is None for country in community.countries for line in country.helplines)


def test_no_country_of_the_example_shows_more_than_three_lines():
    assert all(0 < len(country.helplines) <= 3 for country in load_community(EXAMPLE).countries)


def test_a_folder_becomes_a_frozen_community(folder):
    community = load_community(folder)
    assert community.name == "Testers"
    assert community.default_language == "en"
    assert community.federation is Federation.CLOSED
    assert community.appeal_within == timedelta(days=30)
    (condition,) = community.conditions
    assert condition.name["de"] == "Typ-1-Diabetes"
    assert condition.synonyms == {"en": ("T1D", "sugar diabetes")}
    assert condition.history is HistorySharing.OFF
    assert community.guidelines.version == 2
    (resource,) = community.library
    assert resource.title == {"en": "Flying"}
    assert resource.reviewed == date(2026, 1, 1)
    assert resource.url is None


TOPICS = """\
topics:
  - id: money
    name: {en: Money, de: Geld}
    words: [bills, benefits]
"""


def test_entries_say_what_they_are_for_whom_and_where(folder):
    (folder / "topics.yaml").write_text(TOPICS)
    edit(
        folder,
        "library/travel.yaml",
        "    languages: [en]",
        """\
    languages: [en, de]
    countries: [gb, ie]
    topics: [money]
    audience: [carers]
    evidence: experience
    licence: CC0-1.0
    text: Sit by the window.""",
    )
    community = load_community(folder)
    (entry,) = community.library
    assert (entry.kind, entry.evidence, entry.audience) == (Kind.LIFE_HACK, Evidence.EXPERIENCE, (Audience.CARERS,))
    assert (entry.languages, entry.countries, entry.topics) == (("en", "de"), ("gb", "ie"), ("money",))
    assert entry.text == {"en": "Sit by the window."}
    (topic,) = community.topics
    assert topic.name["de"] == "Geld"
    assert topic.words == {"en": ("bills", "benefits")}


@pytest.mark.parametrize(
    ("old", "new", "line", "said", "hint"),
    [
        ("kind: life-hack", "kind: tool", 2, "There is neither `url` nor `text`.", "Write where it is"),
        ("kind: life-hack", "kind: lifehack", 6, "`lifehack` is not one of", "Did you mean `life-hack`?"),
        ("languages: [en]", "languages: []", 7, "`languages` needs at least one entry.", None),
        ("languages: [en]", "languages: [en]\n    topics: [mony]", 8, "no topic `mony` in topics.yaml", "`money`"),
        ("languages: [en]", "languages: [en]\n    countries: [uk]", 8, "`uk` is not the two-letter", "`gb`"),
        ("languages: [en]", "languages: [en]\n    audience: [carer]", 8, "`carer` is not one of", "`carers`"),
        ("languages: [en]", "languages: [en]\n    evidence: proof", 8, "`proof` is not one of", None),
    ],
)
def test_a_mistake_in_an_entry_is_told_where_it_is(folder, old, new, line, said, hint):
    (folder / "topics.yaml").write_text(TOPICS)
    edit(folder, "library/travel.yaml", old, new)
    mistake = only(folder)
    assert (mistake.file.name, mistake.line) == ("travel.yaml", line)
    assert said in mistake.message
    assert hint is None or hint in (mistake.hint or "")


def test_a_topic_named_twice_is_a_mistake(folder):
    (folder / "topics.yaml").write_text(TOPICS + "  - {id: money, name: Geld}\n")
    assert "is taken already" in only(folder).message


def test_past_its_day_an_entry_is_shown_with_its_age_and_a_helpline_is_not(folder):
    (entry,) = load_community(folder).library
    unread = replace(entry, reviewed=None, reviewed_by=None)
    assert entry.standing(date(2027, 1, 1)) is Standing.CHECKED
    assert unread.standing(date(2027, 1, 1)) is Standing.UNCHECKED
    assert entry.standing(date(2027, 1, 2)) is Standing.DUE
    assert replace(entry, kind=Kind.HELPLINE).standing(date(2027, 1, 2)) is Standing.EXPIRED


def test_norway_is_a_country_and_numbers_stay_as_they_are_dialled(folder):
    (country,) = load_community(folder).countries
    assert country.code == "no"
    assert country.emergency == "112"
    assert country.helplines[0].contacts[0].dial == "116 123"


def test_a_line_that_nobody_checked_says_when_it_was_written_down(folder):
    edit(folder, "helplines/no.yaml", "    verified_at: 2026-01-01\n    verified_by: Ana\n", "")
    mistake = only(folder)
    assert "Nobody has checked `line`, and there is no `noted`" in mistake.message
    assert "noted: 2026-11-26" in mistake.hint
    edit(folder, "helplines/no.yaml", "helplines:", "noted: 2026-02-01\nhelplines:")
    assert load_community(folder).countries[0].helplines[0].noted == date(2026, 2, 1)


@pytest.mark.parametrize("dial", ["988", "13 11 14", "+44 116 123", "*123#", "0800 111 0 111"])
def test_short_codes_can_be_dialled(folder, dial):
    edit(folder, "helplines/no.yaml", "dial: 116 123", f'dial: "{dial}"')
    assert load_community(folder).countries[0].helplines[0].contacts[0].dial == dial


def test_all_mistakes_of_all_files_come_at_once(folder):
    edit(folder, "community.yaml", "federation", "federatoin")
    edit(folder, "guidelines/guidelines.yaml", "version: 2", "version: two")
    edit(folder, "library/travel.yaml", "2026-01-01", "2026-13-01")
    edit(folder, "helplines/no.yaml", "112", "a doctor")
    assert [(m.file.name, m.line) for m in mistakes(folder)] == [
        ("community.yaml", 7),
        ("guidelines.yaml", 1),
        ("no.yaml", 2),
        ("travel.yaml", 9),
    ]


# file, what is there, what is written instead, line, what the message names, what the hint says
WRONG = {
    "an unknown key": ("community.yaml", "slug:", "slugg:", 2, "`slugg`", "Did you mean `slug`?"),
    "an unknown key deeper down": ("community.yaml", "    room_name", "    roomname", 12, "`roomname`", "`room_name`"),
    "an unknown condition": ("library/travel.yaml", "[type-1-", "[typ-1-", 8, "`typ-1-diabetes`", "type-1-diabetes"),
    "a bad date": ("library/travel.yaml", "reviewed: 2026-01-01", "reviewed: 1/2/26", 9, "not a date", "2026-11-23"),
    "a review that ends before it begins": ("library/travel.yaml", "2027-01-01", "2025-01-01", 11, "2025-01-01", ""),
    "an unknown kind": ("library/travel.yaml", "life-hack", "lifehack", 6, "`lifehack`", "`life-hack`"),
    "a language's name": ("community.yaml", "[en, de]", "[en, german]", 3, "`german`", "`de`"),
    "a language that is none": ("community.yaml", "[en, de]", "[en, de, zz]", 3, "`zz`", ""),
    "a person without a server": ("community.yaml", "@ana:example.org", "ana", 6, "Matrix user id", "@ana:"),
    "allies without allied": ("community.yaml", "federation: closed", "allies: [b.org]", 7, "allies", "allied"),
    "allied without allies": ("community.yaml", "closed", "allied", 1, "no allies", "server names"),
    "an unknown federation": ("community.yaml", "closed", "close", 7, "`close`", "`closed`"),
    "a password": ("community.yaml", "slug:", "password: x\nslug:", 2, "looks like a secret", "secrets folder"),
    "a token deeper down": ("community.yaml", "{name: Lobby}", "{name: Lobby, api_token: x}", 4, "secret", "secrets"),
    "a key twice": ("community.yaml", "slug: testers", "slug: a\nslug: testers", 3, "twice", "Keep one"),
    "an alias": ("community.yaml", "slug: testers", "slug: *testers", 2, "Aliases", ""),
    "no default text": ("community.yaml", "{en: Type 1 diabetes, ", "{", 10, "default language", ""),
    "a text in no language": ("community.yaml", "{en: Type 1", "{fx: Diabète, en: Type 1", 10, "`fx`", "languages"),
    "not a web address": ("helplines/no.yaml", "https://", "", 10, "not a web address", "https://"),
    "a number to dial": ("helplines/no.yaml", "116 123", "call us", 8, "dialled", "116 123"),
    "a phone without a number": ("helplines/no.yaml", "dial: 116 123, ", "", 8, "needs `dial`", ""),
    "a language that nobody else speaks": (
        "community.yaml",
        "{name: Lobby}",
        "{name: Lobby, language: fr}",
        4,
        "`fr`",
        "Add",
    ),
    "an id with spaces": ("library/travel.yaml", "id: flying", "id: Flying high", 2, "`Flying high`", "hyphens"),
    "text where a list belongs": ("community.yaml", '["@ana:example.org"]', "ana", 6, "list", "dash"),
    "an empty text": ("library/travel.yaml", "source: Us", 'source: ""', 5, "empty", ""),
    "a title that is a story": (
        "library/travel.yaml",
        "title: Flying",
        f"title: {'x' * 301}",
        3,
        "301 characters",
        "fewer",
    ),
    "a summary that is a book": (
        "library/travel.yaml",
        "    source: Us",
        f"    text: {'x' * 6_001}\n    source: Us",
        5,
        "6,001 characters",
        "fewer",
    ),
    "nothing after the colon": ("community.yaml", "slug: testers", "slug:", 2, "nothing in it", "take the line out"),
    "a number too small": ("guidelines/guidelines.yaml", "version: 2", "version: 0", 1, "`0` is too small", ""),
    "a topic too long": ("community.yaml", "Quiet", "long " * 60, 5, "250 characters at most", ""),
    "yes for on": ("community.yaml", "    room_name", "    history: yes\n    room_name", 12, "`yes`", "`on`"),
    "somebody twice": ("community.yaml", '"@ana:', '"@ana:example.org", "@ana:', 6, "twice", "Keep one"),
    "a later word that is no text": ("community.yaml", "sugar diabetes", "a: b", 11, "Entry 2 of `synonyms`", "quot"),
    "a text where words are listed": ("community.yaml", "[T1D, sugar diabetes]", "T1D", 11, "should be a list", "dash"),
    "a room called like another": ("community.yaml", "room_name: Harbour", "room_name: lobby", 12, "line 4", "its own"),
    "a review that nobody did": (
        "library/travel.yaml",
        "    reviewed_by: Ana\n",
        "",
        2,
        "no `reviewed_by`",
        "both out",
    ),
    "a reviewer without a day": (
        "library/travel.yaml",
        "    reviewed: 2026-01-01\n",
        "",
        9,
        "no `reviewed`",
        "both out",
    ),
    "a check in times to come": (
        "helplines/no.yaml",
        "2026-01-01",
        "2999-01-01",
        11,
        "has not come yet",
        "leave it out",
    ),
    "an anchor": ("community.yaml", "name: Testers", "name: &Friends here", 1, "`&Friends`", "quote"),
    "a tag": ("library/travel.yaml", "How to fly.", "!find helps", 4, "`!find`", "quote"),
    "a tab": ("library/travel.yaml", "    source: Us", "\tsource: Us", 5, "a tab here", "spaces"),
    "a person without quotation marks": (
        "community.yaml",
        '["@ana:example.org"]',
        "[@ana:b.org]",
        6,
        "`@`",
        "quotation",
    ),
    "a colon too many": ("library/travel.yaml", "How to fly.", "How: to fly.", 4, "a colon", "quotation marks"),
    "a list with a comma too many": (
        "community.yaml",
        "[en, de]",
        "[en,, de]",
        3,
        "something is missing",
        "comma too many",
    ),
    "a list without its end": ("community.yaml", "[en, de]", "[en, de", 3, "no end", "`]`"),
    "a text without its end": (
        "helplines/no.yaml",
        "verified_by: Ana",
        'verified_by: "Ana',
        12,
        "not closed",
        "another",
    ),
    "a detector that would go on acting": (
        "community.yaml",
        "slug:",
        "observe: [idenity]\nslug:",
        2,
        "`idenity`",
        "`identity`",
    ),
    "a line out of line": ("guidelines/guidelines.yaml", "    why:", "   why:", 5, "not indented like", "column"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_says_where_it_is_and_what_was_meant(folder, name):
    file, old, new, line, message, hint = WRONG[name]
    edit(folder, file, old, new)
    found = [m for m in mistakes(folder) if message in m.message]
    assert len(found) == 1, mistakes(folder)
    assert found[0].file == folder / file
    assert found[0].line == line
    assert hint in (found[0].hint or "")


@pytest.mark.parametrize("conditions", ["", "conditions: []\n", "conditions:\n  - diabetes\n"])
def test_conditions_that_can_t_be_made_out_are_one_mistake_and_not_one_at_each_mention(folder, conditions):
    text = (folder / "community.yaml").read_text()
    (folder / "community.yaml").write_text(text[: text.index("conditions:")] + conditions)
    assert only(folder).file.name == "community.yaml"


def test_a_language_that_is_none_is_one_mistake_and_not_one_at_each_text(folder):
    edit(folder, "community.yaml", "[en, de]", "[English, de]")
    edit(folder, "community.yaml", "{en: Type 1 diabetes, de: Typ-1-Diabetes}", "Typ-1-Diabetes")
    (folder / "words/de.yaml").write_text("core.quote_gone: Weg.\n")
    assert only(folder).line == 3


def test_a_secret_is_never_repeated(folder):
    edit(folder, "community.yaml", "slug:", "password: hunter2\nslug:")
    assert "hunter2" not in str(only(folder))


@pytest.mark.parametrize("name", ["Diabetes corner", "The T1D harbour", "Sugar diabetes", "TYP-1-DIABETES"])
def test_a_room_name_that_gives_the_condition_away_is_refused(folder, name):
    edit(folder, "community.yaml", "room_name: Harbour", f"room_name: {name}")
    mistake = only(folder)
    assert "never encrypted" in mistake.message
    assert mistake.line == 12


def test_a_topic_that_gives_the_condition_away_is_refused(folder):
    edit(folder, "community.yaml", "A quiet place", "For people with diabetes")
    assert "never encrypted" in only(folder).message


def test_a_short_name_gives_a_condition_away_only_in_capitals(folder):
    edit(folder, "community.yaml", "[T1D,", "[ME, T1D,")
    edit(folder, "community.yaml", "A quiet place", "Come with me")
    load_community(folder)
    edit(folder, "community.yaml", "Come with me", "Living with ME")
    assert "`ME`" in only(folder).message


def test_an_id_is_used_once_across_the_library(folder):
    (folder / "library/again.yaml").write_text(LIBRARY)
    mistake = only(folder)
    assert "`flying` is taken" in mistake.message
    assert (mistake.file.name, mistake.line) == ("travel.yaml", 2)
    assert "again.yaml, line 2" in mistake.message


@pytest.mark.parametrize("name", ["community.yaml", "guidelines/guidelines.yaml", "helplines/no.yaml"])
def test_an_id_is_used_once_in_a_list(folder, name):
    text = (folder / name).read_text()
    again = text[text.index("  - id:") :].replace("Harbour", "Orchard")
    (folder / name).write_text(text + again)
    mistake = only(folder)
    assert "is taken" in mistake.message
    assert mistake.line == text.count("\n") + 1


def test_a_broken_community_file_is_not_blamed_on_the_others(folder):
    edit(folder, "community.yaml", "slug: testers", "slug: [testers")
    edit(folder, "helplines/no.yaml", "emergency: 112", "emergency: [112")
    assert [m.file.name for m in mistakes(folder)] == ["community.yaml", "no.yaml"]


def test_two_countries_may_have_the_same_helpline(folder):
    (folder / "helplines/se.yaml").write_text(NORWAY)
    assert len(load_community(folder).countries) == 2


def test_a_file_that_is_not_there_is_a_mistake(folder):
    (folder / "guidelines/guidelines.yaml").unlink()
    assert only(folder).file == folder / "guidelines/guidelines.yaml"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("library/more.yml", "`.yaml`"),
        ("library/deeper/more.yaml", None),
        ("comunity.yaml", "`community.yaml`"),
    ],
)
def test_a_file_that_nothing_would_read_is_a_mistake(folder, name, hint):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("a: b")
    mistake = only(folder)
    assert "Nothing reads this file" in mistake.message
    assert hint in mistake.hint if hint else mistake.hint is None


def test_a_folder_that_is_not_there_is_one_mistake(tmp_path):
    assert only(tmp_path / "nowhere").file.name == "nowhere"


def test_a_country_is_named_by_its_code(folder):
    (folder / "helplines/no.yaml").rename(folder / "helplines/uk.yaml")
    assert only(folder).hint == "The United Kingdom is `gb`."


def test_an_override_of_nothing_names_the_nearest_sentence(folder, tmp_path_factory):
    shipped = tmp_path_factory.mktemp("shipped")
    (shipped / "en.yaml").write_text("welcome.greeting: Hello {name}\n")
    (folder / "words/en.yaml").write_text("welcome.greting: Hi\n")
    with pytest.raises(SettingsError, match=r"Did you mean `welcome\.greeting`"):
        load_community(folder, words=[shipped])
    (folder / "words/en.yaml").write_text("welcome.greeting: Hi {nme}\n")
    with pytest.raises(SettingsError, match="Did you mean `name`"):
        load_community(folder, words=[shipped])
    (folder / "words/en.yaml").write_text("welcome.greeting: Hi {name}\n")
    assert load_community(folder, words=[shipped]).words == {"en": {"welcome.greeting": "Hi {name}"}}


def test_an_override_in_a_language_nobody_speaks_here_is_a_mistake(folder):
    (folder / "words/fr.yaml").write_text("a: b\n")
    assert "`fr`" in only(folder).message


def test_the_catalogue_speaks_the_default_language_in_the_organiser_s_words(folder):
    edit(folder, "community.yaml", "[en, de]", "[pl, en]\ndefault_language: en")
    edit(folder, "community.yaml", ", de: Typ-1-Diabetes", "")
    (folder / "words/en.yaml").write_text("core.quote_gone: It is gone.\n")
    catalogue = load_catalogue(load_community(folder))
    assert catalogue.default_language == "en"
    assert catalogue.render(Words("core.quote_gone"), "pl").body == "It is gone."


def test_a_file_as_large_as_all_of_medlineplus_topics_is_read(folder):
    with (folder / "library/travel.yaml").open("a") as file:
        file.write("#" * 3_000_000)
    assert [entry.id for entry in load_community(folder).library] == ["flying"]


def reading(tmp_path: Path, data: bytes) -> tuple[Document | None, list[Mistake]]:
    file = tmp_path / "x.yaml"
    file.write_bytes(data)
    found: list[Mistake] = []
    return read(file, found), found


@pytest.mark.parametrize(
    "data",
    [
        b"a: [" * 3000,
        b"[" * 500 + b"]" * 500,
        b"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]",
        pytest.param(b"a: " + b"x" * MAX_BYTES, id="too large"),
        b"\xff\xfe\x00",
        b"a: b: c",
        b"a:\n\t- x",
        b"? [a]\n: b",
        b"a: b\n---\nc: d",
        b"a: \x07",
    ],
)
def test_hostile_and_broken_yaml_is_a_mistake_and_nothing_more(tmp_path, data):
    _, found = reading(tmp_path, data)
    assert found


def test_tags_make_nothing(tmp_path):
    document, _ = reading(tmp_path, b"a: !!python/object/apply:os.getcwd []\nb: !!int 3")
    assert document is not None
    assert document.value == {"a": [], "b": "3"}


def test_scalars_are_text_and_nothing_is_nothing(tmp_path):
    document, found = reading(tmp_path, b'a: no\nb: 0123\nc: 12:30\nd:\ne: ~\nf: ""\ng: 2026-01-01')
    assert found == []
    assert document is not None
    expected = {"a": "no", "b": "0123", "c": "12:30", "d": None, "e": None, "f": "", "g": "2026-01-01"}
    assert document.value == expected


@given(data=st.binary(max_size=200) | st.text(alphabet="ab:-[]{}&*!|>'\"# \n?,", max_size=80).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
def test_no_file_breaks_the_reader(tmp_path, data):
    document, found = reading(tmp_path, data)
    assert document is not None or found


def test_no_single_lost_line_breaks_the_check(folder, tmp_path):
    for name in ("community.yaml", "guidelines/guidelines.yaml", "library/travel.yaml", "helplines/no.yaml"):
        lines = (folder / name).read_text().splitlines(keepends=True)
        for index in range(len(lines)):
            copy = tmp_path / "copy"
            shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("copy"))
            (copy / name).write_text("".join(lines[:index] + lines[index + 1 :]))
            with contextlib.suppress(SettingsError):
                load_community(copy)
            shutil.rmtree(copy)


def test_texts_in_a_language_that_is_not_spoken_yet_may_stay(folder):
    edit(folder, "community.yaml", "{en: Type 1", "{fr: Diabète, en: Type 1")
    assert load_community(folder).conditions[0].name["en"] == "Type 1 diabetes"


def test_a_room_has_its_own_language_or_the_community_s(folder):
    edit(folder, "community.yaml", "topic: Quiet", "language: de")
    community = load_community(folder)
    assert [community.language_in(place) for place in ("lobby", "moderators", "type-1-diabetes", None)] == [
        "en",
        "de",
        "en",
        "en",
    ]
    edit(folder, "community.yaml", "    room_topic", "    language: de\n    room_topic")
    assert load_community(folder).language_in("type-1-diabetes") == "de"


def test_a_room_has_its_own_words(folder):
    (folder / "words/type-1-diabetes").mkdir()
    (folder / "words/type-1-diabetes/de.yaml").write_text("core.quote_gone: Fort.\n")
    (folder / "words/de.yaml").write_text("core.quote_gone: Weg.\n")
    catalogue = load_catalogue(load_community(folder))
    gone = Words("core.quote_gone")
    assert catalogue.render(gone, "de", place="type-1-diabetes").body == "Fort."
    assert catalogue.render(gone, "de", place="lobby").body == "Weg."
    assert catalogue.render(gone, "de").body == "Weg."


@pytest.mark.parametrize(
    ("file", "text", "message", "hint"),
    [
        ("typ-1-diabetes/en.yaml", "core.quote_gone: Gone.", "no room `typ-1-diabetes`", "`type-1-diabetes`"),
        ("lobby/fr.yaml", "core.quote_gone: Parti.", "`fr` is not one", "languages"),
        ("lobby/en.yaml", "core.quote_gon: Gone.", "nothing called `core.quote_gon`", "`core.quote_gone`"),
        ("lobby/en.yaml", "core.quote_gone: Gone, {who}.", "`{who}`", "none"),
    ],
)
def test_a_room_s_words_are_checked_like_all_others(folder, file, text, message, hint):
    (folder / "words" / file).parent.mkdir()
    (folder / "words" / file).write_text(text)
    mistake = only(folder)
    assert message in mistake.message
    assert hint in (mistake.hint or "")


def test_a_language_that_no_bot_speaks_is_named_and_a_region_of_one_that_they_do_is_not(folder):
    edit(folder, "community.yaml", "[en, de]", "[en, pl, en-GB, de]")
    assert "pl" in not_spoken(load_community(folder))
    assert not {"en", "en-GB"} & set(not_spoken(load_community(folder)))


def test_what_volunteers_may_is_as_the_folder_says_and_by_default_all_but_power_over_people(folder):
    community = load_community(folder)
    assert community.greeters_may == {Deed.NOTE}
    assert community.moderators_may == set(Deed)
    assert community.bans_by_two_after == timedelta(days=30)
    more = "greeters_may: []\nmoderators_may: [note, hold]\nbans_by_two_after_days: 0\n"
    (folder / "community.yaml").write_text(COMMUNITY + more)
    community = load_community(folder)
    assert (community.greeters_may, community.moderators_may) == (set(), {Deed.NOTE, Deed.HOLD})
    assert community.bans_by_two_after is None


def test_nobody_is_given_power_by_a_word_in_the_settings(folder):
    (folder / "community.yaml").write_text(COMMUNITY + "greeters_may: [mute]\n")
    with pytest.raises(SettingsError) as raised:
        load_community(folder)
    assert "`mute` is not one of `note`, `warn`" in str(raised.value)


def test_a_list_of_ones_own_is_off_unless_it_is_there_and_hides_the_names_of_people_unless_told_otherwise(folder):
    assert load_community(folder).own_list is None
    file = folder / "community.yaml"
    said = file.read_text()
    file.write_text(said + "own_list: {name: Kept out}\n")
    assert load_community(folder).own_list == OwnList(name="Kept out", topic="", public=True, hidden=True)
    file.write_text(said + "own_list: {name: Kept out, topic: Whom we keep out, join: invite, names: shown}\n")
    own = OwnList(name="Kept out", topic="Whom we keep out", public=False, hidden=False)
    assert load_community(folder).own_list == own


@pytest.mark.parametrize(
    ("own_list", "said"),
    [
        ("{}", "name"),
        ("{name: Diabetes bans}", "gives away what the room is about"),
        ("{name: Kept out, topic: Bans of T1D}", "gives away what the room is about"),
        ("{name: Harbour}", "A room is called `Harbour` already"),
        ("{name: Kept out, join: anybody}", "`anybody` is not one of `public`, `invite`"),
        ("{name: Kept out, names: both}", "`both` is not one of `hidden`, `shown`"),
        ("{name: Kept out, reason: free}", "reason"),
    ],
)
def test_a_list_of_ones_own_is_checked_like_all_others(folder, own_list, said):
    file = folder / "community.yaml"
    file.write_text(file.read_text() + f"own_list: {own_list}\n")
    with pytest.raises(SettingsError) as caught:
        load_community(folder)
    (mistake,) = caught.value.mistakes
    assert said in mistake.message
