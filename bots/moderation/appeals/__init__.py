# SPDX-License-Identifier: Apache-2.0
"""Somebody asks for a second look at a decision about them, and another person answers."""
