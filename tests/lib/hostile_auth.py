# SPDX-License-Identifier: Apache-2.0
"""Who may ask the hostile registry, and its token server."""

import base64
import time
import urllib.parse

from hostile_answer import CONTROLS


class Authentication:
    def challenge(self):
        """The challenge to send, or None when the request may pass."""
        options = self.server.options
        given = self.headers.get("Authorization")
        if options.basic:
            wanted = "Basic " + base64.b64encode(options.basic.encode()).decode()
            return None if given == wanted else 'Basic realm="hostile"'
        if options.bearer:
            realm = options.realm or "%s://%s/token" % (
                "https" if options.tls else "http", self.headers["Host"])
            return None if given == "Bearer good-token" and self.server.use_token() else (
                'Negotiate, Bearer realm="%s",service="a \\"b\\"",scope="%s"'
                % (realm, options.scope))
        return None

    def refuses(self):
        """Answer a request that may not pass."""
        options = self.server.options
        is_base = self.path == "/v2/"
        if is_base and options.silent:
            return False
        challenge = self.challenge()
        if not challenge:
            return False
        if self.command in ("PATCH", "POST", "PUT"):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if options.hidden and not is_base and not self.headers.get("Authorization"):
            self.error(options.hidden, "no such image")
        else:
            self.error(401, "authentication required",
                       [("WWW-Authenticate", text) for text in
                        (options.challenge, challenge)
                        if text and not (options.terse and self.headers.get("Authorization"))])
        return True

    def token(self):
        options = self.server.options
        given = self.headers.get("Authorization")
        fault = self.server.fault(self, "token")
        if fault:
            fault()
        elif options.identity_token:
            self.exchange()
        elif options.token_user and given != "Basic " + base64.b64encode(
                options.token_user.encode()).decode():
            self.error(401, "who are you")
        else:
            self.server.token_uses = options.token_uses
            answer = options.token_answer or '{"access_token": "good-token"}'
            self.answer(200, answer.encode())

    def exchange(self):
        """A token for an identity token (RFC 6749, section 6)."""
        options = self.server.options
        length = int(self.headers.get("Content-Length") or 0)
        form = urllib.parse.parse_qs(self.rfile.read(length).decode())
        self.server.note("FORM %s" % " ".join(sorted(form)))
        if self.command != "POST":
            self.error(401, "a form was expected")
        elif form.get("grant_type") != ["refresh_token"] or \
                form.get("refresh_token") != [options.identity_token]:
            self.error(400, "no such identity token")
        else:
            self.answer(200, (options.token_answer or '{"access_token": "good-token"}').encode())

    # Faults of token servers

    def fault_endless_token(self):
        self.endless(200, [("Content-Type", "application/json")])

    def fault_scopes_token(self):
        """Refuse several scopes."""
        if self.path.count("scope=") > 1:
            return self.error(403, "denied")
        return self.answer(200, b'{"token": "good-token"}')

    def fault_evil_token(self):
        """A header of its own behind the token."""
        self.answer(200, b'{"token": "good-token\\r\\nX-Evil: 1"}')

    def fault_drip_token(self):
        self.head(200, [("Content-Type", "application/json")], 1000)
        self.drip()

    def fault_driphead_token(self):
        self.drip_head()

    def fault_away_token(self):
        self.redirect(self.server.options.elsewhere + "/token")

    def fault_loop_token(self):
        self.redirect(self.path)

    def fault_file_token(self):
        self.redirect("file:///etc/passwd")

    def fault_broken_token(self):
        self.error(500, "broken")

    def fault_many_token(self):
        self.error(429, "slow down", [("Retry-After", "0")])

    def fault_nothing_token(self):
        self.answer(204, b"")

    # Faults of every answer

    def fault_refuse_any(self):
        """Whatever is offered."""
        self.error(401, "who are you", [("WWW-Authenticate", 'Basic realm="hostile"')])

    def fault_web_any(self):
        """A web server, and no registry."""
        self.answer(200, b"<html>welcome</html>", [("Content-Type", "text/html; charset=utf-8")])

    def fault_forbid_any(self):
        self.error(403, "no, " + CONTROLS)

    def fault_broken_any(self):
        self.error(500, "broken, " + CONTROLS)

    def fault_many_any(self):
        self.error(429, "slow down", [("Retry-After", "0")])

    def fault_teapot_any(self):
        self.error(418, CONTROLS)

    def fault_odd_any(self):
        self.answer(999, b"")

    def fault_text_any(self):
        """An error that is no JSON."""
        self.answer(422, CONTROLS.encode())

    def fault_list_any(self):
        """An error that is JSON and nothing that a registry says."""
        self.answer(422, b'{"errors": {"0": [1, null]}}')

    def fault_deep_any(self):
        self.answer(422, b'{"errors":' + b"[" * 16000)

    def fault_long_any(self):
        self.error(422, CONTROLS * 1000)

    def fault_challenge_any(self):
        """A header with everything in it that a terminal obeys, and that may stand in a header."""
        self.error(401, "x", [("WWW-Authenticate", 'Bearer realm="\033[31m\033]0;title\a\x9b31m')])

    def fault_quiet_any(self):
        """A challenge that names no scheme."""
        self.error(401, "x", [("WWW-Authenticate", "")])

    def fault_pause_any(self):
        """With --times 1: what is asked first, how the server speaks, is answered after a while."""
        time.sleep(0.3)
        self.answer(200, b"{}")

    def fault_close_any(self):
        self.reset()
