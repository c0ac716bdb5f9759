/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/access_opts.h"

#define FIELD(name) offsetof(struct access_opts, name)
const struct option access_server_options[] = {
	{ "token-host", 0, "HOST[:PORT]", "a token server that may see the credentials too",
	  OPTION_STRING, FIELD(token_host) },
	{ "tls-verify", 0, NULL,
	  "verify the registry's certificate (the default); =false: take any, or HTTP", OPTION_BOOL,
	  FIELD(tls_verify) },
	{ "ca-file", 0, "FILE", "trust the authorities in FILE too", OPTION_STRING,
	  FIELD(ca_file) },
	{ "cert-dir", 0, "DIR",
	  "take authorities (*.crt) and the client certificate (*.cert, *.key) from DIR",
	  OPTION_STRING, FIELD(cert_dir) },
	{ "timeout", 0, "SECONDS", "give up after that long without an answer", OPTION_NUMBER,
	  FIELD(timeout) },
	{ "low-speed", 0, "SIZE[/SECONDS]",
	  "give up an answer of which fewer bytes come in a second; 0: never", OPTION_STRING,
	  FIELD(low_speed) },
	{ "retries", 0, "N", "try N times again what fails for a moment", OPTION_NUMBER,
	  FIELD(retries) },
	OPTION_END
};

const struct option access_options[] = {
	{ "creds", 0, "USER[:PASSWORD]",
	  "log in to the registry; the password may be @FILE, or - for stdin", OPTION_STRING,
	  FIELD(creds) },
	{ "authfile", 0, "FILE", "look for logins in FILE first", OPTION_STRING, FIELD(authfile) },
	OPTION_INCLUDE(access_server_options, 0),
	OPTION_END
};
