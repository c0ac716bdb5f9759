/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes between ctnr-store diff and its worker. The job is one JSON object on the worker's stdin:
 *
 *	{"from":{"layers":["/abs/...",...]},"to":{"bundle":"/abs/..."}}
 *
 * Two trees to compare, each a bundle's root filesystem or layers, the top one first. Without "from" it is the top
 * layer of "to", or the upper directory of the bundle, beside what is below it.
 *
 * The worker writes texts that end with a NUL, of at most DIFF_TEXT_MAX bytes, to its stdout:
 *
 *	APATH	CPATH	DPATH	added, changed, deleted; the path is without a slash in front
 *	WTEXT			a warning
 *	ECODE TEXT, HTEXT	an error with its exit status, and its hint, which may be empty; nothing follows
 *	.			all was told
 *
 * It reads what strangers wrote, so the tool takes no more from it than text to show.
 */
#ifndef CTNR_STORE_DIFF_PROTOCOL_H
#define CTNR_STORE_DIFF_PROTOCOL_H

#include "layer/view.h"

enum diff_text {
	DIFF_ADDED = 'A',
	DIFF_CHANGED = 'C',
	DIFF_DELETED = 'D',
	DIFF_WARNING = 'W',
	DIFF_ERROR = 'E',
	DIFF_HINT = 'H',
	DIFF_END = '.',
};

#define DIFF_PATH_MAX VIEW_PATH_MAX /* bytes: no layer has longer ones */
#define DIFF_TEXT_MAX (DIFF_PATH_MAX + 2) /* bytes, with the letter and the NUL */

#endif
