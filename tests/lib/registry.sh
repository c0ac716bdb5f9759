# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# A registry of one's own on 127.0.0.1. Source it behind test.sh: . "$test_lib/registry.sh"
#
# registry_start [USER:PASSWORD]   start docker-registry on a free port; $registry is HOST:PORT. With
#                                  an argument it asks for that user (basic authentication).
# registry_start_tokens USER:PASSWORD [OPTIONS OF token-server.py]   the same by TLS, which asks for tokens;
#                                  $registry_ca is the file of the authority of both, $registry_tokens the
#                                  HOST:PORT of the token server, $registry_tokens_log what it gave. Wants
#                                  authority.sh.
# registry_push LAYOUT[:REF] NAME:TAG [SKOPEO OPTIONS]   by skopeo, as it is: --format v2s2 converts
# registry_stop                    earlier than at the end of the test
#
# $registry_dir/storage holds the blobs, $registry_dir/log what it was asked.

# What every registry has. More may be appended to $registry_dir/config.yml.
registry_prepare() {
	registry_dir=$(mktemp -d "$CTNR_TEST_TMP/registry.XXXXXX") || return 1
	cat >"$registry_dir/config.yml" <<-END
		version: 0.1
		log: {level: info, formatter: json}
		storage:
		  filesystem: {rootdirectory: $registry_dir/storage}
		  delete: {enabled: true}
	END
}

registry_serve() {
	OTEL_TRACES_EXPORTER=none docker-registry serve "$registry_dir/config.yml" \
		>"$registry_dir/log" 2>&1 </dev/null &
	registry_pid=$!
	at_end registry_stop
	eventually 20 grep -q '"listening on 127.0.0.1:' "$registry_dir/log" || {
		note "$(cat "$registry_dir/log")"
		return 1
	}
	registry=$(grep -o '"listening on 127.0.0.1:[0-9]*' "$registry_dir/log")
	registry=${registry##* }
}

registry_start() {
	registry_prepare || return 1
	registry_user=${1-}
	echo 'http: {addr: "127.0.0.1:0"}' >>"$registry_dir/config.yml"
	if [ -n "$registry_user" ]; then
		htpasswd -Bbn "${registry_user%%:*}" "${registry_user#*:}" >"$registry_dir/htpasswd"
		echo "auth: {htpasswd: {realm: test, path: $registry_dir/htpasswd}}" \
			>>"$registry_dir/config.yml"
	fi
	registry_serve
}

# A key by which tokens are signed, in a form that the registry reads: its old library knows no other.
registry_signer() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=tokens \
		-keyout signer.key -out signer.crt 2>/dev/null
}

registry_start_tokens() {
	registry_prepare || return 1
	registry_user=$1
	shift
	(cd "$registry_dir" && authority authority && issue authority server && registry_signer) || return 1
	registry_ca=$registry_dir/authority.crt
	registry_tokens_log=$registry_dir/tokens.log
	"$test_lib/token-server.py" --tls "$registry_dir/server.pem" --signer "$registry_dir/signer.crt" \
		--key "$registry_dir/signer.key" --user "$registry_user" "$@" "$registry_dir/tokens.port" \
		"$registry_tokens_log" >"$registry_dir/tokens.out" 2>&1 &
	at_end "kill $! 2>/dev/null"
	eventually 20 test -f "$registry_dir/tokens.port" || {
		note "$(cat "$registry_dir/tokens.out")"
		return 1
	}
	registry_tokens=127.0.0.1:$(cat "$registry_dir/tokens.port")
	cat >>"$registry_dir/config.yml" <<-END
		http:
		  addr: "127.0.0.1:0"
		  tls: {certificate: $registry_dir/server.crt, key: $registry_dir/server.key}
		auth:
		  token: {realm: "https://$registry_tokens/token", service: registry, issuer: tokens,
		          rootcertbundle: $registry_dir/signer.crt}
	END
	registry_serve
}

registry_stop() {
	[ -n "${registry_pid-}" ] || return 0
	kill "$registry_pid" 2>/dev/null
	wait "$registry_pid" 2>/dev/null
	registry_pid=
}

registry_push() {
	registry_source=$1
	registry_name=$2
	shift 2
	skopeo copy --quiet --all --dest-tls-verify=false \
		${registry_user:+--dest-creds "$registry_user"} "$@" \
		"oci:$registry_source" "docker://$registry/$registry_name" >"$registry_dir/push.log" 2>&1 ||
		{
			note "$(cat "$registry_dir/push.log")"
			return 1
		}
}
