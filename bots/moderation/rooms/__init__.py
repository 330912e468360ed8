# SPDX-License-Identifier: Apache-2.0
"""What is asked of, or happens to, whole rooms: their pace, their door, their homeservers, their upgrade."""
