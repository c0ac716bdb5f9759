/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may be written to a terminal, if a descriptor is one.
 *
 *	if (terminal_takes_escapes(STDERR_FILENO) && !terminal_in_background(STDERR_FILENO))
 *		... draw over the lines that were written before
 */
#ifndef BASE_TERMINAL_H
#define BASE_TERMINAL_H

#include <stdbool.h>

/* Is fd a terminal that understands escape sequences? One whose TERM is unset, empty or "dumb" does
 * not: an editor's shell window, a build log. */
bool terminal_takes_escapes(int fd);

/* Is fd the controlling terminal, and this process a job in its background? What such a job draws would
 * paint over the line that the person is typing. */
bool terminal_in_background(int fd);

#endif
