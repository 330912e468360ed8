# SPDX-License-Identifier: Apache-2.0
"""Rules are read from anything, globs are the specification's, and many rules are not slow ones."""

import base64
import hashlib
import re

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from bots.core.matrix.state import view_from_state, with_state
from bots.core.rooms.policies import POLICY_TYPES, About, Policy, policy_of
from bots.moderation.policy_lists.index import Index, _Globs

USER, SERVER = "m.policy.rule.user", "m.policy.rule.server"
NAMES = st.text("ab.*?[]^$\\+(é@:", min_size=1, max_size=8)


def index(*entities, kind=USER):
    made = Index()
    made.update({(kind, entity): policy_of(kind, {"entity": entity, "recommendation": "m.ban"}) for entity in entities})
    return made


@pytest.mark.parametrize(
    ("entity", "user", "is_meant"),
    [
        ("@ana:x", "@ana:x", True),
        ("@Ana:X", "@ana:x", True),
        ("@ana:x", "@ana:xy", False),
        ("@spam*:x", "@spam-123:x", True),
        ("@SPAM*:x", "@spam:X", True),
        ("@spam?:x", "@spam1:x", True),
        ("@spam?:x", "@spam:x", False),
        ("@[ab]:x", "@a:x", False),
        ("@[ab]*:x", "@[ab]c:x", True),
        ("@a.b*:x", "@aXbc:x", False),
        ("@(a+)+$*:x", "@(a+)+$:x", True),
    ],
)
def test_a_name_is_itself_and_a_glob_is_not_a_shells(entity, user, is_meant):
    assert (index(entity).of(user) is not None) == is_meant


@settings(max_examples=50, deadline=None)
@given(NAMES, st.text("ab.*?[]^$\\+(é@:", max_size=8))
def test_a_glob_is_what_the_specification_says(glob, name):
    expected = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in glob)
    meant = re.fullmatch(expected, name, re.IGNORECASE | re.DOTALL) is not None
    assert (index(glob)._about(About.USER, name) is not None) == meant


@pytest.mark.parametrize("about", About)
@pytest.mark.parametrize("entity", ["@ana:x", "@spam*:x"])
def test_what_we_write_is_read_as_it_was_meant(about, entity):
    policy = Policy(about, entity, reason="spam")
    assert policy_of(policy.kind, policy.content()) == policy
    hidden = policy_of(policy.kind, policy.hidden().content())
    assert entity not in str(policy.hidden().content()) + policy.state_key
    assert hidden == policy.hidden() == hidden.hidden()
    assert hidden.names(entity)
    assert not hidden.names("@ben:x")


def test_a_rule_about_a_homeserver_is_about_its_people():
    rules = index("evil.example", "*.evil.example", kind=SERVER)
    for server in ("evil.example", "EVIL.example", "a.evil.example", "evil.example:8448"):
        assert rules.of(f"@anybody:{server}") is not None
        assert rules.of_server(server) is not None
    assert rules.of("@evil.example:good.example") is None


def test_a_hidden_name_is_found_by_its_hash():
    digest = hashlib.sha256(b"@ana:x").digest()
    for encoded in (base64.b64encode(digest).decode(), base64.b64encode(digest).decode().rstrip("=")):
        for name in ("hashes", "org.matrix.msc4205.hashes"):
            policy = policy_of(USER, {"recommendation": "m.takedown", name: {"sha256": encoded}})
            assert policy == Policy(About.USER, sha256=digest)
            rules = Index()
            rules.update({(USER, "k"): policy})
            assert rules.of("@ana:x") == policy
            assert rules.of("@ben:x") is None


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["sha256", "a"]), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from(["entity", "recommendation", "reason", "hashes"]), json), st.data())
def test_whatever_a_stranger_writes_is_a_rule_or_counted(content, data):
    content = content if data.draw(st.booleans()) else {**content, "recommendation": "m.ban"}
    kind = data.draw(st.sampled_from(sorted(POLICY_TYPES)))
    event = {"type": kind, "state_key": data.draw(st.text(max_size=5)), "content": content}
    view = view_from_state("!list", [event])
    rules = Index()
    rules.update(view.policies)
    assert len(rules) + rules.ignored == (1 if content else 0)
    rules.of("@ana:x")


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["@ana:x", "@a*", "@b?n:x", "", "@ben:x"])), max_size=20)
)
def test_an_index_that_was_kept_up_to_date_is_as_one_made_anew(changes):
    kept, policies = Index(), {}
    for key, entity in changes:
        policies = {**policies, (USER, key): policy_of(USER, {"entity": entity, "recommendation": "m.ban"})}
        if not entity:
            del policies[USER, key]
        kept.update(policies)
        fresh = Index()
        fresh.update(policies)
        for user in ("@ana:x", "@ben:x", "@cy:x"):
            assert (kept.of(user) is None) == (fresh.of(user) is None)


def test_a_rule_that_is_taken_out_is_gone_from_the_view():
    there = {"type": USER, "state_key": "k", "content": {"entity": "@a:x", "recommendation": "m.ban"}}
    view = view_from_state("!list", [there])
    assert with_state(view, [{**there, "content": {}}]).policies == {}
    assert with_state(view, [{"type": "m.room.name", "state_key": "", "content": {}}]).policies is view.policies


def test_of_fifty_thousand_rules_only_what_changed_costs_anything(monkeypatch):
    put_together = []
    together = _Globs._put_together
    monkeypatch.setattr(_Globs, "_put_together", lambda *one: put_together.append(one) or together(*one))
    banned = {"recommendation": "m.ban"}
    names = [f"@spam{n}:x" for n in range(49_000)] + [f"@*{n}-spam:x" for n in range(1_000)]
    policies = {(USER, name): policy_of(USER, {**banned, "entity": name}) for name in names}
    made = Index()
    made.update(policies)
    assert not put_together
    meant = [name for n in range(99) for name in (f"@ana{n}:x", f"@spam{n}:x") if made.of(name)]
    assert (len(made), len(meant), len(put_together)) == (50_000, 99, 1)
    made.update({**policies, (USER, "one more"): policy_of(USER, {**banned, "entity": "@*more:x"})})
    assert made.of("@a-more:x")
    assert len(put_together) == 2
