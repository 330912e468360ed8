# SPDX-License-Identifier: Apache-2.0
"""What the doctor makes of answers. What real homeservers answer is in `test_doctor_real`."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from bots.cli.doctor import show
from bots.cli.doctor.accounts import account_checks
from bots.cli.doctor.asking import Doors
from bots.cli.doctor.devices import administers, one_time_keys, session_keys, unsigned, vouched_for
from bots.cli.doctor.federation import federation_checks, not_to_be_asked
from bots.cli.doctor.findings import Finding, Severity, Trouble, Unasked, Well, summary
from bots.cli.doctor.kept import addresses, invitations
from bots.cli.doctor.questions import Answer, Asker
from bots.cli.doctor.rooms import room_findings
from bots.cli.doctor.server import encrypted, is_inside, profile_checks, reached, surface_checks
from bots.core.community import Federation
from bots.core.homeserver.desired import Cast
from bots.core.homeserver.plan import Actual, ActualRoom, ChangeMembers, Difference, PutPowerLevels, PutState
from fakes.communities import BARE

BOT = "@welcome:kith.test"
KEY = "abcdEFGHijklMNOPqrstUVWXyz0123456789+/abcde"
DEVICE = {"keys": {"ed25519:XY": KEY, "curve25519:XY": "other"}}
CAST = Cast(organiser="@organiser:kith.test", bots={})
CLOSED = Answer(403, "M_FORBIDDEN")
TOKEN, DUMMY = "m.login.registration_token", "m.login.dummy"
EMAIL, PHONE, CAPTCHA = "m.login.email.identity", "m.login.msisdn", "m.login.recaptcha"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def flows(*ways):
    return Answer(401, "KITHROOM_AUTHENTICATION_WANTED", flows=ways)


def can(**capabilities):
    return Answer(200, body={"capabilities": {f"m.{key}": value for key, value in capabilities.items()}})


def checks(federation=Federation.CLOSED, allies=()):
    """Every check of the homeserver, by the start of what it says."""
    community = replace(BARE, federation=federation, allies=allies)
    every = (
        *account_checks(),
        *profile_checks(CAST),
        *surface_checks("!lobby", inside=False),
        *federation_checks(community),
    )
    assert len({check.what for check in every}) == len(every)
    return every


def judged(what, answer, **setting):
    (check,) = (check for check in checks(**setting) if check.what.startswith(what))
    return check.judge(answer)


WELL = {
    "a profile is refused": ("Strangers see no profile", Answer(401, "M_MISSING_TOKEN")),
    "a stranger's profile is refused to a member": ("Members see the profiles", CLOSED),
    "everybody is offline": ("Nobody sees who is awake", Answer(200, body={"presence": "offline"})),
    "nobody is in the directory": ("Nobody can be looked up", Answer(200, body={"results": []})),
    "every name is free": ("Nobody learns whether", Answer(200, body={"available": True})),
    "no name is told": ("Nobody learns whether", CLOSED),
    "no accounts are made": ("Accounts are made by invitation", CLOSED),
    "a token is wanted": ("Accounts are made by invitation", flows((TOKEN, DUMMY))),
    "no address is wanted": ("Nobody is asked for an e-mail", flows((TOKEN, DUMMY))),
    "no address can be added": ("Nobody can add", can(**{"3pid_changes": {"enabled": False}})),
    "guests are refused": ("Guests have no account", CLOSED),
    "a password is all": ("Nobody signs in", Answer(200, body={"flows": [{"type": "m.login.password"}]})),
    "one's own service for accounts": (
        "Nobody signs in",
        Answer(200, body={"flows": [{"type": "m.login.sso", "oauth_aware_preferred": True}]}),
    ),
    "there is no list": ("Strangers see no list", Answer(401)),
    "no previews": ("The homeserver does not look", Answer(404, "M_UNRECOGNIZED")),
    "no identity server": ("Nobody is looked up by", Answer(200, body={"m.homeserver": {}})),
    "no address may be made": ("Members give rooms", Answer(403, "M_UNKNOWN")),
    "no pictures": ("Faces", can(set_avatar_url={"enabled": False})),
    "version 12": ("Rooms are made", can(room_versions={"default": "12"})),
    "no administrators outside": ("The administrators' interface", Answer(404)),
    "federation is denied": ("The homeserver speaks with no", CLOSED),
    "no door for others": ("Other homeservers find no door", Answer(404)),
    "no other service": ("The homeserver makes its accounts", Answer(404)),
}
TROUBLE = {
    "a profile is shown": ("Strangers see no profile", Answer(200), "require_auth_for_profile_requests: true"),
    "it is said that there is no profile": ("Strangers see no profile", Answer(404), "require_auth_for"),
    "a member is told who is not here": ("Members see the profiles", Answer(404), "limit_profile_requests_to_users"),
    "presence is looked up": ("Nobody sees who is awake", CLOSED, "presence: {enabled: false}"),
    "the directory wants a word": ("Nobody can be looked up", Answer(400), "user_directory: {enabled: false"),
    "a name is taken": ("Nobody learns whether", Answer(400, "M_USER_IN_USE"), "inhibit_user_in_use_error: true"),
    "anybody may come": ("Accounts are made by", flows((DUMMY,)), "registration_requires_token: true"),
    "one of the ways needs no token": ("Accounts are made by", flows((TOKEN, DUMMY), (EMAIL,)), "registration_"),
    "an address may be given": ("Nobody is asked for", flows((DUMMY,), (EMAIL,)), "no `email` section"),
    "a number must be given": ("Nobody is asked for", flows((PHONE,)), "disable_msisdn_registration: true"),
    "an address can be added": ("Nobody can add", can(**{"3pid_changes": {"enabled": True}}), "enable_3pid_changes"),
    "a guest was let in": ("Guests have no account", Answer(200), "allow_guest_access: false"),
    "another company": (
        "Nobody signs in",
        Answer(200, body={"flows": [{"type": "m.login.sso", "identity_providers": [{"name": "Acme"}]}]}),
        "oidc_providers",
    ),
    "the list is shown": ("Strangers see no list", Answer(200, body={"chunk": []}), "allow_public_rooms_without_auth"),
    "the link is missed": ("The homeserver does not look", Answer(400), "url_preview_enabled: false"),
    "apps are sent on": (
        "Nobody is looked up by",
        Answer(200, body={"m.identity_server": {}}),
        "default_identity_server",
    ),
    "only the server's name was wrong": ("Members give rooms", Answer(400), "alias_creation_rules"),
    "pictures": ("Faces", can(set_avatar_url={"enabled": True}), "enable_set_avatar_url: false"),
    "version 11": ("Rooms are made", can(room_versions={"default": "11"}), 'default_room_version: "12"'),
    "administrators outside": ("The administrators' interface", Answer(200), "404 to /_synapse/admin"),
    "another homeserver was looked for": ("The homeserver speaks with no", Answer(502), "_whitelist: []"),
    "a door for others": ("Other homeservers find no door", Answer(200), "take `federation` out"),
}


@pytest.mark.parametrize(("what", "answer"), WELL.values(), ids=WELL)
def test_a_homeserver_that_keeps_to_itself_is_well(what, answer):
    assert isinstance(judged(what, answer), Well)


@pytest.mark.parametrize(("what", "answer", "fix"), TROUBLE.values(), ids=TROUBLE)
def test_what_is_given_away_is_said_with_the_setting_that_stops_it(what, answer, fix):
    trouble = judged(what, answer)
    assert isinstance(trouble, Trouble)
    assert fix in trouble.fix
    assert trouble.risk.endswith(".")


@pytest.mark.parametrize("answer", [Answer(0, "KITHROOM_UNREACHABLE"), Answer(429, "M_LIMIT_EXCEEDED")])
def test_an_answer_that_says_nothing_is_never_taken_for_a_yes(answer):
    assert {type(check.judge(answer)) for check in checks()} == {Unasked}


def test_a_gateway_in_trouble_is_no_sign_of_anything():
    verdicts = {check.what: type(check.judge(Answer(503))) for check in checks()}
    # Unless it was to reach another homeserver: then it is what a homeserver says that has tried.
    assert verdicts.pop("The homeserver speaks with no other homeserver") is Trouble
    assert set(verdicts.values()) == {Unasked}


def test_an_address_that_must_be_given_is_worse_than_one_that_may():
    assert judged("Nobody is asked for", flows((EMAIL,))).severity is Severity.DANGER
    assert judged("Nobody is asked for", flows((EMAIL,), (DUMMY,))).severity is Severity.WEAKNESS


def test_a_captcha_of_another_company_is_named():
    assert "captcha" in judged("Accounts are made by", flows((CAPTCHA, DUMMY))).seen


def test_rooms_in_the_list_make_it_worse():
    listed = judged("Strangers see no list", Answer(200, body={"chunk": [{}, {}]}))
    assert (listed.severity, "2 are in it" in listed.seen) == (Severity.DANGER, True)


def test_a_service_that_makes_the_accounts_is_named_with_its_own_settings():
    unasked = judged("The homeserver makes its accounts", Answer(200, body={"issuer": "https://mas.test/"}))
    assert isinstance(unasked, Unasked)
    assert "https://mas.test/" in unasked.because
    assert "password_registration_email_required: false" in unasked.because


def test_who_is_not_in_the_lobby_can_not_tell_whether_addresses_may_be_made():
    assert isinstance(judged("Members give rooms", CLOSED), Unasked)


def test_what_federation_should_be_depends_on_the_settings():
    allied = judged("The homeserver speaks with", Answer(502), federation=Federation.ALLIED, allies=("ally.test",))
    assert allied.fix == "federation_domain_whitelist: [ally.test]"
    assert federation_checks(replace(BARE, federation=Federation.OPEN)) == ()


def test_from_the_machine_itself_nothing_is_said_about_the_outside():
    assert is_inside("http://127.0.0.1:8008")
    assert is_inside("http://synapse:8008")
    assert not is_inside("https://matrix.kith.test")
    inside = {check.what for check in surface_checks("!lobby", inside=True)}
    assert "The administrators' interface is not reached from outside" not in inside


def test_a_homeserver_is_reached_by_an_encrypted_way():
    assert isinstance(encrypted("https://matrix.kith.test"), Well)
    assert isinstance(encrypted("http://127.0.0.1:8008"), Well)
    assert encrypted("http://matrix.kith.test").severity is Severity.DANGER
    assert isinstance(reached("http://x", Answer(200, body={"versions": []})), Well)
    assert "not a homeserver's" in reached("http://x", Answer(200, body={})).seen


# The bots' devices.


def test_session_keys_are_shown_in_groups_of_four_as_clients_show_them():
    shown = session_keys({"device_keys": {BOT: {"XY": DEVICE}}}, BOT)

    assert shown == "device XY, session key abcd EFGH ijkl MNOP qrst UVWX yz01 2345 6789 +/ab cde"


def test_who_has_no_device_has_nothing_to_show_and_is_told_to_start():
    assert session_keys({}, BOT) == ""
    assert vouched_for({}, BOT).fix == "start the bot"


def test_a_device_that_nobody_vouches_for_is_named():
    keys = {"device_keys": {BOT: {"XY": DEVICE}}, "self_signing_keys": {BOT: {"keys": {"ed25519:s": "s"}}}}

    assert "XY" in unsigned(keys, BOT)
    assert "log these devices out" in vouched_for(keys, BOT).fix


def test_one_time_keys_are_counted():
    assert isinstance(one_time_keys(Answer(200, body={"one_time_key_counts": {"signed_curve25519": 50}})), Well)
    few = one_time_keys(Answer(200, body={"one_time_key_counts": {"signed_curve25519": 3}}))
    assert (few.severity, few.seen) == (Severity.WEAKNESS, "3 one-time keys lie ready")
    assert one_time_keys(Answer(200, body={"one_time_key_counts": {}})).seen == "0 one-time keys lie ready"
    assert one_time_keys(Answer(401, "M_UNKNOWN_TOKEN")).severity is Severity.DANGER
    assert isinstance(one_time_keys(Answer(502)), Unasked)


def test_only_the_bot_that_reads_reports_may_administer():
    administrator = Answer(200, body={"admin": True})
    assert isinstance(administers(administrator, needs_it=False), Trouble)
    assert isinstance(administers(administrator, needs_it=True), Well)
    assert isinstance(administers(CLOSED, needs_it=False), Well)
    assert isinstance(administers(Answer(404), needs_it=False), Unasked)


# What is kept.


def visited(*ago):
    seen = [{"ip": "203.0.113.7", "last_seen": int((NOW - each).timestamp() * 1000)} for each in ago]
    return Answer(200, body={"devices": {"": {"sessions": [{"connections": seen}]}}})


def test_addresses_that_are_kept_for_days_are_told_without_showing_one():
    answers = [visited(timedelta(minutes=5)), visited(timedelta(days=9), timedelta(hours=1))]
    trouble = addresses(answers, now=NOW, since=None)
    assert "9 days" in trouble.seen
    assert "203.0.113.7" not in repr(trouble)
    assert trouble.fix.startswith("user_ips_max_age: 1h")


def test_a_young_community_can_not_tell_how_long_addresses_are_kept():
    fresh = [visited(timedelta(minutes=5))]
    assert isinstance(addresses(fresh, now=NOW, since=NOW - timedelta(hours=3)), Unasked)
    assert isinstance(addresses(fresh, now=NOW, since=NOW - timedelta(days=30)), Well)
    assert isinstance(addresses([CLOSED], now=NOW, since=NOW - timedelta(days=30)), Unasked)


def test_a_token_without_end_is_counted_and_never_shown():
    tokens = [{"token": "s3cret", "uses_allowed": None}, {"token": "once", "uses_allowed": 1}]
    trouble = invitations(Answer(200, body={"registration_tokens": tokens}))
    assert trouble.seen.startswith("1 ")
    assert "s3cret" not in repr(trouble)
    assert isinstance(invitations(Answer(200, body={"registration_tokens": tokens[1:]})), Well)


# The rooms.

HARBOUR = "condition:t1d"
LISTED, UNLISTED = Answer(200, body={"visibility": "public"}), Answer(200, body={"visibility": "private"})


def rooms(*differences, state=None, visible=UNLISTED):
    room = ActualRoom(room_id="!harbour", key=HARBOUR, created=1, state=state or {})
    found = room_findings(Actual(rooms={HARBOUR: room}), differences, {HARBOUR: visible})
    return {finding.what: finding.verdict for finding in found}


def differs(step, what="x", found="found"):
    return Difference(room=HARBOUR, what=what, found=found, wanted="by hand", step=step)


def test_rooms_as_they_should_be_are_well():
    assert {type(verdict) for verdict in rooms().values()} == {Well}


@pytest.mark.parametrize(
    ("difference", "what"),
    [
        (differs(PutState("!harbour", "m.room.encryption", {})), "What is said is encrypted"),
        (differs(PutState("!harbour", "m.room.join_rules", {})), "Rooms of conditions"),
        (differs(PutState("!harbour", "m.room.history_visibility", {})), "What was said before"),
        (differs(PutState("!harbour", "m.room.guest_access", {})), "No guest"),
        (differs(PutState("!harbour", "m.room.server_acl", {})), "Rooms are on the homeservers"),
        (differs(ChangeMembers("!harbour", "kick", ("@bo:gone.test",))), "Rooms are on the homeservers"),
        (differs(PutPowerLevels("!harbour", None, True)), "Nobody has more power"),
        (differs(PutState("!harbour", "m.room.name", {}), "name changed"), "Everything else"),
        (differs(None, "second room with this mark"), "Everything else"),
    ],
)
def test_each_thing_about_a_room_has_its_own_risk(difference, what):
    troubles = {what: verdict for what, verdict in rooms(difference).items() if isinstance(verdict, Trouble)}
    ((found, trouble),) = troubles.items()
    assert found.startswith(what)
    assert HARBOUR in trouble.seen
    assert "`kithroom" in trouble.fix


def test_what_only_a_person_can_do_is_said_as_it_is():
    trouble = rooms(differs(None, "federation"))["Rooms are on the homeservers that the settings name, and on no other"]
    assert trouble.fix == "by hand"


def test_a_room_in_the_list_or_with_an_address_is_named():
    assert HARBOUR in rooms(visible=LISTED)["No room is in the public list"].seen
    assert isinstance(rooms(visible=Answer(502))["No room is in the public list"], Unasked)
    named = rooms(state={("m.room.canonical_alias", ""): {"alias": "#diabetes:kith.test"}})
    assert "#diabetes:kith.test" in named["No room but the lobby has a public address"].seen


# What is shown.


def test_what_can_not_be_asked_is_named_with_its_setting():
    told = " ".join(finding.verdict.because for finding in not_to_be_asked())
    for setting in ("allow_device_name_lookup_over_federation: false", "redaction_retention_period: 1h", "push:"):
        assert setting in told


def test_the_last_line_counts_and_does_not_call_unasked_well():
    trouble = Trouble(severity=Severity.HINT, seen="s", risk="r", fix="f")
    worse = replace(trouble, severity=Severity.DANGER)
    findings = [Finding("a", trouble), Finding("b", worse), Finding("c", Unasked("d")), Finding("e", Well())]
    assert summary(findings) == "1 × danger, 1 × hint. Not asked, and so not known: 1."
    assert summary(findings[2:]) == "Nothing found. Not asked, and so not known: 1."


async def test_nobody_who_asks_is_said_with_the_reason():
    doors = Doors({}, closed={Asker.STRANGER: "it is night", Asker.MEMBER: "no bot has been started yet"})
    found = [finding async for finding in doors.check(account_checks())]
    assert {finding.verdict.because for finding in found} == {"it is night", "no bot has been started yet"}


async def test_a_finding_is_shown_with_what_was_seen_the_risk_and_the_fix(monkeypatch):
    async def found(*_):
        yield Finding(
            "A [b]wall[/b]", Trouble(severity=Severity.DANGER, seen="a \x1b[31mhole", risk="Rain.", fix="a stone")
        )
        yield Finding("A roof", Unasked("it is dark"))

    monkeypatch.setattr("bots.cli.doctor.examine", found)
    written = io.StringIO()
    well = await show(None, BARE, Console(file=written, width=80))
    assert not well
    assert written.getvalue() == (
        "✗ A [b]wall[/b] (danger)\n  seen: a [31mhole\n  risk: Rain.\n  fix: a stone\n"
        "? A roof\n  not asked, because it is dark\n1 × danger. Not asked, and so not known: 1.\n"
    )
