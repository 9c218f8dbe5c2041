"""`python -m vae_lib`: the library from a shell. All of it is in `_command`."""

import sys

from vae_lib._command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
