# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Certificate authorities by openssl. Source it behind test.sh: . "$test_lib/authority.sh"
#
# authority NAME                 NAME.crt with its key NAME.key
# issue AUTHORITY NAME [SAN [DAYS]]   a certificate NAME.crt, with its key NAME.key, and both in NAME.pem;
#                                SAN is what it is for, IP:127.0.0.1,DNS:localhost by default; with -1
#                                days it has expired

authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
		-keyout "$1.key" -out "$1.crt" 2>/dev/null
}

issue() {
	printf 'subjectAltName=%s\n' "${3:-IP:127.0.0.1,DNS:localhost}" >"$2.ext" &&
		openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" \
			-keyout "$2.key" -out "$2.csr" 2>/dev/null &&
		openssl x509 -req -in "$2.csr" -CA "$1.crt" -CAkey "$1.key" -CAcreateserial \
			-extfile "$2.ext" -days "${4:-2}" -out "$2.crt" 2>/dev/null &&
		cat "$2.crt" "$2.key" >"$2.pem"
}
