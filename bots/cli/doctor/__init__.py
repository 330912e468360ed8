# SPDX-License-Identifier: Apache-2.0
"""`kithroom doctor`: what is wrong with an installation, who could learn what because of it, and what to do about it.

It asks the homeserver itself, as a stranger, as a member, as the organiser, and as an administrator where a token is
at hand; never its configuration file. What it could not ask it says, and never calls well.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape

from bots.cli.doctor.examining import examine
from bots.cli.doctor.findings import Finding, Severity, Trouble, Unasked, Well, summary
from bots.cli.installation.deployment import Deployment
from bots.core.community import Community

_COLOURS: Mapping[Severity, str] = {Severity.DANGER: "bold red", Severity.WEAKNESS: "red", Severity.HINT: "yellow"}


async def show(deployment: Deployment, community: Community, console: Console) -> bool:
    """Print every finding as it comes. Gives whether nothing is wrong; what was not asked is not wrong."""
    findings: list[Finding] = []
    async for finding in examine(deployment, community):
        findings.append(finding)
        _print(finding, console)
    console.print(summary(findings))
    return not any(isinstance(finding.verdict, Trouble) for finding in findings)


def _print(finding: Finding, console: Console) -> None:
    match finding.verdict:
        case Well(note=note):
            console.print(f"[green]✓[/green] {_shown(finding.what)}")
            if note:
                console.print(f"  {_shown(note)}", style="dim", soft_wrap=True)
        case Unasked(because=because):
            console.print(f"[dim]?[/dim] {_shown(finding.what)}")
            console.print(f"  not asked, because {_shown(because)}", style="dim", soft_wrap=True)
        case Trouble() as trouble:
            colour = _COLOURS[trouble.severity]
            console.print(
                f"[{colour}]✗[/{colour}] {_shown(finding.what)} [{colour}]({trouble.severity.value})[/{colour}]"
            )
            for label, told in (("seen", trouble.seen), ("risk", trouble.risk), ("fix", trouble.fix)):
                console.print(f"  {label}: {_shown(told)}", soft_wrap=True)


def _shown(text: str) -> str:
    """What a homeserver, or somebody in a room, wrote is never read as markup, and moves no cursor."""
    return escape("".join(filter(str.isprintable, text)))
