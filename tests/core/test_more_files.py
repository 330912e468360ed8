# SPDX-License-Identifier: Apache-2.0
"""More conditions than `community.yaml` has, their slang, and what other communities share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bots.core.documents import SettingsError
from bots.core.settings import load_community
from bots.core.settings.elsewhere import slip_of
from core.test_settings import COMMUNITY, GUIDELINES, LIBRARY

MORE = """\
conditions:
  - id: gout
    name: Gout
    synonyms: [podagra]
    room_name: Garden
    room_topic: Sit down.
"""
SOURCE = """\
title: Friends
url: https://friends.example/feed.json
key: "{key}"
trust: {trust}
"""
KEY = "A" * 43
THEIRS = LIBRARY.replace("id: flying", "id: friends-flying").replace("title: Flying", "title: Flying far")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("guidelines", "library", "conditions", "slang", "subscriptions/friends"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "community.yaml").write_text(COMMUNITY)
    (tmp_path / "guidelines/guidelines.yaml").write_text(GUIDELINES)
    (tmp_path / "library/travel.yaml").write_text(LIBRARY)
    (tmp_path / "conditions/gout.yaml").write_text(MORE)
    (tmp_path / "slang/gout.yaml").write_text("slang:\n  en: [my toe killed me]\n  de: [mein Zeh bringt mich um]\n")
    subscribe(tmp_path)
    return tmp_path


def subscribe(folder, trust="show", theirs=THEIRS):
    (folder / "subscriptions/friends/source.yaml").write_text(SOURCE.format(key=KEY, trust=trust))
    (folder / "subscriptions/friends/library.yaml").write_text(theirs)


def mistakes(folder):
    with pytest.raises(SettingsError) as error:
        load_community(folder)
    return [(mistake.file.name, mistake.line, mistake.message) for mistake in error.value.mistakes]


def test_a_condition_in_a_file_of_its_own_is_like_any_other(folder):
    (folder / "library/gout.yaml").write_text(LIBRARY.replace("flying", "cherries").replace("type-1-diabetes", "gout"))
    community = load_community(folder)
    assert [condition.id for condition in community.conditions] == ["type-1-diabetes", "gout"]
    assert community.conditions[1].synonyms == {"en": ("podagra",)}


def test_no_condition_is_there_twice_and_no_room_is_called_like_another(folder):
    (folder / "conditions/gout.yaml").write_text(
        MORE.replace("id: gout", "id: type-1-diabetes").replace("Garden", "harbour")
    )
    shutil.rmtree(folder / "slang")
    assert mistakes(folder) == [
        ("gout.yaml", 2, "The id `type-1-diabetes` is taken already, in community.yaml, line 9."),
        ("gout.yaml", 5, "A room is called `harbour` already, in community.yaml, line 12."),
    ]


def test_two_files_are_told_apart(folder):
    (folder / "conditions/more.yaml").write_text(MORE.replace("id: gout", "id: lupus").replace("Gout", "Lupus"))
    assert mistakes(folder) == [("more.yaml", 5, "A room is called `Garden` already, in gout.yaml, line 5.")]


def test_a_name_that_gives_away_what_another_file_says_is_refused(folder):
    (folder / "conditions/gout.yaml").write_text(MORE.replace("Garden", "T1D and podagra"))
    ((file, line, message),) = mistakes(folder)
    assert (file, line) == ("gout.yaml", 5)
    assert "gives away" in message


def test_slang_is_of_one_condition(folder):
    community = load_community(folder)
    assert community.slang_in("gout") == ("my toe killed me", "mein Zeh bringt mich um")
    assert community.slang_in("type-1-diabetes") == community.slang_in(None) == ()


def test_slang_of_a_condition_that_is_not_spelt_like_it_is_a_mistake(folder):
    (folder / "slang/gout.yaml").rename(folder / "slang/goat.yaml")
    assert mistakes(folder) == [("goat.yaml", 1, "There is no condition `goat` in community.yaml.")]


def test_what_is_about_a_condition_that_is_not_here_is_left_out_and_told(folder):
    shelf = LIBRARY + LIBRARY.partition("\n")[2].replace("flying", "both").replace("[type-1", "[lupus, type-1")
    shelf += LIBRARY.partition("\n")[2].replace("flying", "sunlight").replace("type-1-diabetes", "lupus")
    (folder / "library/travel.yaml").write_text(shelf)
    (folder / "slang/type-2-diabetes.yaml").write_text("slang: {en: [my sugar kills me]}\n")
    elsewhere = []
    community = load_community(folder, elsewhere=elsewhere)

    assert [entry.id for entry in community.library] == ["flying", "both", "friends-flying"]
    assert community.library[1].conditions == ("type-1-diabetes",)
    assert set(community.slang) == {"gout"}
    lines = shelf.splitlines()
    assert [(each.condition, each.place.file.name, each.left_out) for each in elsewhere] == [
        ("type-2-diabetes", "type-2-diabetes.yaml", True),
        ("lupus", "travel.yaml", False),
        ("lupus", "travel.yaml", True),
    ]
    assert all("lupus" in lines[each.place.line - 1] for each in elsewhere[1:])


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("typ-1-diabetes", "type-1-diabetes"),
        ("type1-diabetis", "type-1-diabetes"),
        ("goat", "gout"),
        ("type-2-diabetes", None),
        ("lupus", None),
        ("me", None),
    ],
)
def test_a_slip_is_told_from_another_condition(name, meant):
    assert slip_of(name, ["type-1-diabetes", "gout", "ms"]) == meant


@pytest.mark.parametrize("slang", ["slang: {en: [ow]}", "slang: {xx-yy: [my toe killed me]}", "slang: [my toe]"])
def test_slang_is_phrases_by_language(folder, slang):
    (folder / "slang/gout.yaml").write_text(slang)
    assert mistakes(folder)


def test_what_others_share_says_whose_it_is(folder):
    ours, theirs = load_community(folder).library
    assert (ours.shared_by, theirs.shared_by) == (None, "Friends")
    assert theirs.id == "friends-flying"


def test_our_own_entry_of_that_id_goes_first(folder):
    (folder / "library/travel.yaml").write_text(THEIRS.replace("Flying far", "Flying, as we know it"))
    (entry,) = load_community(folder).library
    assert (entry.title["en"], entry.shared_by) == ("Flying, as we know it", None)


def test_what_is_off_is_not_shown(folder):
    subscribe(folder, trust="off")
    assert [entry.shared_by for entry in load_community(folder).library] == [None]


def test_theirs_is_checked_like_ours(folder):
    subscribe(folder, theirs=THEIRS.replace("kind: life-hack", "kind: magic"))
    ((file, _, message),) = mistakes(folder)
    assert file == "library.yaml"
    assert "`magic` is not one of" in message


@pytest.mark.parametrize(
    ("old", "new"), [("https://friends", "ftp://friends"), ("trust: show", "trust: blindly"), (KEY, "short")]
)
def test_a_source_is_checked(folder, old, new):
    file = folder / "subscriptions/friends/source.yaml"
    file.write_text(file.read_text().replace(old, new))
    assert [name for name, *_ in mistakes(folder)] == ["source.yaml"]
