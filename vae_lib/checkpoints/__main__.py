"""Says where the commands that `python -m vae_lib.checkpoints` once had are now. It makes and verifies nothing."""

import shlex
import sys


def main(arguments: list[str]) -> int:
    """Name the command that has taken this one's place; the exit status is 2, as for any wrong usage."""
    command = shlex.join(["python", "-m", "recipes", *(arguments or ["--help"])])
    print(
        "vae_lib.checkpoints only loads checkpoints; to make or verify them, run this in the book's repository: "
        + command,
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
