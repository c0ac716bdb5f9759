# SPDX-License-Identifier: Apache-2.0
"""How the hostile registry answers: bodies whole, refused, without end, in drips, broken off."""

import json
import socket
import struct
import time

ENDLESS = b" " * 65536
# Colour, the title of the terminal's window, a C1 control, text that runs backwards, a new line.
CONTROLS = "\033[31m\033]0;title\a\u009b31m\u202e\r\nctnr-fetch: error: forged"


class Answers:
    def head(self, status, headers, length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if self.server.options.cookie:
            self.send_header("Set-Cookie", "session=secret; Path=/")
        if length is not None:
            self.send_header("Content-Length", str(length))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()

    def answer(self, status, body, headers=()):
        self.head(status, headers, len(body))
        if self.command != "HEAD":
            self.wfile.write(body)

    def error(self, status, message, headers=(), code="ERROR"):
        body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
        self.answer(status, body, headers)

    def endless(self, status, headers):
        self.head(status, headers)
        while True:
            self.wfile.write(ENDLESS)

    def cut(self):
        self.close_connection = True
        self.wfile.flush()
        self.connection.close()

    def reset(self):
        """What was sent may be lost, and the client's next read fails (RST)."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.cut()

    def drip_head(self):
        """A header that has no end, a byte now and then."""
        self.send_response(200)
        self.flush_headers()
        self.wfile.write(b"X-Header: ")
        self.drip()

    def redirect(self, location):
        self.answer(307, b"", [("Location", location)])

    def drip(self):
        """A byte now and then, for ever."""
        while True:
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)
