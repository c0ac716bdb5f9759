# SPDX-License-Identifier: Apache-2.0
"""Who may ask the hostile registry, and its token server."""

import base64


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
                'Negotiate, Bearer realm="%s",service="a \\"b\\"",scope="repository:x:pull"'
                % realm)
        return None

    def token(self):
        options = self.server.options
        given = self.headers.get("Authorization")
        fault = self.server.fault(self, "token")
        if fault:
            fault()
        elif options.token_user and given != "Basic " + base64.b64encode(
                options.token_user.encode()).decode():
            self.error(401, "who are you")
        else:
            self.server.token_uses = options.token_uses
            answer = options.token_answer or '{"access_token": "good-token"}'
            self.answer(200, answer.encode())

    # Faults of token servers

    def fault_endless_token(self):
        self.endless(200, [("Content-Type", "application/json")])

    def fault_evil_token(self):
        """A header of its own behind the token."""
        self.answer(200, b'{"token": "good-token\\r\\nX-Evil: 1"}')
