/* SPDX-License-Identifier: Apache-2.0 */
#include "store/image_facts_file.h"

#include "base/number.h"
#include "system/fd.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FACTS_FILE "cache/images"
#define FACTS_HEAD "ctnr-images 2"
#define FACTS_END "end"
#define FACTS_MAX (64U << 20) /* bytes of the file: as index.json */
#define CREATED_MAX (UINT64_C(1) << 40) /* seconds: the years 0 to 9999 and more */
#define WORTH_WRITING 128 /* one new document in so many */

/* The file's text up to the next c, which becomes its end; NULL when there is none. */
static char *cut_text(char **at, char c)
{
	char *start = *at;
	char *end = strchr(start, c);

	if (!end)
		return NULL;
	*end = '\0';
	*at = end + 1;
	return start;
}

/* The next field of a line; NULL behind the last one. */
static char *next_field(char **line)
{
	char *field = *line;
	char *blank;

	if (!field)
		return NULL;
	blank = strchr(field, ' ');
	if (blank)
		*blank++ = '\0';
	*line = blank;
	return field;
}

static bool parse_number(const char *field, uint64_t max, uint64_t *ret)
{
	return field && number_parse(field, max, ret, NULL) == 0;
}

static bool parse_blob(struct image_facts_memory *memory, char *line)
{
	const char *text = next_field(&line);
	const char *size_text = next_field(&line);
	uint64_t size = FACTS_SIZE_UNKNOWN;
	struct digest digest;

	if (line || !size_text || digest_parse(text, &digest, NULL) < 0 ||
	    (strcmp(size_text, "-") != 0 && !parse_number(size_text, INT64_MAX, &size)))
		return false;
	return facts_blob_add(memory, text, size);
}

/* "-", or seconds since 1970 with their sign. */
static bool parse_created(const char *field, struct facts_document *ret)
{
	bool negative = field && *field == '-' && field[1];
	uint64_t value;

	if (!field || strcmp(field, "-") == 0)
		return field;
	if (!parse_number(field + negative, CREATED_MAX, &value))
		return false;
	ret->dated = true;
	ret->created = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

static bool parse_child(struct image_facts_memory *memory, const char *field)
{
	bool is_document = *field == '+';
	uint64_t number;

	if (!parse_number(field + is_document, memory->n_blobs - 1, &number))
		return false;
	facts_child_add(memory, (uint32_t)number | (is_document ? FACTS_CHILD_IS_DOCUMENT : 0));
	return true;
}

static bool parse_document(struct image_facts_memory *memory, char *line)
{
	struct facts_document *document;
	const char *platform;
	const char *field;
	uint64_t number;

	if (!memory->n_blobs || !parse_number(next_field(&line), memory->n_blobs - 1, &number) ||
	    memory->blobs[number].document != FACTS_NO_DOCUMENT)
		return false;
	document = facts_document_add(memory, (uint32_t)number);
	document->whole = true;
	if (!parse_created(next_field(&line), document))
		return false;
	platform = next_field(&line);
	if (!platform)
		return false;
	document->platform = platform;
	while ((field = next_field(&line)))
		if (!parse_child(memory, field))
			return false;
	return true;
}

static bool parse_file(struct image_facts_memory *memory)
{
	char *at = memory->text.data;
	char *line = cut_text(&at, '\n');

	if (!line || strcmp(line, FACTS_HEAD) != 0)
		return false;
	while ((line = cut_text(&at, '\n'))) {
		if (strcmp(line, FACTS_END) == 0)
			return at == memory->text.data + memory->text.len;
		if (!(*line >= '0' && *line <= '9' ? parse_document : parse_blob)(memory, line))
			return false;
	}
	return false;
}

/* Is it the store's owner who wrote an open file, as the layout's? */
static bool is_owners_file(const struct store *store, int fd)
{
	struct stat folder;
	struct stat file;

	return fstat(store->dirfd, &folder) == 0 && fstat(fd, &file) == 0 &&
	       S_ISREG(file.st_mode) && file.st_uid == folder.st_uid;
}

static bool read_file(struct image_facts_memory *memory)
{
	autoclose int fd = openat(memory->store->dirfd, FACTS_FILE,
				  O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	return fd >= 0 && is_owners_file(memory->store, fd) &&
	       fd_read_rest(fd, FACTS_MAX, &memory->text, NULL) == 0 && parse_file(memory);
}

void facts_file_read(struct image_facts_memory *memory)
{
	if (!read_file(memory))
		facts_forget(memory);
	memory->n_remembered = memory->n_documents;
}

/* Is the document one that the file is to have? */
static bool is_worth_saving(const struct facts_document *document)
{
	return document->used && document->whole;
}

/* Append the blob's line when the file has none yet. */
static void save_blob(struct image_facts_memory *memory, uint32_t number, uint32_t *n_saved,
		      struct str *out)
{
	struct facts_blob *blob = &memory->blobs[number];

	if (blob->saved)
		return;
	blob->saved = ++*n_saved;
	if (blob->size == FACTS_SIZE_UNKNOWN)
		str_appendf(out, "%s -\n", blob->digest);
	else
		str_appendf(out, "%s %" PRIu64 "\n", blob->digest, blob->size);
}

static void save_document(const struct image_facts_memory *memory,
			  const struct facts_document *document, struct str *out)
{
	str_appendf(out, "%" PRIu32 " ", memory->blobs[document->blob].saved - 1);
	if (document->dated)
		str_appendf(out, "%" PRId64, document->created);
	else
		str_append_char(out, '-');
	str_appendf(out, " %s", document->platform);
	for (uint32_t i = 0; i < document->n_children; i++) {
		uint32_t child = memory->children[document->first_child + i];

		str_appendf(out, " %s%" PRIu32, child & FACTS_CHILD_IS_DOCUMENT ? "+" : "",
			    memory->blobs[child & ~FACTS_CHILD_IS_DOCUMENT].saved - 1);
	}
	str_append_char(out, '\n');
}

/* The file of all that was used. */
static void save_lines(struct image_facts_memory *memory, struct str *out)
{
	uint32_t n_blobs = 0;

	str_append(out, FACTS_HEAD "\n");
	for (uint32_t i = 0; i < memory->n_documents; i++) {
		const struct facts_document *document = &memory->documents[i];

		if (!is_worth_saving(document))
			continue;
		save_blob(memory, document->blob, &n_blobs, out);
		for (uint32_t c = 0; c < document->n_children; c++)
			save_blob(memory,
				  memory->children[document->first_child + c] &
					  ~FACTS_CHILD_IS_DOCUMENT,
				  &n_blobs, out);
		save_document(memory, document, out);
	}
	str_append(out, FACTS_END "\n");
}

/* May this process write the file, and has it more to say than the one that is there? */
static bool should_save(const struct image_facts_memory *memory)
{
	uint32_t used = 0;
	struct stat st;

	for (uint32_t i = 0; i < memory->n_documents; i++)
		used += is_worth_saving(&memory->documents[i]);
	if ((uint64_t)memory->n_learned * WORTH_WRITING <= used &&
	    (uint64_t)used * 2 >= memory->n_remembered)
		return false;
	return memory->store->writable && fstat(memory->store->dirfd, &st) == 0 &&
	       st.st_uid == geteuid();
}

void facts_file_write(struct image_facts_memory *memory)
{
	autostr struct str lines = STR_INIT;

	if (!should_save(memory))
		return;
	save_lines(memory, &lines);
	if (lines.len <= FACTS_MAX)
		file_remember_at(memory->store->dirfd, FACTS_FILE, lines.data, lines.len);
}
