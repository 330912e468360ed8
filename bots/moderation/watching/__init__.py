# SPDX-License-Identifier: Apache-2.0
"""From what members write to what is done about it: moderators are told, somebody is reminded, clear spam waits.

`respond` decides, purely; `watch` brings it what it needs to know and carries it out; `pace` counts, for `noise`.
"""
