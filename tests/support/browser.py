"""Drives Chromium over built pages with the network cut, and logs all they ask for and complain of.

No page of the book is named here.
"""

import functools
import http.server
import json
import os
import shutil
import threading
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--window-size=1300,1000",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost",
)
# Resolves when nothing is left to draw: MathJax has typeset the page and the next frame has been painted.
SETTLED = """
const done = arguments[0];
const typeset = window.MathJax?.startup?.promise ?? Promise.resolve();
typeset.then(() => requestAnimationFrame(() => setTimeout(done, 0)));
"""


class NoBrowserError(Exception):
    """Raised when there is no browser to drive; the message says why."""


class Browser:
    """One Chromium with an empty profile, kept in the empty `folder`."""

    def __init__(self, folder):
        options = Options()
        for argument in (*ARGUMENTS, f"--user-data-dir={folder}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        binary = next(filter(None, map(shutil.which, BROWSERS)), None)
        if binary:
            options.binary_location = binary
        # Without a driver on the path Selenium looks for one; it should neither take long nor send statistics.
        os.environ.setdefault("SE_TIMEOUT", "20")
        os.environ.setdefault("SE_AVOID_STATS", "true")
        try:
            self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        except WebDriverException as error:
            reason = (error.msg or "").partition(";")[0].strip()
            raise NoBrowserError(f"no Chromium with its driver (chromium, chromium-driver): {reason}") from error
        self.driver.set_page_load_timeout(60)
        self.driver.set_script_timeout(60)
        self.run = self.driver.execute_script
        self.wait_for = self.driver.execute_async_script

    def open(self, url, *, width=1300, height=1000, dark=False):
        """Open `url` in a window of that size, and return once the page has settled."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.requests(), self.complaints()  # what belongs to the page before
        self.driver.get(url)
        self.wait_for(SETTLED)

    def requests(self):
        """Return the addresses asked for since the last call."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [message for message in messages if message["method"] == "Network.requestWillBeSent"]
        return [message["params"]["request"]["url"] for message in sent]

    def complaints(self):
        """Return the errors written to the console since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    def quit(self):
        """End the browser."""
        self.driver.quit()


class Server:
    """Serves the files of a folder at `address` from a thread of its own, each with the `headers`.

    The files named in `missing`, which may change, are not found, and of those in `halved` only half is sent.
    """

    def __init__(self, folder: Path, headers: dict[str, str] | None = None):
        self.missing, self.halved = set(), set()
        handler = functools.partial(_QuietHandler, headers=headers or {}, server_of=self, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.address = f"http://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def quit(self):
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *args, headers, server_of, **kwargs):
        self._more, self._faults = headers, server_of  # set first: the request is answered inside the next line
        super().__init__(*args, **kwargs)

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        name = path.relative_to(self.directory).as_posix()
        if name in self._faults.missing:
            self.send_error(404)
        elif name in self._faults.halved:
            content = path.read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(path))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
        else:
            super().do_GET()

    def end_headers(self):
        for name, value in self._more.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *args):
        pass
