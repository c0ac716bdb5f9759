/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names by which a configuration file may speak about an image, from the one that means it alone to the
 * one that means most beside it (containers-policy.json(5), containers-registries.d(5)).
 *
 *	autostrlist struct strlist scopes = STRLIST_INIT;
 *
 *	scope_list_of_reference(&reference, &scopes);
 *	... quay.io:5000/ns/app:1, quay.io:5000/ns/app, quay.io:5000/ns, quay.io:5000, *.io
 *
 * A registry that has several names is one: a host's upper and lower case are the same, the port of https is
 * meant where none is written, and docker.io is index.docker.io and registry-1.docker.io too. Else a rule that
 * refuses a registry would let in what comes from it by another name. A reference with tag and digest is looked up by its digest,
 * which decides what is fetched, and then by its tag.
 */
#ifndef REGISTRY_SCOPE_H
#define REGISTRY_SCOPE_H

#include "base/str.h"
#include "oci/reference.h"

/* Append the names of an image in a registry. */
void scope_list_of_reference(const struct reference *reference, struct strlist *ret);

/* Append the names of an image of a layout: DIR:NAME, DIR, and the directories above but the root. path is
 * absolute and without symlinks; name may be NULL. */
void scope_list_of_layout(const char *path, const char *name, struct strlist *ret);

/* A scope about registries as it is looked up, its registry by one name: new. */
char *scope_normal(const char *scope);

#endif
