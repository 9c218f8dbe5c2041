"""Serves a folder by JupyterLab on this machine alone, and drives a notebook in it with mouse and keys.

It reads none of the user's own settings, asks nothing of the network, and names no figure.
"""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

PATIENCE = 60  # Seconds: for the server, a kernel, a cell.
OPTIONS = ("--no-browser", "--allow-root", "--ServerApp.ip=localhost", "--LabApp.extension_manager=readonly")
# JupyterLab asks whether it may fetch news, and looks for its next version.
NOTIFICATIONS = {"checkForUpdates": False, "doNotDisturbMode": True, "fetchNews": "false"}
HOMES = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
IDLE = "return document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'"
# A cell that is being run, or waits for its turn, is numbered *.
PROMPTS = "return [...document.querySelectorAll('.jp-Notebook .jp-InputPrompt')].map((each) => each.textContent)"


class JupyterLab:
    """A server of its own for the notebooks in `folder`; it keeps its state in the empty folder `home`."""

    def __init__(self, folder: Path, home: Path, environment: dict[str, str]):
        settings = home / "JUPYTERLAB_SETTINGS_DIR" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(NOTIFICATIONS), encoding="utf-8")
        runtime = home / "runtime"
        places = {name: str(home / name) for name in HOMES} | {"JUPYTER_RUNTIME_DIR": str(runtime)}
        with (home / "jupyter.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *OPTIONS, f"--ServerApp.port={free_port()}"],
                cwd=folder,
                env=os.environ | environment | places,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        place = self._place(runtime, home / "jupyter.log")
        self.address, self._token = place["url"], place["token"]

    def _place(self, runtime, log):
        """Return the address the server listens on, which it writes into its folder once it does."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                return json.loads((runtime / f"jpserver-{self._process.pid}.json").read_text(encoding="utf-8"))
            except (FileNotFoundError, ValueError):  # not there yet, or half written
                time.sleep(0.05)
        self.quit()
        raise RuntimeError(f"JupyterLab did not start: {log.read_text(errors='replace')[-1000:]}")

    def page(self, notebook):
        """Return the address at which JupyterLab shows the notebook."""
        return f"{self.address}lab/tree/{notebook}?token={self._token}"

    def quit(self):
        """Stop the server and its kernels."""
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Notebook:
    """The notebook that `browser` shows in JupyterLab; its code cells are counted from 0."""

    def __init__(self, browser, address, cells):
        self._browser, self.driver = browser, browser.driver
        browser.open(address)
        self.wait_until(lambda: browser.run(IDLE), "the kernel to be there")
        self.wait_until(lambda: len(self.cells()) == cells, "all cells to be there")

    def wait_until(self, condition, what):
        """Return what `condition()` gives once that is true. Raises TimeoutError after a minute, saying for `what`."""
        deadline = time.monotonic() + PATIENCE
        while not (value := condition()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {PATIENCE} s for {what}")
            time.sleep(0.05)
        return value

    def cells(self):
        """Return the elements of the cells."""
        return self.driver.find_elements(By.CSS_SELECTOR, ".jp-Notebook .jp-Cell")

    def active(self):
        """Return the number of the cell that the notebook's own keys would act on, and its kind."""
        classes = [each.get_attribute("class").split() for each in self.cells()]
        (number,) = [number for number, names in enumerate(classes) if "jp-mod-active" in names]
        return number, "code" if "jp-CodeCell" in classes[number] else "other"

    def run(self, number):
        """Run a cell to its end, and return what it prints."""
        before = self._browser.run(PROMPTS)[number]
        self.start(number)

        def done():
            now = self._browser.run(PROMPTS)[number]
            return now != before and "*" not in now

        self.wait_until(done, f"cell {number} to run")
        outputs = self.cells()[number].find_elements(By.CSS_SELECTOR, ".jp-OutputArea-output pre")
        return "\n".join(each.text for each in outputs)

    def start(self, number):
        """Have a cell run as a reader does, with a click into it and Ctrl + Enter."""
        self.wait_until(lambda: self._editor(number), f"the editor of cell {number}").click()
        ActionChains(self.driver).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()

    def _editor(self, number):
        """Return what is clicked to write in the cell once it can be seen: JupyterLab draws cells as they come."""
        self._browser.run("arguments[0].scrollIntoView({block: 'center'})", self.cells()[number])
        editors = self.cells()[number].find_elements(By.CSS_SELECTOR, ".cm-content")
        return next((each for each in editors if each.is_displayed()), None)


def free_port():
    """Return a port of this machine where nothing listens."""
    with socket.socket() as place:
        place.bind(("localhost", 0))
        return place.getsockname()[1]
