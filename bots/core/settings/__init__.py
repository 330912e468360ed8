# SPDX-License-Identifier: Apache-2.0
"""The community's files: read, validated, frozen. A mistake says where it is and what was probably meant."""

from bots.core.documents import Mistake, SettingsError
from bots.core.settings.loading import load_catalogue, load_community

__all__ = ["Mistake", "SettingsError", "load_catalogue", "load_community"]
