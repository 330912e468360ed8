# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from bots.core.documents import SettingsError
from bots.core.settings import load_catalogue, load_community
from bots.core.simulation.simulate import Simulation, SimulationError, places
from bots.core.simulation.transcript import load_transcript
from bots.resources.bot import make_bot as make_resources
from bots.welcome.bot import make_bot as make_welcome
from fakes.ears import by_plain_words

CONFIG = Path(__file__).parent.parent.parent / "config"


@pytest.fixture(scope="module")
def community():
    return load_community(CONFIG)


@pytest.fixture
def simulated(community, tmp_path):
    """Runs a transcript on the real bots and the example community."""

    async def run(text):
        file = tmp_path / "transcript.yaml"
        file.write_text(text, encoding="utf-8")
        transcript = load_transcript(file, places(community))
        bots = [make_welcome(community, by_plain_words), make_resources(community, by_plain_words)]
        return await Simulation(community, load_catalogue(community), bots, transcript).run()

    return run


async def test_a_newcomer_is_met_agrees_and_is_let_in(simulated):
    happened = await simulated("""
steps:
  - {who: anna, joins: lobby}
  - {who: anna, taps: "✅", in: private, to: ""}
  - {who: anna, taps: "✅", in: private, to: ""}
  - {who: anna, taps: "✅", in: private, to: ""}
  - {who: anna, says: "t1d", in: private}
  - {who: anna, says: "fish", in: private}
""")

    assert happened[0].who == "anna"
    assert next(h for h in happened if h.what == "Send").rule == "welcome.greet"
    assert [h.place for h in happened if h.what == "Invite"] == ["type-1-diabetes"]
    assert not [h for h in happened if h.failed]


async def test_a_question_is_answered_in_the_lobby(simulated):
    happened = await simulated("""
steps:
  - {who: anna, joins: lobby}
  - {who: anna, says: "!find gluten free travel", in: lobby}
""")

    answers = [h for h in happened if h.who == "resources" and h.what == "Send"]
    assert len(answers) == 1
    assert answers[0].text


async def test_what_cannot_happen_is_said_with_its_line(simulated):
    for step, told in (
        ('{who: anna, says: "hi", in: private}', "line 4: anna has no private chat"),
        ('{who: anna, says: "hi", in: lobby}', "line 4: anna is not in lobby by then"),
        ('{who: ben, says: "!report", in: lobby, to: "buy"}', "line 4: There is no message with “buy” in it in lobby"),
    ):
        with pytest.raises(SimulationError, match=told):
            await simulated(f"""
steps:
  - {{who: ben, joins: lobby}}
  - {step}
""")


async def test_all_mistakes_of_a_transcript_are_told_at_once(simulated):
    with pytest.raises(SettingsError) as raised:
        await simulated("""
steps:
  - {who: anna, jions: lobby}
  - {who: anna, joins: lobbby}
  - {waits: long}
moderators: mo
""")

    messages = [f"{m.line}: {m.message} {m.hint or ''}".strip() for m in raised.value.mistakes]
    assert any("3: Nobody can `jions`. Did you mean `joins`?" in message for message in messages)
    assert any("4: There is no place called `lobbby`. Did you mean `lobby`?" in message for message in messages)
    assert any(message.startswith("5: `waits`") for message in messages)
    assert "6: `moderators` is a list: `[mo]`." in messages


async def test_the_same_transcript_gives_the_same_actions(simulated):
    text = """
steps:
  - {who: anna, joins: lobby}
  - {waits: 8d}
  - {who: anna, says: "yes", in: private}
"""

    assert await simulated(text) == await simulated(text)
