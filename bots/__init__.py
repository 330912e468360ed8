# SPDX-License-Identifier: Apache-2.0
"""The bots, and what they stand on."""
