# SPDX-License-Identifier: Apache-2.0
"""The `kithroom library` commands: checked, tried, filled, given away and measured."""
