# SPDX-License-Identifier: Apache-2.0
"""`kithroom up`: a whole community on this machine, to try it out.

Everything is in one state folder, the homeserver, the bots' keys and every password, so that the same folder
again resumes the same community, and another folder is another one.
"""

from bots.cli.up.try_out import TryOut

__all__ = ["TryOut"]
