# SPDX-License-Identifier: Apache-2.0
"""The door: the web page where a newcomer gets an account without giving a name. See README.md."""
