/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/gpgv_report.h"

#include "base/cleanup.h"

#include <stdbool.h>
#include <string.h>

#define LINE_BEGIN "[GNUPG:] "

/* Fields of a line, from its keyword on. */
#define FIELD_KEY 1 /* of GOODSIG and its like */
#define FIELD_ERROR 6 /* of ERRSIG */
#define FIELD_HASH 8 /* of VALIDSIG, like the next */
#define FIELD_CLASS 9

#define ERROR_NO_KEY "9"
#define CLASS_BINARY "00"
#define CLASS_TEXT "01" /* line ends do not count, as they do not in JSON */

/* What makes a message one that does not count. */
static const struct verdict {
	const char *keyword;
	const char *reason;
	bool has_key; /* the line names a key */
} verdicts[] = {
	{ "BADSIG", "it is not the text that was signed", true },
	{ "EXPSIG", "its signature has expired", true },
	{ "EXPKEYSIG", "it is by a key that has expired", true },
	{ "REVKEYSIG", "it is by a revoked key", true },
	{ "ERRSIG", "its signature cannot be verified", true },
	{ "NODATA", "it is no signed OpenPGP message", false },
	{ "UNEXPECTED", "it is no signed OpenPGP message", false },
	{ "BADARMOR", "it is no signed OpenPGP message", false },
	{ "BEGIN_DECRYPTION", "it is encrypted", false },
	{ "ENC_TO", "it is encrypted", false },
	{ "ERROR", "gpgv cannot read it", false },
	{ "FAILURE", "gpgv cannot read it", false },
};

/* The hashes that count, by their number (RFC 4880, 9.4): SHA-256, 384, 512, 224. */
static const char *const good_hashes[] = { "8", "9", "10", "11" };

struct field {
	const char *text;
	int len;
};

static bool field_is(const struct field *field, const char *text)
{
	return (size_t)field->len == strlen(text) &&
	       memcmp(field->text, text, (size_t)field->len) == 0;
}

/* The field of that index of the line that begins at text; empty when there is none. */
static struct field find_field(const char *text, unsigned index)
{
	for (; index > 0; index--) {
		text += strcspn(text, " \n");
		text += *text == ' ';
	}
	return (struct field) { text, (int)strcspn(text, " \n") };
}

/* The next line that is one of the report, behind its beginning; NULL when there is none. */
static const char *next_line(const char **at)
{
	while (**at) {
		const char *line = *at;

		*at += strcspn(line, "\n");
		*at += **at == '\n';
		if (strncmp(line, LINE_BEGIN, strlen(LINE_BEGIN)) == 0)
			return line + strlen(LINE_BEGIN);
	}
	return NULL;
}

static unsigned count_lines(const char *report, const char *keyword)
{
	unsigned count = 0;
	const char *line;

	while ((line = next_line(&report))) {
		struct field first = find_field(line, 0);

		count += field_is(&first, keyword);
	}
	return count;
}

static int refuse_line(const char *line, const struct verdict *verdict, struct error *err)
{
	struct field key = find_field(line, FIELD_KEY);
	struct field cause = find_field(line, FIELD_ERROR);
	bool is_foreign = strcmp(verdict->keyword, "ERRSIG") == 0 && field_is(&cause, ERROR_NO_KEY);

	if (!verdict->has_key)
		return error_set(err, ERROR_VERIFY, "%s", verdict->reason);
	return error_set(err, ERROR_VERIFY, "%s (key %.*s)",
			 is_foreign ? "it is by none of the keys" : verdict->reason, key.len,
			 key.text);
}

/* Is the line one of a good signature's kind? */
static int check_line(const char *line, struct error *err)
{
	struct field keyword = find_field(line, 0);
	struct field hash = find_field(line, FIELD_HASH);
	struct field class = find_field(line, FIELD_CLASS);

	for (size_t i = 0; i < array_size(verdicts); i++)
		if (field_is(&keyword, verdicts[i].keyword))
			return refuse_line(line, &verdicts[i], err);
	if (!field_is(&keyword, "VALIDSIG"))
		return 0;
	if (!field_is(&class, CLASS_BINARY) && !field_is(&class, CLASS_TEXT))
		return error_set(err, ERROR_VERIFY, "the signature is not one of a text");
	for (size_t i = 0; i < array_size(good_hashes); i++)
		if (field_is(&hash, good_hashes[i]))
			return 0;
	return error_set(err, ERROR_VERIFY,
			 "the signature is by a hash that is broken, or not known");
}

int gpgv_report_check(const char *report, struct error *err)
{
	unsigned signatures = count_lines(report, "NEWSIG");
	const char *at = report;
	const char *line;

	if (signatures > 1)
		return error_set(err, ERROR_VERIFY, "it has %u signatures, not one", signatures);
	while ((line = next_line(&at)))
		if (check_line(line, err) < 0)
			return -1;
	if (signatures == 1 && count_lines(report, "GOODSIG") == 1 &&
	    count_lines(report, "VALIDSIG") == 1 && count_lines(report, "PLAINTEXT") == 1)
		return 0;
	return error_set(err, ERROR_VERIFY, "it is no signed OpenPGP message");
}
