/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manifest or index that refers to another one by its member "subject" (image-spec manifest.md): a signature,
 * an attestation.
 *
 *	autodescriptor struct descriptor found = DESCRIPTOR_INIT;
 *
 *	if (referrer_describe(&document, &subject, &found, err) > 0)
 *		referrer_make_entry(&found, &subject, &entry);
 *
 * In index.json of a layout a referrer stands without a name, and with its subject in an annotation. It is no
 * image by itself: it stays as long as something else needs its subject, and goes with that.
 */
#ifndef OCI_REFERRER_H
#define OCI_REFERRER_H

#include "oci/document.h"

/* Of an entry of index.json: the digest of the subject. */
#define ANNOTATION_SUBJECT "org.ctnr.subject"

/* Does the document refer to that subject? 1, and ret (new) is its descriptor as a list of referrers has
 * it, with artifact type and annotations; 0 when it does not; -1 when it is no document. */
int referrer_describe(const struct document *document, const struct digest *subject,
		      struct descriptor *ret, struct error *err);

/* The entry of index.json for such a descriptor, new. Nothing of its annotations is kept: one that names it
 * would name it in the layout. */
void referrer_make_entry(const struct descriptor *descriptor, const struct digest *subject,
			 struct descriptor *ret);

/* The subject of an entry of index.json that is a referrer, borrowed; NULL when it is none. One that
 * somebody has named is an image like any other. */
const char *referrer_subject(const struct descriptor *entry);

#endif
