# SPDX-License-Identifier: Apache-2.0
"""How the hostile registry answers: bodies whole, refused, without end, in drips, broken off."""

import json
import time

ENDLESS = b" " * 65536


class Answers:
    def head(self, status, headers, length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
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

    def error(self, status, message, headers=()):
        body = json.dumps({"errors": [{"code": "ERROR", "message": message}]}).encode()
        self.answer(status, body, headers)

    def endless(self, status, headers):
        self.head(status, headers)
        while True:
            self.wfile.write(ENDLESS)

    def cut(self):
        self.close_connection = True
        self.wfile.flush()
        self.connection.close()

    def drip(self):
        """A byte now and then, for ever."""
        while True:
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)
