"""Runs a local mirror of the digits that answers as a test wants. It needs no file of MNIST."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextlib.contextmanager
def serving(answer):
    """Serve with `answer(handler, name)`, which writes to the socket: the address, and the names asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            name = self.path.removeprefix("/").removesuffix(".gz")
            asked.append(name)
            # It is no fault of the mirror if the client has given up.
            with contextlib.suppress(ConnectionError):
                answer(self, name)

        def log_message(self, *arguments):
            """Log nothing, so that a test sees only the library's own output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        server.server_close()


def send(handler, content, *, size=None):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content) if size is None else size))
    handler.end_headers()
    handler.wfile.write(content)


def serve(contents):
    return lambda handler, name: send(handler, contents[name])


def trickling(released):
    """Answer with a file that never ends, fifty bytes at a time, until the event `released` is set."""

    def answer(handler, name):
        send(handler, b"x", size=9_912_422)
        while not released.wait(0.05):
            handler.wfile.write(b"x" * 50)

    return answer


def not_found(handler, name):
    handler.send_error(404)


def left_in(folder):
    return sorted(path.name for path in folder.rglob("*")) if folder.exists() else []
