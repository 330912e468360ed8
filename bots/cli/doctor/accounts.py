# SPDX-License-Identifier: Apache-2.0
"""How one gets an account, and what one must give for it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bots.cli.doctor.findings import Severity, Trouble, Unasked, Verdict, Well
from bots.cli.doctor.questions import Answer, Asker, Check, Question, by_capability, by_content, by_status, unclear
from bots.core.matrix.http import path


def account_checks() -> tuple[Check, ...]:
    """How one gets an account, and what one is asked for."""
    register = Question(Asker.STRANGER, "POST", path("register"), body=())
    return (
        Check("Accounts are made by invitation", register, _registration),
        Check("Nobody is asked for an e-mail address or a telephone number", register, _contact),
        Check(
            "Nobody can add an e-mail address or a telephone number",
            Question(Asker.MEMBER, "GET", path("capabilities")),
            by_capability(
                "m.3pid_changes",
                Trouble(
                    severity=Severity.WEAKNESS,
                    seen="members can add an e-mail address or a telephone number to their account",
                    risk="Apps ask for it, and it leads from a nickname to a person.",
                    fix="enable_3pid_changes: false",
                ),
            ),
        ),
        # The one question that may leave something behind, where the answer is bad: an account without a password.
        Check(
            "Guests have no account",
            Question(Asker.STRANGER, "POST", path("register"), query=(("kind", "guest"),), body=()),
            by_status(
                well=frozenset({401, 403, 404}),
                bad=frozenset({200}),
                trouble=Trouble(
                    severity=Severity.WEAKNESS,
                    seen="the doctor asked for a guest's account, and has been given one",
                    risk="Programs can come and look around in any number, and nothing holds them to anything.",
                    fix="allow_guest_access: false",
                ),
            ),
        ),
        Check("Nobody signs in by way of another company", Question(Asker.STRANGER, "GET", path("login")), _sign_in),
        Check(
            "Nobody is looked up by their address book",
            Question(Asker.STRANGER, "GET", "/.well-known/matrix/client"),
            by_content(well=frozenset({404}), judge=_identity_server),
        ),
        Check(
            "The homeserver makes its accounts itself",
            Question(Asker.STRANGER, "GET", path("auth_metadata", version="v1")),
            by_content(well=frozenset({401, 403, 404, 405}), judge=_delegated),
        ),
    )


def _registration(answer: Answer) -> Verdict:
    if answer.status in (403, 404):
        return Well("no account can be made by this way")
    if not answer.flows:
        return unclear(answer)
    if all("m.login.registration_token" in flow for flow in answer.flows):
        return Well("with a registration token")
    captcha = any("m.login.recaptcha" in flow for flow in answer.flows)
    return Trouble(
        severity=Severity.DANGER,
        seen="anybody can make an account" + (", and is shown a captcha of another company first" if captcha else ""),
        risk="One person, or a program, can come with hundreds of accounts, and again after each ban."
        + (" The company learns who comes here." if captcha else ""),
        fix="enable_registration: false, or registration_requires_token: true",
    )


_CONTACT = frozenset({"m.login.email.identity", "m.login.msisdn"})


def _contact(answer: Answer) -> Verdict:
    if answer.status in (403, 404):
        return Well()
    if not answer.flows:
        return unclear(answer)
    if not any(_CONTACT & set(flow) for flow in answer.flows):
        return Well()
    demanded = all(_CONTACT & set(flow) for flow in answer.flows)
    return Trouble(
        severity=Severity.DANGER if demanded else Severity.WEAKNESS,
        seen=f"who makes an account {'must' if demanded else 'may'} give an e-mail address or a telephone number",
        risk="It leads to a person, stands in the homeserver's database, and is what a court or a thief will ask for.",
        fix="registrations_require_3pid: [], disable_msisdn_registration: true, and no `email` section",
    )


def _sign_in(answer: Answer) -> Verdict:
    flows = answer.body.get("flows")
    if answer.status != 200 or not isinstance(flows, list):
        return unclear(answer)
    ways = [flow for flow in flows if isinstance(flow, Mapping) and flow.get("type") in ("m.login.sso", "m.login.cas")]
    # With a service of one's own for accounts, old apps are led there under this name.
    if not any(flow.get("identity_providers") for flow in ways) and all(_delegates(flow) for flow in ways):
        return Well()
    named = [
        str(provider.get("name"))
        for flow in ways
        for provider in flow.get("identity_providers") or ()
        if isinstance(provider, Mapping)
    ]
    return Trouble(
        severity=Severity.WEAKNESS,
        seen=f"one can sign in with: {', '.join(named) or 'single sign-on'}",
        risk="Whoever runs that learns who is a member here, and when they come.",
        fix="take oidc_providers, saml2_config and cas_config out",
    )


def _delegates(flow: Mapping[str, object]) -> bool:
    return (
        flow.get("org.matrix.msc3824.delegated_oidc_compatibility") is True or flow.get("oauth_aware_preferred") is True
    )


def _identity_server(answer: Answer) -> Verdict:
    if "m.identity_server" not in answer.body:
        return Well()
    return Trouble(
        severity=Severity.WEAKNESS,
        seen="apps are sent to an identity server",
        risk="It can be asked which account belongs to an e-mail address or a telephone number.",
        fix="take default_identity_server out (and m.identity_server out of .well-known/matrix/client)",
    )


def _delegated(answer: Answer) -> Verdict:
    return Unasked(
        f"accounts are made by {answer.body.get('issuer', 'another service')}, which tells nobody how. "
        "For a matrix-authentication-service, set password_registration_email_required: false, "
        "email_change_allowed: false and login_with_email_allowed: false, and know that it keeps the address and the "
        "browser of each session"
    )
