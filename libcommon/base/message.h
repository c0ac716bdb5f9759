/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages for people on stderr, and in a log file for programs.
 *
 *	ctnr-unpack: error: layer sha256:ab12: cannot create 'etc/x': No space left on device
 *	ctnr-unpack: hint: free some space below /home/u/.local/share/ctnr
 *
 * Only code in cmd/ prints; libcommon returns errors. Control bytes are escaped here. The tool's
 * name, the log and whether there are debug messages are the only globals of this project.
 */
#ifndef BASE_MESSAGE_H
#define BASE_MESSAGE_H

#include "base/error.h"
#include "base/str.h"

enum message_format {
	MESSAGE_TEXT,
	/* {"level":"error","msg":"...","time":"RFC 3339"}, one object per line; a hint is the member "hint"
	 * of its error's, because callers of runtimes read an error as the only line. */
	MESSAGE_JSON,
	MESSAGE_FORMAT_MAX,
};

/* The name that stands before every message; tool is borrowed for the life of the process. */
void message_init(const char *tool);

/* The verb of the front that messages speak of ("run" where they begin with "ctnr run"), or NULL: a person
 * called the tool itself. Borrowed. */
const char *message_verb(void);

/* With a path, every message is also appended to that file in that format; without (NULL), the
 * format is that of stderr. */
int message_log_to(const char *path, enum message_format format, struct error *err);

/* Close the log: messages go to stderr alone, in text. For a process that gives its descriptors up, whose numbers
 * may be another's then. Without a log nothing changes. */
void message_end_log(void);

/* Print an error and its hint. An error with an empty message prints nothing: the tool before in
 * the pipe has already said why. */
void message_error(const struct error *err);

/* "TOOL: warning: ...": say what happens next, as in "..., ignoring". */
void message_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "TOOL: debug: ...": what was decided or is executed, for somebody who looks for a fault. Nothing is
 * printed, or formatted, unless message_enable_debug() was called. */
void message_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_enable_debug(void);
bool message_debug_is_enabled(void);

/* One message, at a level that the caller names: "error", "hint"; hint is empty where there is none. */
void message_print(const char *level, const char *text, const char *hint);

/* Write the text whole; what cannot be written has nowhere to be reported. */
void message_write(int fd, const struct str *text);

#endif
