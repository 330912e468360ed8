# SPDX-License-Identifier: Apache-2.0
"""The community's files: read, validated, frozen. A mistake says where it is and what was probably meant."""

from bots.core.documents import Mistake, SettingsError
from bots.core.settings.elsewhere import Elsewhere
from bots.core.settings.loading import load_community
from bots.core.settings.words import load_catalogue, not_spoken

__all__ = ["Elsewhere", "Mistake", "SettingsError", "load_catalogue", "load_community", "not_spoken"]
