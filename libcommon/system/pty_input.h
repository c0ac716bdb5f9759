/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of input on a pseudo terminal, from its master's side.
 *
 * A terminal has no end of input, only a character that a program reads as one (VEOF) when it reads
 * lines, and that is a byte as any other in raw mode. The kernel forgets one that waits when a
 * program changes the mode, and the next program needs one of its own. So one VEOF is there at any
 * time: when it was read, another is written. A program that never reads is not disturbed; one that
 * reads lines gets an end each time, as from /dev/null; one in raw mode that takes many and goes on
 * does not know what they mean: its terminal is then to be hung up.
 *
 *	struct pty_input input = { 0 };
 *
 *	pty_input_end(&input, master, is_line_open);
 *	while (poll(..., pty_input_timeout(&input)) ...)
 *		if (!pty_input_continue(&input, master)) hang up
 */
#ifndef SYSTEM_PTY_INPUT_H
#define SYSTEM_PTY_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ends in a row that a program in raw mode takes before its terminal is hung up. A shell that was
 * told to ignore some (IGNOREEOF of bash: 10) gets enough. */
#define PTY_INPUT_RAW_ENDS 16

struct pty_input {
	int interval; /* ms between two looks; 0: the input has not ended */
	int64_t next; /* clock_monotonic_ms() of the next look */
	unsigned raw_ends; /* taken in raw mode since the last program that reads lines */
};

/* There is no more input. is_line_open: what was written last was not the end of a line, which a
 * first VEOF then ends. The master is in non-blocking mode. */
void pty_input_end(struct pty_input *input, int master, bool is_line_open);

/* How long poll(2) may wait before the next pty_input_continue(): ms, or -1. */
int pty_input_timeout(const struct pty_input *input);

/* Write another end when the last was taken, if the time for that has come. Returns false, once and
 * then again after a second, when the terminal is to be hung up. */
bool pty_input_continue(struct pty_input *input, int master);

/* The signal that the terminal makes of what is typed: SIGINT, SIGQUIT, or 0 for none. before: the byte that
 * was typed before text, since one that is quoted (VLNEXT) is none. */
int pty_input_signal(int master, char before, const char *text, size_t len);

#endif
