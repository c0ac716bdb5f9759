/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One repository of a registry (OCI distribution-spec, Docker registry API v2): manifests and
 * blobs of it.
 *
 * A struct registry may be used by several threads, each with a struct http of its own; the
 * authorization is shared. https always, but for loopback hosts that speak plain HTTP. What fails
 * for a moment (network, 429, 5xx) is tried again a bounded number of times, blobs from where they
 * broke off; a registry that never answered is not asked twice.
 */
#ifndef REGISTRY_REGISTRY_H
#define REGISTRY_REGISTRY_H

#include "base/progress.h"
#include "base/str.h"
#include "net/http.h"
#include "oci/blob.h"
#include "oci/reference.h"
#include "registry/token.h"

enum registry_tls {
	REGISTRY_TLS_VERIFY,
	REGISTRY_TLS_INSECURE, /* asked for: this host's certificate is not verified */
};

struct registry_options {
	struct credentials credentials; /* texts borrowed */
	enum registry_tls tls;
	const char *ca_file; /* borrowed; NULL: the system's authorities alone */
	unsigned timeout; /* seconds; 0: the default of format/http.h */
	unsigned retries;
	const struct interrupt *interrupt; /* borrowed, or NULL */
};

struct registry;

struct registry *registry_open(const struct reference *reference,
			       const struct registry_options *options, struct error *err);
void registry_free(struct registry *registry);
void registry_cleanup(struct registry **registry);
#define autoregistry autocleanup(registry_cleanup)

/* A connection to it for one thread, to be freed with http_free(). The registry outlives it. */
struct http *registry_connect(struct registry *registry, struct error *err);

struct registry_manifest {
	char *media_type; /* the Content-Type without parameters */
	struct digest digest; /* of bytes, computed */
	struct str bytes; /* at most MANIFEST_MAX, as they came */
};

#define REGISTRY_MANIFEST_INIT \
	{ \
		.bytes = STR_INIT \
	}

void registry_manifest_release(struct registry_manifest *manifest);
#define autoregistrymanifest autocleanup(registry_manifest_release)

/* Get a manifest or index by tag or digest. Its digest is the one asked for or announced
 * (ERROR_VERIFY). ERROR_NOT_FOUND when the registry has none. */
int registry_get_manifest(struct registry *registry, struct http *http, const char *tag_or_digest,
			  struct registry_manifest *ret, struct error *err);

/* Get a blob into a writer that was started; the caller finishes it. Reports to the task of
 * progress (may be NULL). */
int registry_get_blob(struct registry *registry, struct http *http, struct blob_writer *writer,
		      struct progress *progress, size_t task, struct error *err);

#endif
