"""A file, and a server that answers with it in many ways, most of them wrong."""

import hashlib
import http.server

CONTENT = bytes(range(256)) * 4096  # 1 MiB, so that it does not arrive in one piece
MD5 = hashlib.md5(CONTENT).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """The last part of the address says how the answer goes wrong."""

    def do_GET(self):
        getattr(self, self.path.rsplit("/", 1)[1], self.missing)()

    def head(self, length):
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def good(self):
        self.head(len(CONTENT))
        self.wfile.write(CONTENT)

    def no_length(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(CONTENT)

    def moved(self):
        self.send_response(302)
        self.send_header("Location", "/good")
        self.end_headers()

    def missing(self):
        self.send_error(404)

    def truncated(self):
        self.head(len(CONTENT) + 1)
        self.wfile.write(CONTENT)

    def stalled(self):
        self.head(len(CONTENT))
        self.wfile.write(CONTENT[:1000])
        self.server.released.wait(10)

    def silent(self):
        self.server.released.wait(10)

    def garbage(self):
        self.wfile.write(b"this is no HTTP\r\n")

    def trickle(self):
        self.head(5)
        for byte in CONTENT[:5]:
            self.wfile.write(bytes([byte]))
            self.server.released.wait(0.3)

    def log_message(self, *_):
        pass
