# SPDX-License-Identifier: Apache-2.0
"""The blobs of the hostile registry: its ranges, and what goes wrong (fault_NAME_blob)."""

import os
import time


class Blobs:
    def read_blob(self, digest):
        if self.server.options.pushed:
            return self.read_pushed(digest)
        with open(os.path.join(self.server.layout, "blobs", *digest.split(":")), "rb") as source:
            return source.read()

    def blob(self, digest):
        try:
            body = self.read_blob(digest)
        except OSError:
            return self.error(404, "blob unknown")
        fault = self.server.fault(self, "blob")
        if fault:
            return fault(body)
        wanted = self.headers.get("Range")
        if not wanted or self.server.options.no_range:
            return self.send_slowly(200, body)
        start, _, end = wanted.removeprefix("bytes=").partition("-")
        return getattr(self, "range_" + self.server.options.ranges)(body, int(start), end)

    def send_slowly(self, status, body, headers=()):
        """As fast as --rate says."""
        rate, sent = self.server.options.rate, 0
        step = max(1, rate // 50) if rate else max(1, len(body))
        self.head(status, headers, len(body))
        if self.command == "HEAD":
            return
        try:
            while sent < len(body):
                self.wfile.write(body[sent:sent + step])
                sent += len(body[sent:sent + step])
                if rate:
                    time.sleep(step / rate)
        finally:
            if self.server.options.count:
                self.server.note("SENT %d" % sent)

    # Ranges

    def range_right(self, body, start, end):
        stop = min(int(end) + 1 if end else len(body), len(body))
        if start >= stop:
            return self.error(416, "no such range")
        return self.send_slowly(206, body[start:stop], [
            ("Content-Range", "bytes %d-%d/%d" % (start, stop - 1, len(body)))])

    def range_closed(self, body, start, end):
        """Only with an end that is there, as small registries parse it."""
        if not end or int(end) >= len(body):
            return self.error(416, "no such range")
        return self.range_right(body, start, end)

    def range_never(self, _body, _start, _end):
        self.error(416, "no such range")

    def range_early(self, body, start, _end):
        """More than what was asked for, as caches answer that keep pieces."""
        self.range_right(body, start // 2, "")

    def range_late(self, body, start, _end):
        self.range_right(body, start + 1, "")

    def range_bare(self, body, start, _end):
        """Without a word about which bytes these are."""
        self.answer(206, body[start:])

    # Faults of blobs

    def fault_flip_blob(self, body):
        middle = len(body) // 2
        self.answer(200, body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1:])

    def fault_truncate_blob(self, body):
        """The connection breaks off in the middle."""
        self.head(200, [], len(body))
        self.wfile.write(body[:len(body) // 2])
        self.cut()

    def fault_unended_blob(self, body):
        """All of it comes, in chunks, and the connection breaks off before the last, empty one."""
        self.send_response_only(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
        self.cut()

    def fault_short_blob(self, body):
        self.answer(200, body[:-1])

    def fault_long_blob(self, body):
        self.answer(200, body + b"x")

    def fault_longer_blob(self, body):
        """More than stated, and not announced."""
        self.head(200, [])
        self.wfile.write(body + b"x")

    def fault_endless_blob(self, _body):
        self.endless(200, [])

    def fault_pause_blob(self, body):
        """It comes after a while, and whole."""
        time.sleep(1.1)
        self.answer(200, body)

    def fault_slow_blob(self, body):
        self.head(200, [], len(body))
        for start in range(0, len(body), 256):
            self.wfile.write(body[start:start + 256])
            self.wfile.flush()
            time.sleep(0.1)

    def fault_dripblob_blob(self, body):
        self.head(200, [], len(body))
        self.drip()

    def fault_missing_blob(self, _body):
        self.error(404, "blob unknown to \033[31mregistry\033[0m")

    def fault_busyblob_blob(self, _body):
        self.error(503, "later", [("Retry-After", "0")])

    def fault_loop_blob(self, _body):
        self.redirect(self.path)

    def fault_file_blob(self, _body):
        self.redirect("file:///etc/passwd")

    def fault_away_blob(self, _body):
        self.redirect(self.server.options.elsewhere + self.path)

    def fault_back_blob(self, body):
        """The other server sends back to this one (hostile-registry.py)."""
        if self.path.endswith("?back"):
            return self.answer(200, body)
        return self.redirect("%s/back/%s%s" % (self.server.options.elsewhere, self.headers["Host"], self.path))

    def fault_gopher_blob(self, _body):
        self.redirect("gopher://127.0.0.1:1/x")

    def fault_plain_blob(self, _body):
        self.redirect("http://192.0.2.1/x")

    def fault_junk_blob(self, _body):
        self.redirect("http://[\033[31m")

    def fault_nowhere_blob(self, _body):
        """A redirect that does not say where to."""
        self.answer(307, b"")

    def fault_reset_blob(self, body):
        self.head(200, [], len(body))
        self.wfile.write(body[:len(body) // 2])
        self.reset()

    def fault_empty_blob(self, _body):
        self.answer(200, b"")

    def fault_nothing_blob(self, _body):
        self.answer(204, b"")

    def fault_piece_blob(self, body):
        """A range that nobody asked for."""
        self.answer(206, body[10:], [
            ("Content-Range", "bytes 10-%d/%d" % (len(body) - 1, len(body)))])

    def fault_huge_blob(self, body):
        self.head(200, [], 1 << 62)
        self.wfile.write(body)
        self.cut()

    def fault_negative_blob(self, body):
        self.head(200, [], -1)
        self.wfile.write(body)
        self.cut()

    def fault_lengths_blob(self, body):
        """Two lengths, of which one is right."""
        self.answer(200, body, [("Content-Length", "1")])

    def fault_broken_blob(self, _body):
        self.error(500, "broken")

    def fault_many_blob(self, _body):
        self.error(429, "slow down", [("Retry-After", "0")])

    def fault_driphead_blob(self, _body):
        self.drip_head()

    def fault_drip404_blob(self, _body):
        """A refusal that drips."""
        self.head(404, [], 1000)
        self.drip()
