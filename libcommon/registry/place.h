/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a repository can be read: the registry that its name says, or what the administrator's
 * configuration says in its stead (registry/registries_conf.h), in the order in which they are asked.
 *
 *	autoplacelist struct place_list places = PLACE_LIST_INIT;
 *
 *	place_list_add_origin(&places, &reference);
 *	... places.items[0].registry is "docker.io", .repository "library/alpine"
 *
 * Whichever place an image comes from, its name stays that of its reference: a mirror is never trusted
 * more than its origin.
 */
#ifndef REGISTRY_PLACE_H
#define REGISTRY_PLACE_H

#include "base/cleanup.h"
#include "oci/reference.h"

#include <stdbool.h>
#include <stddef.h>

struct place {
	char *registry; /* HOST[:PORT], as references have it */
	char *repository;
	bool is_mirror; /* asked in the stead of the one that speaks for the name */
	bool is_elsewhere; /* another server than the name says: nothing said about that one counts here */
	bool is_insecure; /* any certificate will do, and plain HTTP where TLS is not spoken */
	char *reason; /* what says that it is asked, "FILE:LINE"; NULL: the name itself */
};

#define PLACE_INIT \
	{ \
		0 \
	}

void place_release(struct place *place);
#define autoplace autocleanup(place_release)

/* "quay.io/ns/app", new. */
char *place_name(const struct place *place);

/* The last place is the origin: the registry that speaks for the name. */
struct place_list {
	struct place *items;
	size_t len;
	bool origin_has_tags; /* no mirror is asked what a tag stands for */
};

#define PLACE_LIST_INIT \
	{ \
		0 \
	}

void place_list_release(struct place_list *list);
#define autoplacelist autocleanup(place_list_release)

/* Add a place, which is taken. */
void place_list_add(struct place_list *list, struct place *place);

/* Add the registry that the name says. */
void place_list_add_origin(struct place_list *list, const struct reference *reference);

#endif
