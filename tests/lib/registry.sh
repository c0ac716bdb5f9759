# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# A registry of one's own on 127.0.0.1. Source it behind test.sh: . "$test_lib/registry.sh"
#
# registry_start [USER:PASSWORD]   start docker-registry on a free port; $registry is HOST:PORT. With
#                                  an argument it asks for that user (basic authentication).
# registry_push LAYOUT[:REF] NAME:TAG [SKOPEO OPTIONS]   by skopeo, as it is: --format v2s2 converts
# registry_stop                    earlier than at the end of the test
#
# $registry_dir/storage holds the blobs, $registry_dir/log what it was asked.

registry_start() {
	registry_dir=$(mktemp -d "$CTNR_TEST_TMP/registry.XXXXXX") || return 1
	registry_user=${1-}
	cat >"$registry_dir/config.yml" <<-END
		version: 0.1
		log: {level: info, formatter: json}
		storage:
		  filesystem: {rootdirectory: $registry_dir/storage}
		  delete: {enabled: true}
		http: {addr: "127.0.0.1:0"}
	END
	if [ -n "$registry_user" ]; then
		htpasswd -Bbn "${registry_user%%:*}" "${registry_user#*:}" >"$registry_dir/htpasswd"
		echo "auth: {htpasswd: {realm: test, path: $registry_dir/htpasswd}}" \
			>>"$registry_dir/config.yml"
	fi
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
