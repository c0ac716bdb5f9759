/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose a host is, as far as its name tells: the public suffix list (publicsuffix.org) by libpsl,
 * the system's copy where that is newer than the one that libpsl was built with.
 *
 *	domain_is_shared("registry-1.docker.io", "auth.docker.io")	docker.io: one owner
 *	domain_is_shared("a.co.uk", "b.co.uk")				co.uk: everybody's
 *	domain_is_shared("a.github.io", "b.github.io")			likewise, though a company's
 *
 * A host is a name or an address without [] and port, as in struct url. No name is looked up.
 */
#ifndef NET_DOMAIN_H
#define NET_DOMAIN_H

#include <stdbool.h>

/* The domain that one owner has registered, the host's name from the label before the public suffix
 * on: in lower case, without a dot at the end, new. NULL when there is none: an address, a single
 * label (localhost), a public suffix itself. */
char *domain_registered(const char *host);

/* Are both hosts in one registered domain? */
bool domain_is_shared(const char *host, const char *other);

#endif
