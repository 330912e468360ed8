# SPDX-License-Identifier: Apache-2.0
"""Transcripts with expectations: those that come with the example community, and what is said of one that is wrong."""

import io
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from bots.cli import main, options
from bots.cli.simulate import check, show
from bots.core.documents import SettingsError
from bots.core.simulation.transcript import load_transcript

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="module")
def community(tmp_path_factory):
    """The example community without its library, which takes long to read, and which no transcript here asks."""
    folder = Path(shutil.copytree(CONFIG, tmp_path_factory.mktemp("community") / "config"))
    shutil.rmtree(folder / "library")
    return folder


async def test_the_transcripts_of_the_example_community_hold(community):
    console = Console(record=True, file=io.StringIO())
    assert await check(CONFIG / "transcripts", community, console), console.export_text()


@pytest.fixture
def checked(tmp_path, community):
    """`kithroom simulate --check` of one transcript. Gives the exit code, and what was printed."""

    def run(*steps, **top):
        lines = "\n".join(f"  - {step}" for step in ("{who: anna, joins: lobby}", *steps))
        above = "".join(f"{key}: {value}\n" for key, value in top.items())
        (tmp_path / "one.yaml").write_text(f"{above}steps:\n{lines}\n", encoding="utf-8")
        # Where the folder of a worker has a long name, lines would be broken within what is looked for.
        # The console keeps the width that it had when it was made, for whichever test came first.
        wide = CliRunner(env={"COLUMNS": "400"})
        options.console.cache_clear()
        try:
            result = wide.invoke(main, ["simulate", "--community", str(community), "--check", str(tmp_path)])
        finally:
            options.console.cache_clear()
        return result.exit_code, result.output

    return run


@pytest.mark.parametrize(
    "expectation",
    [
        "{bot: welcome, says: welcome, in: private, whom: anna}",
        "{bot: welcome, does: say, whom: anna}",
        "{bot: moderation, does: nothing}",
        "{bot: welcome, never: ban}",
    ],
)
def test_what_is_as_expected_passes(checked, expectation):
    assert checked(expectation) == (0, "✓ one.yaml\n")


@pytest.mark.parametrize(
    ("expectation", "complaint"),
    [
        (
            "{bot: welcome, says: goodbye, in: private}",
            "expected welcome: say in private “goodbye”; found: say to anna in private “Hello, and welcome.",
        ),
        ("{bot: welcome, does: nothing}", "expected welcome: nothing; found: say to anna"),
        ("{bot: welcome, never: say}", "expected welcome: never say; found: say to anna"),
        ("{bot: moderation, does: ban, whom: anna}", "expected moderation: ban anna; found: nothing"),
    ],
)
def test_what_is_not_as_expected_is_told_with_its_line(checked, tmp_path, expectation, complaint):
    code, output = checked(expectation)
    assert code == 2
    title, told = output.splitlines()
    assert title == "✗ one.yaml"
    assert told.startswith(f"{tmp_path / 'one.yaml'}:3: {complaint}")
    assert len(told) < len(str(tmp_path)) + 400, "the beginning of each message says which it is"


WARNED = (
    "{who: mo, joins: lobby}",
    "{who: anna, says: cheap strips, in: lobby}",
    "{who: mo, says: '!warn no adverts', in: lobby, to: cheap strips}",
)


@pytest.mark.parametrize("bot", ["welcome", "moderation"])
def test_what_one_bot_decides_and_another_says_is_done_by_either(checked, bot):
    assert checked(*WARNED, f"{{bot: {bot}, says: no adverts, in: private, whom: anna}}", moderators="[mo]")[0] == 0
    assert checked(*WARNED, f"{{bot: {bot}, never: say, whom: anna}}", moderators="[mo]")[0] == 2


def test_who_speaks_another_language_in_private_is_shown_what_they_read(checked):
    spanish = "{who: anna, says: español, in: private}"
    warned = "{bot: welcome, says: '!apelar #1', in: private, whom: anna}"
    in_the_room = "{bot: moderation, says: has had a warning in private, in: moderators}"
    assert checked(spanish, *WARNED, warned, in_the_room, moderators="[mo]") == (0, "✓ one.yaml\n")


def test_of_one_that_stops_half_way_all_until_there_is_told(tmp_path, community):
    file = tmp_path / "one.yaml"
    steps = (
        "{who: anna, joins: lobby}",
        "{bot: welcome, does: ban}",
        "{who: anna, says: hi, in: lobby, to: never said}",
    )
    file.write_text("steps:\n" + "".join(f"  - {step}\n" for step in steps), encoding="utf-8")
    played = CliRunner().invoke(main, ["simulate", "--community", str(community), str(file)])
    assert played.exit_code == 1
    assert "05 Jan 10:00  anna  joins  lobby" in played.output
    assert f"{file}:3: expected welcome: ban; found: say to anna" in played.output
    assert f"{file}:4: There is no message with “never said” in it in lobby by then." in played.stderr


def test_nothing_is_printed_but_what_happens(checked, capfd):
    observed = "{bot: moderation, says: I would have done this, in: moderators}"
    said = "{who: anna, says: my number is 07700 900456 call me, in: lobby}"
    assert checked(said, observed, observe="[identity]") == (0, "✓ one.yaml\n")
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("step", "complaints"),
    [
        ("{who: anna, jions: lobby}", ["Nobody can `jions`. Did you mean `joins`?"]),
        ("{who: anna}", ["A step says `who`, and one of `joins`, `leaves`, `says`, `taps`"]),
        ("17", ["or it says what a `bot` must have done, or how long it `waits`"]),
    ],
)
def test_a_mistake_in_a_step_is_told_once(tmp_path, step, complaints):
    file = tmp_path / "one.yaml"
    file.write_text(f"steps:\n  - {step}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        load_transcript(file, ("lobby",))
    told = str(raised.value).splitlines()
    assert [complaint in line for complaint, line in zip(complaints, told, strict=True)] == [True]


def test_what_a_transcript_does_not_have_is_told_with_what_it_has(tmp_path):
    file = tmp_path / "one.yaml"
    file.write_text("language: es\nsteps:\n  - {who: anna, joins: lobby}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="There are: start, moderators, mode, observe, steps"):
        load_transcript(file, ("lobby",))


async def test_what_one_detector_sees_can_be_only_observed(tmp_path, community):
    for observed, comes in (
        ("selling", "{bot: moderation, says: A gentle word, in: private, whom: ben}"),
        ("identity", "{bot: moderation, says: I would have done this, in: moderators}"),
    ):
        steps = ("{who: ben, joins: lobby}", '{who: ben, says: "my number is 07700 900456, call me", in: lobby}', comes)
        lines = "\n".join(f"  - {step}" for step in steps)
        (tmp_path / f"{observed}.yaml").write_text(f"observe: [{observed}]\nsteps:\n{lines}\n", encoding="utf-8")
    console = Console(record=True, file=io.StringIO())
    assert await check(tmp_path, community, console), console.export_text()


def test_one_that_can_not_be_played_is_told_and_keeps_no_other_from_being_played(checked, tmp_path):
    (tmp_path / "a.yaml").write_text("steps:\n  - {who: anna, jions: lobby}\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("steps:\n  - {who: anna, says: hi, in: lobby}\n", encoding="utf-8")
    code, output = checked("{bot: welcome, says: welcome}")
    assert code == 2
    lines = output.replace("\n", " ").replace("  ", " ")
    assert "✗ a.yaml" in lines
    assert "Nobody can `jions`. Did you mean `joins`?" in lines
    assert "✗ b.yaml" in lines
    assert "b.yaml:2: anna is not in lobby by then." in lines
    assert lines.rstrip().endswith("✓ one.yaml")


def test_never_looks_back_at_every_step_and_does_at_the_last_alone(checked):
    later = "{who: anna, leaves: lobby}"
    assert checked(later, "{bot: welcome, never: say}")[0] == 2
    assert checked(later, "{bot: welcome, says: welcome}")[0] == 2


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        ("{bot: moderator, does: ban}", "No bot is called `moderator`"),
        ("{bot: moderation, does: bann}", "No bot can `bann`"),
        ("{bot: moderation, never: nothing}", "No bot can `nothing`"),
        ("{bot: moderation, does: ban, never: ban}", "what it `does`, what it `says`"),
        ("{bot: moderation, does: ban, in: habour}", "There is no place called `habour`"),
        ("{bot: moderation, does: ban, who: anna}", "Nobody can expect `who`"),
    ],
)
def test_a_mistake_in_an_expectation_is_told_where_it_is(tmp_path, step, complaint):
    file = tmp_path / "one.yaml"
    file.write_text(f"steps:\n  - {step}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        load_transcript(file, ("lobby", "harbour"))
    assert complaint in str(raised.value)


async def test_in_a_narrow_window_nothing_of_what_happens_is_cut_off(tmp_path, community):
    (tmp_path / "one.yaml").write_text(
        'steps:\n  - {who: anna, joins: lobby}\n  - {who: anna, says: "!why", in: lobby}\n'
    )
    console = Console(width=40, file=io.StringIO())
    assert await show(tmp_path / "one.yaml", community, console)
    told = console.file.getvalue()
    assert "05 Jan 10:00  moderation  Redact  lobby (@anna:simulated.example)  by moderation.command" in told
    assert "    !why" in told
    assert "…" not in told
