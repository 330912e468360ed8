# SPDX-License-Identifier: Apache-2.0
"""What one community knows about a condition, as a signed folder for another: everything by the command line."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bots.cli import main
from bots.cli.packs.manifest import manifest
from bots.core.actions import BotName
from bots.core.homeserver.desired import Cast, desired_rooms
from bots.core.homeserver.plan import Actual, CreateRoom
from bots.core.homeserver.plan import plan as rooms_plan
from bots.core.settings import load_catalogue, load_community
from bots.core.signing import public_key, signed
from fakes.neighbours import community

EXAMPLE = Path(__file__).parents[2] / "config"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = public_key(KEY)
GOUT = """\
conditions:
  - id: gout
    name: Gout
    synonyms: [podagra, my big toe]
    room_name: Garden
    room_topic: Sit down.
"""
FEET = """\
guidelines:
  - id: feet
    text: No pictures of feet, please.
    why: Some of us eat.
    source: The room
    words: [foot pic]
  - id: kind
    watched_by: {identity: off}
"""
CHERRIES = """\
resources:
  - id: cherries
    title: Cherries
    summary: Some swear by them.
    source: A member
    kind: life-hack
    languages: [en]
    conditions: [gout]
    topics: [food]
    review_by: 2027-01-01
"""
SLANG = "slang:\n  en: [my toe wants to kill me, kill myself]\n"
WRITTEN = ["conditions/gout.yaml", "guidelines/gout/pack.yaml", "library/pack-gout.yaml", "slang/gout.yaml"]


@pytest.fixture
def key(tmp_path) -> Path:
    file = tmp_path / "publisher.key"
    file.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


@pytest.fixture
def there(tmp_path) -> Path:
    folder = community(tmp_path / "there", "The Friends")
    for name, text in {
        "conditions/gout.yaml": GOUT,
        "guidelines/gout/room.yaml": FEET,
        "library/gout.yaml": CHERRIES,
        "slang/gout.yaml": SLANG,
        "topics.yaml": "topics:\n  - {id: food, name: Food}\n",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def pack(tmp_path, there, key) -> Path:
    return exported(there, tmp_path / "pack", key)


@pytest.fixture
def here(tmp_path) -> Path:
    return community(tmp_path / "here", "Testers")


def run(*words, code=0, given=None):
    result = CliRunner().invoke(main, ["pack", *map(str, words)], input=given)
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def exported(there, target, key, *more, condition="gout", code=0):
    licence = ("--licence", "CC BY 4.0", "--reviewed", "Dr Ana", "2026-05-01")
    output = run("export", condition, target, "--community", there, "--key", key, *licence, *more, code=code)
    return output if code else target


def add(here, pack, *more, code=0, theirs=PUBLIC):
    return run("add", pack, "--community", here, "--yes", "--theirs", theirs, *more, code=code)


def verify(here, pack, code=0):
    return run("verify", pack, "--community", here, code=code)


def everything(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def forged(pack, *, key=KEY, **texts):
    """The pack with other texts in its files, signed all the same: its publisher means us harm."""
    said = json.loads((pack / "pack.json").read_text())
    files = {file.name: file.read_bytes() for file in pack.glob("*.yaml")}
    files |= {f"{name}.yaml": text.encode() for name, text in texts.items() if name != "version"}
    whole = manifest("gout", texts.get("version", said["version"]), files, publisher="X", licence="Y", reviewed=())
    for name, raw in files.items():
        (pack / name).write_bytes(raw)
    (pack / "pack.json").write_text(json.dumps(signed(whole, key)))
    return pack


def test_a_pack_says_whose_it_is_and_that_every_byte_is_right(here, pack):
    output = verify(here, pack)
    assert f"gout, version 1, of The Friends; signed by {PUBLIC}" in output
    assert "Licence: CC BY 4.0. Reviewed by Dr Ana on 2026-05-01." in output
    assert "a key that nobody here knows" in output


def test_a_pack_brings_the_room_its_words_its_guidelines_and_its_entries(here, pack):
    before = everything(here)
    output = add(here, pack)
    assert "my toe wants to kill me" in output
    assert "kill myself  (changes nothing: it has no word of its own" in output
    assert "feet: No pictures of feet, please." in output
    assert "word: foot pic" in output
    assert "cherries: Cherries" in output
    after = everything(here)
    assert {name: after[name] for name in before} == before, "no line of the organiser's was touched"
    assert sorted(set(after) - set(before)) == sorted([*WRITTEN, "packs/gout.json"])
    found = load_community(here)
    assert found.condition("gout").room_name == "Garden"
    assert found.slang_in("gout") == ("my toe wants to kill me", "kill myself")
    assert [item.id for item in found.guidelines_in("gout").items] == ["kind", "feet"]
    assert found.guidelines_in("gout").items[0].watched_by == {}, "their switches are theirs"
    cherries = next(entry for entry in found.library if entry.id == "cherries")
    assert (cherries.conditions, cherries.topics) == (("gout",), ()), "there is no such topic here"


def test_the_new_room_is_in_the_plan(here, pack):
    add(here, pack)
    found = load_community(here)
    cast = Cast(organiser="@organiser:kith.test", bots={bot: f"@{bot.value}:kith.test" for bot in BotName})
    rooms = desired_rooms(replace(found, moderators=()), cast, load_catalogue(found))
    made = [each.step.body for each in rooms_plan(rooms, Actual()) if isinstance(each.step, CreateRoom)]
    names = {
        part["content"]["name"] for body in made for part in body["initial_state"] if part["type"] == "m.room.name"
    }
    assert "Garden" in names


def test_adding_it_again_does_nothing(here, pack):
    add(here, pack)
    before = everything(here)
    assert "There is nothing to do." in run("add", pack, "--community", here, "--yes")
    assert everything(here) == before


def test_what_it_would_be_told_of_and_what_it_would_say_is_shown_before_in_one_line_each(here, pack):
    more = "    patterns: ['\\bbig\\s+toes?\\b']\n    reminder: \"Not here.\\n✓ Written.\"\n"
    forged(pack, guidelines=FEET.partition("  - id: kind")[0] + more)
    output = run("add", pack, "--community", here, given="n\n", code=1)
    assert r"pattern: \bbig\s+toes?\b" in output
    assert "who forgets it is told: Not here. ✓ Written." in output
    assert "\n✓ Written." not in output
    add(here, pack)
    assert "pattern:" not in run("add", pack, "--community", here, "--yes"), "nothing of it is new any more"


def test_no_is_no(here, pack):
    before = everything(here)
    output = run("add", pack, "--community", here, given="n\n", code=1)
    assert "conditions/gout.yaml" in output
    assert everything(here) == before


def test_a_key_that_nobody_knows_is_not_taken_unasked(here, pack):
    before = everything(here)
    assert "Nobody here knows that key" in run("add", pack, "--community", here, "--yes", code=1)
    assert "signed with another key" in add(here, pack, theirs="A" * 43, code=1)
    assert everything(here) == before


def test_a_later_version_changes_what_it_wrote_and_nothing_that_was_edited(here, there, pack, key):
    add(here, pack)
    slang = here / "slang/gout.yaml"
    slang.write_text(slang.read_text().replace(", kill myself", "").replace("- kill myself\n", ""))
    mine = slang.read_bytes()
    (there / "conditions/gout.yaml").write_text(GOUT.replace("my big toe", "my other toe"))
    (there / "slang/gout.yaml").write_text(SLANG.replace("my toe", "the toe"))
    shutil.rmtree(there / "guidelines/gout")
    exported(there, pack, key)
    output = run("add", pack, "--community", here, "--yes")
    assert "you wrote or edited this file" in output
    assert "the toe" not in output, "what is not written is not shown as if it were"
    assert slang.read_bytes() == mine
    found = load_community(here)
    assert found.condition("gout").synonyms == {"en": ("podagra", "my other toe")}
    assert [item.id for item in found.guidelines_in("gout").items] == ["kind"]
    assert "There is nothing to do." in run("add", pack, "--community", here, "--yes")
    assert slang.read_bytes() == mine


def test_an_older_version_is_refused(tmp_path, here, there, pack, key):
    old = shutil.copytree(pack, tmp_path / "old")
    exported(there, pack, key)
    add(here, pack)
    before = everything(here)
    assert "Version 2 of gout is here, and this is 1" in add(here, old, code=1)
    assert everything(here) == before


def test_the_same_version_is_never_another(here, there, pack, key):
    add(here, pack)
    before = everything(here)
    forged(pack, slang="slang: {en: [my toe is a bomb]}")
    assert "is not the one that is here" in add(here, pack, code=1)
    assert everything(here) == before
    assert "is never another" in exported(there, forged(pack), key, "--version", "1", code=1)


def test_another_key_than_the_first_is_refused(here, pack):
    add(here, pack)
    before = everything(here)
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    forged(pack, key=other, version=2)
    assert "was signed by" in add(here, pack, theirs=public_key(other), code=1)
    assert everything(here) == before


def tamper(pack):
    file = pack / "library.yaml"
    file.write_text(file.read_text().replace("swear", "sweat"))


def pipe(pack):
    (pack / "slang.yaml").unlink()
    os.mkfifo(pack / "slang.yaml")


def link(pack):
    (pack / "slang.yaml").rename(pack.parent / "elsewhere.yaml")
    (pack / "slang.yaml").symlink_to(pack.parent / "elsewhere.yaml")


def climb(pack):
    said = json.loads((pack / "pack.json").read_text())
    del said["_signature"]
    said["files"]["../../evil.yaml"] = said["files"].pop("slang.yaml")
    (pack / "slang.yaml").unlink()
    (pack / "pack.json").write_text(json.dumps(signed(said, KEY)))


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (tamper, "library.yaml is not as it was signed"),
        (lambda pack: (pack / "slang.yaml").unlink(), "slang.yaml is missing"),
        (lambda pack: (pack / "pack.json").unlink(), "There is no pack.json"),
        (lambda pack: (pack / "evil.yaml").write_text("a: b"), "No pack has evil.yaml in it"),
        (lambda pack: (pack / "more").mkdir(), "No pack has more in it"),
        (lambda pack: (pack / "pack.json").write_text("{}"), "The signature of pack.json does not hold"),
        (lambda pack: (pack / "pack.json").write_text("[" * 99_999), "nested too deeply"),
        (lambda pack: (pack / "slang.yaml").write_text(" " * 1_000_001), "is larger than 1000 kB"),
        (link, "slang.yaml is not a plain file"),
        (pipe, "slang.yaml is not a plain file"),
        (climb, "names other files than a pack has"),
    ],
)
def test_what_is_not_as_it_was_signed_is_refused(here, pack, spoil, why):
    spoil(pack)
    before = everything(here)
    for output in (verify(here, pack, code=1), add(here, pack, code=1)):
        assert why in output
        assert len(output.strip().splitlines()) == 1
    assert everything(here) == before


def test_a_file_that_nobody_signed_is_refused(here, pack):
    (pack / "guidelines.yaml").rename(pack / "kept")
    forged(pack)
    (pack / "kept").rename(pack / "guidelines.yaml")
    assert "guidelines.yaml is there, and nobody signed it" in verify(here, pack, code=1)


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ({"condition": GOUT + '    greeters: ["@spy:evil.example"]\n'}, "says `greeters`"),
        ({"condition": GOUT + "    history: on\n"}, "says `history`"),
        ({"condition": GOUT.replace("gout", "asthma")}, "is about `asthma`"),
        ({"condition": GOUT + GOUT.partition("\n")[2]}, "one condition"),
        ({"condition": GOUT + "moderators: [x]\n"}, "and nothing else"),
        ({"guidelines": FEET}, "says `watched_by`"),
        ({"guidelines": "without: [kind]\nguidelines: []\n"}, "and nothing else"),
        ({"slang": "slang: {en: &a [x], de: *a}"}, "Aliases"),
        ({"slang": "a: &a [b]\n" + "".join(f"c{n}: [*a, *a]\n" for n in range(99))}, "mark of YAML's"),
        ({"slang": "slang: " + "[" * 500}, "slang.yaml:1"),
        ({"slang": "slang: !!python/object/apply:os.system ['true']"}, "mark of YAML's"),
        ({"slang": "slang: [my toe]"}, "phrases by language"),
        ({"slang": 'slang: {en: ["my toe \\e[2J is a bomb"]}'}, "can't be seen"),
        ({"condition": GOUT.replace("Sit down.", '"Sit \\u202e down."')}, "can't be seen"),
        ({"library": CHERRIES.replace("resources", "words")}, "should have `resources`"),
    ],
)
def test_what_a_pack_may_not_say_is_refused_though_it_is_signed(here, pack, texts, why):
    forged(pack, **texts)
    before = everything(here)
    for output in (verify(here, pack, code=1), add(here, pack, code=1)):
        assert why in output
    assert everything(here) == before


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ({"condition": GOUT.replace("Garden", "Harbour")}, "A room is called `Harbour` already"),
        ({"condition": GOUT.replace("Garden", "Podagra people")}, "gives away"),
        ({"guidelines": FEET.partition("  - id: kind")[0].replace("foot pic", "x")}, "guidelines/gout/pack.yaml"),
    ],
)
def test_what_does_not_fit_here_is_told_and_nothing_is_written(here, pack, texts, why):
    forged(pack, **texts)
    before = everything(here)
    output = add(here, pack, code=1)
    assert why in output
    assert "nothing was written" in output
    assert str(here) not in output
    assert "/tmp" not in output, "where it was tried is nobody's business"
    assert everything(here) == before


def test_the_room_can_be_called_something_else_here(here, there, pack, key):
    forged(pack, condition=GOUT.replace("Garden", "Harbour"))
    add(here, pack, "--room-name", "Bench")
    assert load_community(here).condition("gout").room_name == "Bench"
    assert "There is nothing to do." in run("add", pack, "--community", here, "--yes"), "it is remembered"


def test_an_organisers_own_condition_stays_theirs(here, pack):
    file = here / "community.yaml"
    file.write_text("# mine\n" + file.read_text() + GOUT.partition("\n")[2].replace("Garden", "Shed"))
    before = file.read_bytes()
    assert "you have this condition" in add(here, pack)
    assert file.read_bytes() == before
    assert load_community(here).condition("gout").room_name == "Shed"
    assert load_community(here).slang_in("gout")


def test_an_organisers_own_files_entries_and_guidelines_stay_theirs(here, pack):
    (here / "slang").mkdir()
    (here / "slang/gout.yaml").write_text("slang: {en: [my toe is on fire]}\n")
    (here / "conditions").mkdir()
    (here / "conditions/gout.yaml").write_text(GOUT.replace("Garden", "Shed"))
    (here / "guidelines/more.yaml").write_text(FEET.partition("  - id: kind")[0])
    (here / "library/own.yaml").write_text(CHERRIES.replace("Cherries", "Sour ones").replace("[food]", "[]"))
    before = everything(here)
    output = add(here, pack)
    assert "The guideline `feet`: you have one of that id." in output
    assert "Entries that you have: cherries." in output
    after = everything(here)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"packs/gout.json"}


@pytest.mark.parametrize("entry", [("life-hack", "magic"), ("2027-01-01", "soon"), ("[gout]", "[lupus]")])
def test_a_bad_entry_is_named_and_the_others_come(here, pack, entry):
    worse = CHERRIES.replace("id: cherries", "id: worse").replace(*entry)
    forged(pack, library=CHERRIES + worse.partition("\n")[2])
    output = add(here, pack)
    assert output.count("Left out:") == 1
    assert "worse" in output
    assert [entry.id for entry in load_community(here).library if entry.conditions == ("gout",)] == ["cherries"]


@pytest.mark.parametrize("survives", range(len(WRITTEN) + 2))
def test_an_addition_that_was_stopped_anywhere_goes_on(here, pack, monkeypatch, survives):
    left, really = iter(range(survives)), Path.replace

    def stopped(self, target):
        # What is tried on the workbench is no part of it.
        if self.is_relative_to(here) and next(left, None) is None:
            raise OSError(28, "No space left on device", str(target))
        return really(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", stopped)
        assert "No space left" in add(here, pack, code=1)
    load_community(here)
    assert ("nothing to do" in add(here, pack)) == (survives > len(WRITTEN))
    assert set(WRITTEN) <= set(everything(here))
    assert not [name for name in everything(here) if name.endswith(".part")]


def test_a_pack_goes_only_where_nothing_else_is(tmp_path, there, key):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/holiday.jpg").write_bytes(b"x")
    assert "is not empty, and no pack" in exported(there, tmp_path / "full", key, code=1)
    assert "Did you mean `gout`?" in exported(there, tmp_path / "new", key, condition="goat", code=1)
    exported(there, tmp_path / "pack", key, condition="type-1-diabetes")
    assert "is a pack about type-1-diabetes" in exported(there, tmp_path / "pack", key, code=1)


def test_a_real_condition_goes_from_the_example_to_another_community(tmp_path, here, key):
    pack = exported(EXAMPLE, tmp_path / "pack", key, condition="rheumatoid-arthritis")
    add(here, pack)
    ours, theirs = load_community(here), load_community(EXAMPLE)
    condition, original = (each.condition("rheumatoid-arthritis") for each in (ours, theirs))
    assert condition == replace(original, language=None, regions=())
    assert ours.slang == {"rheumatoid-arthritis": theirs.slang["rheumatoid-arthritis"]}
    brought = {entry.id for entry in ours.library if "rheumatoid-arthritis" in entry.conditions}
    assert brought == {entry.id for entry in theirs.library if "rheumatoid-arthritis" in entry.conditions}
