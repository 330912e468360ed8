# SPDX-License-Identifier: Apache-2.0
"""`kithroom check`: what an organiser may not expect of the files is said, with the file to look at."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bots.cli import main
from bots.core.settings import load_community
from bots.moderation.crisis.idle_slang import Idle, idle
from fakes.neighbours import community

EXAMPLE = Path(__file__).parents[2] / "config"
NOW = datetime(2026, 5, 4, tzinfo=UTC)


def check(folder, code=0):
    result = CliRunner().invoke(main, ["check", "--community", str(folder)])
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


@pytest.fixture
def folder(tmp_path) -> Path:
    return community(tmp_path / "here", "Testers")


def test_the_example_has_no_surprises():
    assert [line for line in check(EXAMPLE).splitlines() if line.startswith("!")] == []


def test_a_phrase_that_changes_nothing_is_told_where_it_stands(folder):
    (folder / "slang").mkdir()
    file = folder / "slang/type-1-diabetes.yaml"
    file.write_text(
        "slang:\n"
        "  en:\n"
        "    - stab myself with the lancet\n"
        "    - kill myself\n"
        "    - my sensor died again\n"
        "    - took too much insulin for the churros\n"
        "  pl: [chcę się zabić cukrem]\n"
    )
    output = check(folder)
    told = [line.removeprefix(f"! {file}:") for line in output.splitlines() if line.startswith("!")]
    assert told == [
        f"4:7: “kill myself” changes nothing: {Idle.OF_CRIES}.",
        f"5:7: “my sensor died again” changes nothing: {Idle.NO_CRY}.",
        f"6:7: “took too much insulin for the churros” changes nothing: {Idle.HEARD_ANYWAY}.",
        f"7:8: “chcę się zabić cukrem” changes nothing: {Idle.NOT_READ}.",
    ]


@pytest.mark.parametrize(
    ("phrase", "language"),
    [
        ("shooting myself with methotrexate", "en"),
        ("pegarme un tiro de humira", "es"),
        ("me tirer une balle de humira", "fr"),
        ("mich mit Gluten umbringen", "de"),
        ("me matar com glúten", "pt-BR"),
    ],
)
def test_half_a_sentence_is_tried_as_people_say_it(phrase, language):
    assert idle(phrase, language, NOW) is None


def test_who_takes_a_condition_out_of_the_example_is_told_what_goes_with_it(tmp_path):
    folder = tmp_path / "config"
    shutil.copytree(EXAMPLE, folder)
    file = folder / "community.yaml"
    text = file.read_text()
    start = text.index("  - id: rheumatoid-arthritis\n")
    file.write_text(text[:start] + text[text.index("  - id: me-cfs\n") :])

    (told,) = [line for line in check(folder).splitlines() if line.startswith("!")]
    assert "There is no condition `rheumatoid-arthritis` in community.yaml." in told
    assert "left out: slang/rheumatoid-arthritis.yaml, library/" in told
    assert "Delete it, or leave it for a later day." in told
    before, after = ({entry.id: entry for entry in load_community(each).library} for each in (EXAMPLE, folder))
    gone = {before[name].conditions for name in before if name not in after}
    assert gone == {("rheumatoid-arthritis",)}
    assert not any("rheumatoid-arthritis" in entry.conditions for entry in after.values())


def test_a_slip_in_the_name_of_a_condition_is_a_mistake(folder):
    file = next((folder / "library").glob("*.yaml"))
    file.write_text(file.read_text().replace("[type-1-diabetes]", "[type-1-diabtes]"))
    assert "Did you mean `type-1-diabetes`?" in check(folder, code=1)
