"""Drives Firefox over built pages with the network cut, by WebDriver BiDi, and logs all it asks for and complains of.

Firefox speaks the protocol itself, so no driver is needed, and Debian has none. No page of the book is named here.
"""

import json
import shutil
import subprocess
import time
from pathlib import Path

from browser import NoBrowserError
from websocket import WebSocketTimeoutException, create_connection

BROWSERS = ("firefox-esr", "firefox")
PATIENCE = 60  # Seconds: for its start, a page, an answer.
# A proxy address where nothing listens cuts the network; what Firefox requests at every start is switched off as well.
PREFERENCES = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "",
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.server": "data:,",
}
SETTLED = """async () => {
  await (window.MathJax?.startup?.promise ?? Promise.resolve());
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
}"""


class Firefox:
    """One Firefox with an empty profile, kept in the empty `folder`."""

    def __init__(self, folder: Path):
        binary = next(filter(None, map(shutil.which, BROWSERS)), None)
        if not binary:
            raise NoBrowserError("no Firefox (firefox-esr)")
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
        (folder / "user.js").write_text("".join(lines), encoding="utf-8")
        command = [binary, "--headless", "--no-remote", "--profile", folder, "--remote-debugging-port=0", "about:blank"]
        with (folder / "firefox.log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._events, self._count = [], 0
        try:
            self._socket = create_connection(self._address(folder), timeout=PATIENCE, suppress_origin=True)
            self._do("session.new", capabilities={})
            self._do("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent", "network.fetchError"])
            (context,) = self._do("browsingContext.getTree")["contexts"]
            self._context = context["context"]
        except Exception as error:
            self._process.kill()
            raise NoBrowserError(f"{binary} did not answer: {error}") from error

    def _address(self, folder):
        """Return the address Firefox listens on, which it writes into its profile once it does."""
        path, deadline = folder / "WebDriverBiDiServer.json", time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                place = json.loads(path.read_text(encoding="utf-8"))
                return f"ws://{place['ws_host']}:{place['ws_port']}/session"
            except (FileNotFoundError, ValueError):  # not there yet, or half written
                time.sleep(0.05)
        raise TimeoutError((folder / "firefox.log").read_text(errors="replace")[-500:])

    def _do(self, method, **parameters):
        """Send a command and return its result; events that come in between are kept."""
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        while True:
            try:
                message = json.loads(self._socket.recv())
            except WebSocketTimeoutException as error:
                raise TimeoutError(f"{method} got no answer in {PATIENCE} s") from error
            if message["type"] == "event":
                self._events.append(message)
            elif message["id"] == self._count:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['error']}: {message['message']}")
                return message["result"]

    def open(self, url, *, width=1300, height=1000):
        """Open `url` in a window of that size, and return when the page is settled."""
        self._do("browsingContext.setViewport", context=self._context, viewport={"width": width, "height": height})
        self._events.clear()  # what belongs to the page before
        self._do("browsingContext.navigate", context=self._context, url=url, wait="complete")
        self.run(SETTLED)

    def run(self, function, *arguments):
        """Call the JavaScript `function` with the arguments in the page, wait for what it promises, and return that."""
        given = ", ".join(json.dumps(each) for each in arguments)
        answer = self._do(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({function})({given})) ?? null))()",
            target={"context": self._context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def press(self, *keys):
        """Press and let go one key after the other, where the focus is."""
        steps = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._perform({"type": "key", "id": "keys", "actions": steps})

    def press_at(self, x, y):
        """Press the mouse at that point of the window."""
        self._mouse(_to(x, y), {"type": "pointerDown", "button": 0})

    def move_to(self, x, y):
        """Move the mouse, pressed or not, to that point of the window."""
        self._mouse(_to(x, y))

    def let_go(self):
        """Let go of the mouse."""
        self._mouse({"type": "pointerUp", "button": 0})

    def _mouse(self, *steps):
        self._perform({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps})

    def _perform(self, source):
        self._do("input.performActions", context=self._context, actions=[source])

    def requests(self):
        """Return the addresses asked for since the page was opened."""
        asked = [event["params"] for event in self._events if event["method"] == "network.beforeRequestSent"]
        return [each["request"]["url"] for each in asked]

    def complaints(self):
        """Return the errors written to the console since the page was opened, and the requests that failed."""
        entries = [event["params"] for event in self._events if event["method"] == "log.entryAdded"]
        failed = [event["params"] for event in self._events if event["method"] == "network.fetchError"]
        errors = [entry["text"] for entry in entries if entry["level"] == "error"]
        return errors + [f"{each['request']['url']}: {each['errorText']}" for each in failed]

    def quit(self):
        """End the browser."""
        self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _to(x, y):
    return {"type": "pointerMove", "x": round(x), "y": round(y)}
