# SPDX-License-Identifier: Apache-2.0
"""Lists of the hostile registry: tags, and referrers where --referrers says that it has that API.

A fault link_NAME of a list is what its page says about the next one."""

import json
import urllib.parse

INDEX = "application/vnd.oci.image.index.v1+json"


class Lists:
    def tag_list(self, repository):
        options = self.server.options
        tags = json.loads(options.tags) if options.tags else [
            name for name in (entry.get("annotations", {}).get("org.opencontainers.image.ref.name")
                              for entry in self.server.index["manifests"]) if name]
        self.page(tags, "application/json", lambda part: {"name": repository, "tags": part})

    def referrers(self, digest):
        options = self.server.options
        if not options.referrers:
            return self.error(404, "no such page")
        items = []
        for entry in self.server.index["manifests"]:
            document = json.loads(self.read_blob(entry["digest"]))
            if document.get("subject", {}).get("digest") != digest:
                continue
            items.append({"mediaType": entry["mediaType"], "digest": entry["digest"],
                          "size": entry["size"],
                          "artifactType": document.get("artifactType")
                                          or document["config"]["mediaType"],
                          "annotations": document.get("annotations", {})})
        wanted = self.query().get("artifactType")
        headers = []
        if wanted and options.filter:
            items = [item for item in items if item["artifactType"] in wanted]
            headers = [("OCI-Filters-Applied", "artifactType")]
        return self.page(items, INDEX, lambda part: {"schemaVersion": 2, "mediaType": INDEX,
                                                     "manifests": part}, headers)

    def query(self):
        return urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)

    def page(self, items, media_type, wrap, headers=()):
        size = self.server.options.page or len(items or [])
        start = int(self.query().get("from", ["0"])[0])
        answer = [("Content-Type", media_type), *headers]
        fault = getattr(self, "link_" + (self.server.options.fault or ""), None)
        if fault:
            answer.append(("Link", fault(start)))
        elif items and start + size < len(items):
            answer.append(("Link", self.next_link(start + size)))
        body = json.dumps(wrap(items and items[start:start + size])).encode()
        self.answer(200, body, answer)

    def next_link(self, start):
        query = {name: values[0] for name, values in self.query().items()}
        query["from"] = start
        return '<%s?%s>; rel="next"' % (self.path.split("?")[0], urllib.parse.urlencode(query))

    # What is wrong with links

    def link_absolute(self, start):
        """Nothing: a whole URL, of this server."""
        if start:
            return '<x>; rel="prev"'
        return '<http://%s%s?from=1>; rel=next; title="a, <b>"' % (
            self.headers["Host"], self.path.split("?")[0])

    def link_other(self, _start):
        return '<%s%s>; rel="next"' % (self.server.options.elsewhere, self.path)

    def link_loop(self, _start):
        return '<%s>; rel="next"' % self.path

    def link_junk(self, _start):
        return '<a; rel="next'

    def link_script(self, _start):
        return '<javascript:alert(1)>; rel="next"'

    def link_file(self, _start):
        return '<file:///etc/passwd>; rel="next"'

    def link_control(self, _start):
        return '<http://\x1b[31mx/>; rel="next"'

    def link_huge(self, _start):
        return '<%s?%s>; rel="next"' % (self.path, "x" * 60000)

    def link_forever(self, start):
        return self.next_link(start + 1)
