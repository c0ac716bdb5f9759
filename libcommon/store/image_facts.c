/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blobs and documents are known by their numbers, the places in their arrays, because the arrays move
 * while a walk over the documents learns of others.
 */
#include "store/image_facts.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/number.h"
#include "oci/image_config.h"
#include "oci/media_type.h"
#include "system/fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FACTS_FOLDER "cache"
#define FACTS_FILE FACTS_FOLDER "/images"
#define FACTS_HEAD "ctnr-images 1"
#define FACTS_END "end"
#define FACTS_MAX (64U << 20) /* bytes of the file: as index.json */
#define NONE UINT32_MAX
#define CHILD_IS_DOCUMENT (1U << 31) /* in a child's number */
#define SLOTS_MIN 128 /* a power of two */
#define ARRAY_MIN 64 /* elements to begin with */
#define WORTH_WRITING 128 /* one new document in so many */
#define NAMES_READ 4 /* names of a folder that are read for each blob that is known */

/* Of the fields of a platform in the file. */
#define PLATFORM_CHARACTERS \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
	"0123456789_.-"

#define GO_ZERO_TIME INT64_C(-62135596800) /* 0001-01-01T00:00:00Z: of Go's programs, no time */

enum presence {
	BLOB_UNSEEN,
	BLOB_THERE,
	BLOB_ABSENT,
};

struct facts_blob {
	const char *digest; /* within the file's text, or owned by the list of strings */
	uint64_t size; /* UINT64_MAX: not known */
	uint32_t document; /* that it is, or NONE */
	uint32_t round; /* of image_facts_find() that has counted it */
	uint32_t saved; /* its number in the file that is being written */
	enum presence presence;
};

struct facts_document {
	uint32_t blob;
	uint32_t first_child;
	uint32_t n_children;
	bool used; /* asked for in this process */
	bool whole; /* all that it says was there and could be read: worth remembering */
	bool dated;
	int64_t created;
	const char *platform; /* as in the file; "-": not known */
};

struct image_facts_memory {
	const struct store *store;
	const struct layout *layout;
	struct str text; /* of the file, cut into strings */
	struct strlist strings; /* what was learned */
	struct facts_blob *blobs;
	uint32_t n_blobs;
	uint32_t *slots; /* hash table of blobs: number + 1, or 0 */
	uint32_t n_slots; /* a power of two */
	struct facts_document *documents;
	uint32_t n_documents;
	uint32_t *children;
	uint32_t n_children;
	uint32_t n_remembered; /* documents that were in the file */
	uint32_t n_learned; /* whole ones that were not */
	uint32_t round;
};

/* Room for one more element in an array of n, which doubles whenever it is full. */
static void *grow_array(void *array, uint32_t n, size_t size)
{
	if (n && (n < ARRAY_MIN || (n & (n - 1)) != 0))
		return array;
	return xrealloc(array, n < ARRAY_MIN ? ARRAY_MIN : 2 * (size_t)n, size);
}

/* Digests are as good as random: some digits of one are its hash. */
static uint32_t hash_digest(const char *text)
{
	uint64_t digits;

	memcpy(&digits, strchr(text, ':') + 1, sizeof(digits));
	return (uint32_t)((digits * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

/* The slot of a digest, or the free one where it belongs. */
static uint32_t *find_slot(const struct image_facts_memory *memory, const char *digest)
{
	uint32_t mask = memory->n_slots - 1;

	for (uint32_t i = hash_digest(digest) & mask;; i = (i + 1) & mask) {
		uint32_t *slot = &memory->slots[i];

		if (!*slot || strcmp(memory->blobs[*slot - 1].digest, digest) == 0)
			return slot;
	}
}

/* At most half of the slots are taken. */
static void grow_slots(struct image_facts_memory *memory)
{
	if (2 * (memory->n_blobs + 1) <= memory->n_slots)
		return;
	memory->n_slots *= 2;
	free(memory->slots);
	memory->slots = xcalloc(memory->n_slots, sizeof(*memory->slots));
	for (uint32_t i = 0; i < memory->n_blobs; i++)
		*find_slot(memory, memory->blobs[i].digest) = i + 1;
}

/* digest stays where it is. */
static uint32_t add_blob(struct image_facts_memory *memory, uint32_t *slot, const char *digest,
			 uint64_t size)
{
	memory->blobs = grow_array(memory->blobs, memory->n_blobs, sizeof(*memory->blobs));
	memory->blobs[memory->n_blobs] =
		(struct facts_blob) { .digest = digest, .size = size, .document = NONE };
	*slot = memory->n_blobs + 1;
	return memory->n_blobs++;
}

/* The number of a blob, known or new. */
static uint32_t number_blob(struct image_facts_memory *memory, const struct digest *digest)
{
	uint32_t *slot;

	grow_slots(memory);
	slot = find_slot(memory, digest->text);
	if (*slot)
		return *slot - 1;
	strlist_append(&memory->strings, digest->text);
	return add_blob(memory, slot, memory->strings.items[memory->strings.len - 1], UINT64_MAX);
}

static void add_child(struct image_facts_memory *memory, uint32_t child)
{
	memory->children =
		grow_array(memory->children, memory->n_children, sizeof(*memory->children));
	memory->children[memory->n_children++] = child;
	memory->documents[memory->n_documents - 1].n_children++;
}

/* A document without children yet: those that are added next are its. */
static struct facts_document *add_document(struct image_facts_memory *memory, uint32_t blob)
{
	struct facts_document *document;

	memory->documents =
		grow_array(memory->documents, memory->n_documents, sizeof(*memory->documents));
	document = &memory->documents[memory->n_documents];
	*document = (struct facts_document) { .blob = blob,
					      .first_child = memory->n_children,
					      .platform = "-" };
	memory->blobs[blob].document = memory->n_documents++;
	return document;
}

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
	uint64_t size = UINT64_MAX;
	struct digest digest;
	uint32_t *slot;

	if (line || !size_text || digest_parse(text, &digest, NULL) < 0 ||
	    (strcmp(size_text, "-") != 0 && !parse_number(size_text, INT64_MAX, &size)))
		return false;
	grow_slots(memory);
	slot = find_slot(memory, text);
	if (*slot)
		return false;
	add_blob(memory, slot, text, size);
	return true;
}

/* "-", or seconds since 1970 with their sign. */
static bool parse_created(const char *field, struct facts_document *ret)
{
	bool negative = field && *field == '-' && field[1];
	uint64_t value;

	if (!field || strcmp(field, "-") == 0)
		return field;
	if (!parse_number(field + negative, INT64_MAX, &value))
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
	add_child(memory, (uint32_t)number | (is_document ? CHILD_IS_DOCUMENT : 0));
	return true;
}

static bool parse_document(struct image_facts_memory *memory, char *line)
{
	struct facts_document *document;
	const char *platform;
	const char *field;
	uint64_t number;

	if (!memory->n_blobs || !parse_number(next_field(&line), memory->n_blobs - 1, &number) ||
	    memory->blobs[number].document != NONE)
		return false;
	document = add_document(memory, (uint32_t)number);
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

static void forget_everything(struct image_facts_memory *memory)
{
	str_clear(&memory->text);
	memset(memory->slots, 0, memory->n_slots * sizeof(*memory->slots));
	memory->n_blobs = 0;
	memory->n_documents = 0;
	memory->n_children = 0;
}

/* Ask for one blob. */
static void look_for_blob(const struct image_facts_memory *memory, struct facts_blob *blob)
{
	char path[LAYOUT_BLOB_PATH_MAX];
	struct digest digest;
	struct stat st;

	blob->presence = BLOB_ABSENT;
	if (digest_parse(blob->digest, &digest, NULL) < 0 ||
	    fstatat(memory->layout->dirfd, layout_blob_path(&digest, path), &st,
		    AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return;
	blob->presence = BLOB_THERE;
	blob->size = (uint64_t)st.st_size;
}

/* Mark the blob of a name in a folder as there. False: what kind of file has the name is not known. */
static bool see_name(struct image_facts_memory *memory, const char *algorithm,
		     const struct dirent *entry)
{
	char text[DIGEST_TEXT_MAX];
	uint32_t slot;
	size_t len = (size_t)snprintf(text, sizeof(text), "%s:%s", algorithm, entry->d_name);

	/* Not all filesystems tell. */
	if (entry->d_type == DT_UNKNOWN)
		return false;
	if (entry->d_type != DT_REG || len >= sizeof(text) ||
	    len < strlen(algorithm) + 1 + sizeof(uint64_t))
		return true;
	slot = *find_slot(memory, text);
	if (slot)
		memory->blobs[slot - 1].presence = BLOB_THERE;
	return true;
}

/* Look which blobs are there, by the names in a folder. False: not all names were seen, or there are so
 * many others that asking for each blob is cheaper. */
static bool see_folder(struct image_facts_memory *memory, enum digest_algorithm algorithm)
{
	const char *name = digest_algorithm_name(algorithm);
	autofree char *path = xasprintf("blobs/%s", name);
	int fd = openat(memory->layout->dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	uint64_t left = (uint64_t)NAMES_READ * memory->n_blobs;
	const struct dirent *entry;

	if (!folder) {
		bool is_absent = errno == ENOENT;

		fd_close(&fd);
		return is_absent;
	}
	while ((entry = readdir(folder)) && left && see_name(memory, name, entry))
		left--;
	closedir(folder);
	return !entry;
}

/* Look which of the blobs are there that the file names. */
static void see_folders(struct image_facts_memory *memory)
{
	bool all_seen = memory->n_blobs > 0;

	for (int i = 0; i < DIGEST_ALGORITHM_MAX && all_seen; i++)
		all_seen = see_folder(memory, (enum digest_algorithm)i);
	for (uint32_t i = 0; i < memory->n_blobs && all_seen; i++)
		if (memory->blobs[i].presence == BLOB_UNSEEN)
			memory->blobs[i].presence = BLOB_ABSENT;
}

struct image_facts_memory *image_facts_open(const struct store *store, const struct layout *layout)
{
	struct image_facts_memory *memory = xcalloc(1, sizeof(*memory));

	*memory = (struct image_facts_memory) {
		.store = store, .layout = layout, .text = STR_INIT, .n_slots = SLOTS_MIN
	};
	memory->slots = xcalloc(memory->n_slots, sizeof(*memory->slots));
	if (!read_file(memory))
		forget_everything(memory);
	memory->n_remembered = memory->n_documents;
	see_folders(memory);
	return memory;
}

void image_facts_free(struct image_facts_memory *memory)
{
	if (!memory)
		return;
	str_release(&memory->text);
	strlist_release(&memory->strings);
	free(memory->blobs);
	free(memory->slots);
	free(memory->documents);
	free(memory->children);
	free(memory);
}

/* Is the blob of that number there, and how large is it then? */
static bool blob_is_there(struct image_facts_memory *memory, uint32_t number)
{
	struct facts_blob *blob = &memory->blobs[number];

	if (blob->presence == BLOB_UNSEEN ||
	    (blob->presence == BLOB_THERE && blob->size == UINT64_MAX))
		look_for_blob(memory, blob);
	return blob->presence == BLOB_THERE;
}

/* Add what a member of a document names, a descriptor, to its children. Returns false when that is there and
 * of another size, and so is damaged. */
static bool learn_child(struct image_facts_memory *memory, const json_t *descriptor, uint32_t kind)
{
	const char *text = json_text(json_object_get(descriptor, "digest"));
	json_int_t size = json_integer_value(json_object_get(descriptor, "size"));
	struct digest digest;
	uint32_t number;

	if (!text || digest_parse(text, &digest, NULL) < 0)
		return true;
	number = number_blob(memory, &digest);
	add_child(memory, number | kind);
	return !blob_is_there(memory, number) || memory->blobs[number].size == (uint64_t)size;
}

/* Add what a document names to its children. Returns false when some of that is damaged. */
static bool learn_children(struct image_facts_memory *memory, const json_t *json)
{
	const json_t *config = json_object_get(json, "config");
	bool whole = !config || learn_child(memory, config, 0);
	size_t i;
	json_t *entry;

	json_array_foreach (json_object_get(json, "layers"), i, entry)
		whole = learn_child(memory, entry, 0) && whole;
	json_array_foreach (json_object_get(json, "manifests"), i, entry)
		whole = learn_child(memory, entry, CHILD_IS_DOCUMENT) && whole;
	return whole;
}

/* "linux/arm/v7/" for the file, new; "-" for what has no os, NULL where a field has characters that the
 * file cannot have. */
static char *platform_to_field(const struct platform *platform)
{
	autofree char *field = xasprintf("%s/%s/%s/%s", platform->os, platform->architecture,
					 platform->variant, platform->os_version);
	size_t slashes = 0;

	if (!platform->os[0])
		return xstrdup("-");
	for (const char *c = field; *c; c++)
		if (*c == '/')
			slashes++;
		else if (!strchr(PLATFORM_CHARACTERS, *c))
			return NULL;
	return slashes == 3 ? steal(&field) : NULL;
}

/* What the config of a manifest says. Returns false when it should be asked again. */
static bool learn_config(struct image_facts_memory *memory, const struct descriptor *descriptor,
			 struct facts_document *document)
{
	autoimageconfig struct image_config config = IMAGE_CONFIG_INIT;
	autojson json_t *other = NULL;
	const json_t *json;
	const char *created;
	char *platform;

	if (image_config_read(memory->layout, descriptor, &config, NULL) < 0)
		other = image_config_read_json(memory->layout, descriptor, NULL);
	json = config.json ? config.json : other;
	if (!json)
		return false;
	created = json_text(json_object_get(json, "created"));
	document->dated = created && clock_parse_rfc3339(created, &document->created) &&
			  document->created != GO_ZERO_TIME;
	platform = platform_to_field(&config.platform);
	if (!platform)
		return false;
	strlist_take(&memory->strings, platform);
	document->platform = platform;
	return true;
}

/* Read the document of that number. */
static void learn_document(struct image_facts_memory *memory, uint32_t number)
{
	char path[LAYOUT_BLOB_PATH_MAX];
	autostr struct str text = STR_INIT;
	automanifest struct manifest manifest = MANIFEST_INIT;
	struct facts_document *document = add_document(memory, number);
	autojson json_t *other = NULL;
	struct digest digest;

	if (digest_parse(memory->blobs[number].digest, &digest, NULL) < 0 ||
	    file_read_at(memory->layout->dirfd, layout_blob_path(&digest, path), MANIFEST_MAX,
			 &text, NULL) < 0)
		return;
	if (manifest_parse(text.data, text.len, NULL, &manifest, NULL) == 0)
		document->whole = learn_config(memory, &manifest.config, document);
	else
		document->whole = (other = json_parse(text.data, text.len, path, NULL));
	if (!learn_children(memory, manifest.json ? manifest.json : other))
		document->whole = false;
	memory->n_learned += document->whole;
}

/* Bytes of a blob, and of all that it reaches where it is a document, of what this round has not counted
 * yet. */
static uint64_t count_bytes(struct image_facts_memory *memory, uint32_t child, int depth)
{
	uint32_t number = child & ~CHILD_IS_DOCUMENT;
	uint32_t document;
	uint64_t size;

	if (memory->blobs[number].round == memory->round)
		return 0;
	memory->blobs[number].round = memory->round;
	if (!blob_is_there(memory, number))
		return 0;
	size = memory->blobs[number].size;
	if (!(child & CHILD_IS_DOCUMENT) || depth > INDEX_NESTING_MAX)
		return size;
	if (memory->blobs[number].document == NONE)
		learn_document(memory, number);
	document = memory->blobs[number].document;
	memory->documents[document].used = true;
	for (uint32_t i = 0; i < memory->documents[document].n_children; i++) {
		uint32_t place = memory->documents[document].first_child + i;

		size += count_bytes(memory, memory->children[place], depth + 1);
	}
	return size;
}

/* "-", or what platform_to_field() made. */
static void platform_from_field(const char *field, struct platform *ret)
{
	struct {
		char *text;
		size_t size;
	} fields[] = {
		{ ret->os, sizeof(ret->os) },
		{ ret->architecture, sizeof(ret->architecture) },
		{ ret->variant, sizeof(ret->variant) },
		{ ret->os_version, sizeof(ret->os_version) },
	};

	*ret = (struct platform) { .os = "" };
	for (size_t i = 0; i < array_size(fields) && strchr(field, '/'); i++) {
		size_t len = strcspn(field, "/");

		snprintf(fields[i].text, fields[i].size, "%.*s", (int)len, field);
		field += len + (field[len] == '/');
	}
}

void image_facts_find(struct image_facts_memory *memory, const struct descriptor *descriptor,
		      const char *source, struct image_facts *ret)
{
	uint32_t number = number_blob(memory, &descriptor->digest);
	const struct facts_document *document;
	struct digest digest;

	*ret = (struct image_facts) { .dated = false };
	memory->round++;
	ret->size = count_bytes(memory, number | CHILD_IS_DOCUMENT, 0);
	if (source && digest_parse(source, &digest, NULL) == 0)
		ret->size +=
			count_bytes(memory, number_blob(memory, &digest) | CHILD_IS_DOCUMENT, 0);
	if (memory->blobs[number].document == NONE ||
	    memory->blobs[number].presence != BLOB_THERE ||
	    memory->blobs[number].size != descriptor->size ||
	    media_type_kind(descriptor->media_type) != MEDIA_MANIFEST)
		return;
	document = &memory->documents[memory->blobs[number].document];
	ret->dated = document->dated;
	ret->created = document->created;
	platform_from_field(document->platform, &ret->platform);
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
	if (blob->size == UINT64_MAX)
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

		str_appendf(out, " %s%" PRIu32, child & CHILD_IS_DOCUMENT ? "+" : "",
			    memory->blobs[child & ~CHILD_IS_DOCUMENT].saved - 1);
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
				  memory->children[document->first_child + c] & ~CHILD_IS_DOCUMENT,
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

void image_facts_save(struct image_facts_memory *memory)
{
	autostr struct str lines = STR_INIT;

	if (!should_save(memory))
		return;
	save_lines(memory, &lines);
	if (dir_make_at(memory->store->dirfd, FACTS_FOLDER, 0700, NULL) == 0)
		file_write_at(memory->store->dirfd, FACTS_FILE, lines.data, lines.len, 0600,
			      FILE_NO_SYNC, NULL);
}
