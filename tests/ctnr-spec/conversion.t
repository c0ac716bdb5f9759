#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What an image says becomes what a runtime does (image-spec conversion.md).
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/../ctnr-spec/bundle.sh"

from_config '{Entrypoint: ["/bin/app", "-x"], Cmd: ["a", "b"]}'
is_status 0 "an image config is filtered to a runtime config"
is_stderr "" "... silently"
is "$(query .process.args)" '["/bin/app","-x","a","b"]' "entrypoint and command are joined"
is "$(query .process.cwd)" '"/"' "without a working directory it is the root"
is "$(query .process.env)" \
	'["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","HOME=/root"]' \
	"without an environment there are PATH and HOME"
is "$(query .process.terminal)" false "no terminal unless asked for"
is "$(query .process.noNewPrivileges)" false "setuid programs work unless asked otherwise"
is "$(query '.process.rlimits')" null "no limits unless asked for"
is "$(query .root)" '{"path":"rootfs"}' "the root filesystem is the bundle's, writable"

from_config '{Cmd: ["sh"], Env: ["A=1", "PATH=/x", "HOME=/y", "A=1 2=3"], WorkingDir: "/srv"}'
is "$(query .process.env)" '["A=1 2=3","PATH=/x","HOME=/y"]' \
	"the image's environment is taken, the last of one name, and nothing in it is overridden"
is "$(query .process.cwd)" '"/srv"' "the working directory is the image's"
from_config '{Cmd: ["sh"], WorkingDir: "srv"}'
is "$(query .process.cwd)" '"/srv"' "a relative working directory starts at the root"

from_config '{Cmd: ["sh"], Env: ["A", "", "=x", "PATH=/x", "HOME=/y", "B="]}'
is "$(query .process.env)" '["PATH=/x","HOME=/y","B="]' \
	"what has no name or no equals sign is no variable"

from_config '{Entrypoint: [""], Cmd: ["a", "", "b"]}'
is "$(query .process.args)" '["a","","b"]' \
	"an entrypoint that was taken back is none; arguments may be empty"
from_config '{Entrypoint: ["/bin/app"], Cmd: ["a"]}' -- c d
is "$(query .process.args)" '["/bin/app","c","d"]' "operands replace the image's command"
from_config '{Entrypoint: ["/bin/app"], Cmd: ["a"]}' --entrypoint sh -- -c id
is "$(query .process.args)" '["sh","-c","id"]' "--entrypoint replaces the image's"
from_config '{Entrypoint: ["/bin/app"], Cmd: ["a"]}' --entrypoint sh
is "$(query .process.args)" '["sh"]' "--entrypoint drops the image's command"
from_config '{Entrypoint: ["/bin/app"], Cmd: ["a"]}' --entrypoint '["env", "-i"]' -- sh
is "$(query .process.args)" '["env","-i","sh"]' "--entrypoint takes a JSON array"
from_config '{Entrypoint: ["/bin/app"], Cmd: ["a"]}' --entrypoint '' -- sh
is "$(query .process.args)" '["sh"]' "--entrypoint '' is none"
from_config '{Cmd: ["a"]}' --entrypoint '["a", 1]'
is_status 1 "--entrypoint takes no numbers"
like_stderr '*--entrypoint*expected string, got integer*' "... and says where"
from_config '{}'
is_status 2 "an image without a command needs one"
like_stderr '*no command given*hint:*' "... and it is said how to give it"

# Volumes
from_config '{Cmd: ["sh"], Volumes: {"/data": {}}}'
is "$(query '.mounts[] | select(.destination == "/data") | .type')" '"tmpfs"' \
	"a filter, which has no place for a volume, makes it a tmpfs"

# Annotations
printf '%s' '{"os":"linux","author":"a\u0000","config":{"Cmd":["sh"],"Labels":{"":"x","a":null,
	"b\u0000":"\ud800","run.oci.x\u0000":"y"}},"rootfs":{"diff_ids":[]}}' >config.json
run ctnr-spec --image-config - <config.json
is_status 0 "labels that are no text are handed on"
ok "... as they stand" grep -qF '"org.opencontainers.image.author":"a\u0000"' "$stdout_file"
ok "... null as an empty one, and none without a name" \
	grep -qF '"a":"","b\u0000":"\ud800"}' "$stdout_file"
like_stderr "*label 'run.oci.x*would give orders*" "... and none that gives orders"
jq -cn '{os: "linux", architecture: "arm64", variant: "v8", author: "me",
	created: "2024-01-01T00:00:00Z", "os.version": "1", "os.features": ["x", "y"],
	config: {Cmd: ["sh"], StopSignal: "SIGINT", ExposedPorts: {"80/tcp": {}, "443": {}},
	Labels: {a: "b"}}, rootfs: {type: "layers", diff_ids: []}}' >config.json
run ctnr-spec --image-config - <config.json
is "$(query '.annotations | to_entries | map(.key + "=" + .value) | sort')" "$(jq -cn \
	'["a=b", "org.opencontainers.image.architecture=arm64", "org.opencontainers.image.author=me",
	  "org.opencontainers.image.created=2024-01-01T00:00:00Z",
	  "org.opencontainers.image.exposedPorts=443,80/tcp",
	  "org.opencontainers.image.os.features=x,y", "org.opencontainers.image.os.version=1",
	  "org.opencontainers.image.os=linux", "org.opencontainers.image.stopSignal=SIGINT",
	  "org.opencontainers.image.variant=v8"] | sort')" \
	"facts and labels become annotations"
from_config '{Cmd: ["sh"], StopSignal: "SIGINT",
	Labels: {"org.opencontainers.image.stopSignal": "SIGTERM"}}'
is "$(query '.annotations["org.opencontainers.image.stopSignal"]')" '"SIGTERM"' \
	"an explicit label wins over what the config implies"
from_config '{Cmd: ["sh"], Labels: {"org.ctnr.x": "1", "run.oci.hooks.stdout": "/etc/passwd",
	"org.systemd.property.X": "1", "org.criu.config": "/etc/x", "org.criuish": "1", ok: "1"}}'
is_status 0 "labels that a runtime would obey are no error"
is "$(query '.annotations | keys | map(select(startswith("org.opencontainers") | not))')" \
	'["ok","org.criuish"]' "... but they are not passed on"
like_stderr "*'run.oci.hooks.stdout'*ignoring*" "... and that is said"
is "$(jq -c . <"$stdout_file" | grep -c /etc/passwd)" 0 "... nor is what they name"

# Users by number; names need a root filesystem
from_config '{Cmd: ["sh"], User: "0:0"}'
is "$(query .process.user)" '{"uid":0,"gid":0}' "numbers are taken as they stand"
from_config '{Cmd: ["sh"], User: "1234"}'
is "$(query '[.process.user.uid, .process.user.gid]')" '[1234,0]' "a user that is nowhere has group 0"
from_config '{Cmd: ["sh"], User: "app"}'
is_status 3 "a name without a root filesystem is not found"
like_stderr '*no root filesystem*hint:*--rootfs*' "... and it is said what helps"

# Filters in pipes
run ctnr-spec --image-config - </dev/null
is_status 1 "no input fails"
is_stderr "" "... silently: the tool before has said why"
run ctnr-spec --image-config nosuch
is_status 3 "a file that is not there is not found"
printf '{"os":"linux","os":"x","config":{},"rootfs":{}}' >double.json
run ctnr-spec --image-config double.json
is_status 1 "duplicate keys are refused"
done_testing
