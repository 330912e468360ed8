# SPDX-License-Identifier: Apache-2.0
"""How near to danger words sound: in core, since the welcome bot hears some of them."""

from bots.core.crisis.tiers import CRIES, Assessment, Tier

__all__ = ["CRIES", "Assessment", "Tier"]
