# SPDX-License-Identifier: Apache-2.0
"""`python -m bots.cli`: the same as `kithroom`."""

from bots.cli import main

if __name__ == "__main__":
    main(prog_name="kithroom")
