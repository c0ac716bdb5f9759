/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/owners_table.h"

#include "base/alloc.h"
#include "base/fnv.h"
#include "system/fd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

void owners_table_release(struct owners_table *table)
{
	if (!table)
		return;
	str_release(&table->text);
	free(table->slots);
	*table = (struct owners_table)OWNERS_TABLE_INIT;
}

/* The notation of the path of the line that begins at offset: it ends before the newline. */
static const char *path_of_line(const struct owners_table *table, size_t offset)
{
	return strchr(table->text.data + offset, '/');
}

static size_t line_len(const char *text)
{
	return (size_t)(strchrnul(text, '\n') - text);
}

static uint64_t hash_notation(const struct owners_table *table, const char *notation, size_t len)
{
	uint64_t hash = fnv_add(FNV_START ^ table->seed, notation, len);

	return hash ^ hash >> 32;
}

static uint32_t *find_slot(const struct owners_table *table, const char *notation, size_t len)
{
	size_t i = hash_notation(table, notation, len) & (table->capacity - 1);

	for (; table->slots[i]; i = (i + 1) & (table->capacity - 1)) {
		const char *known = path_of_line(table, table->slots[i] - 1);

		if (strncmp(known, notation, len) == 0 && known[len] == '\n')
			break;
	}
	return &table->slots[i];
}

static void grow_table(struct owners_table *table)
{
	autofree uint32_t *old = table->slots;
	size_t old_capacity = table->capacity;

	if (!old)
		table->seed = fnv_seed();
	table->capacity = old ? old_capacity * 2 : 64;
	table->slots = xcalloc(table->capacity, sizeof(table->slots[0]));
	for (size_t i = 0; i < old_capacity; i++) {
		const char *path = old[i] ? path_of_line(table, old[i] - 1) : NULL;

		if (path)
			*find_slot(table, path, line_len(path)) = old[i];
	}
}

/* The line at offset is the last one for its path. */
static void index_line(struct owners_table *table, size_t offset)
{
	const char *path;
	uint32_t *slot;

	if (table->len * 4 >= table->capacity * 3)
		grow_table(table);
	path = path_of_line(table, offset);
	slot = find_slot(table, path, line_len(path));
	table->len += *slot == 0;
	*slot = (uint32_t)offset + 1;
}

void owners_table_add(struct owners_table *table, const char *line, size_t len)
{
	size_t offset = table->text.len;

	str_append_bytes(&table->text, line, len);
	index_line(table, offset);
}

static int read_owners(int fd, struct str *ret, struct error *err)
{
	struct stat st;
	ssize_t len;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot stat '%s'", OWNERS_FILE);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_FAILED, "'%s' is not a regular file", OWNERS_FILE);
	if (st.st_size == 0)
		return 0;
	if (st.st_size > OWNERS_MAX)
		return error_set(err, ERROR_FAILED, "'%s' is larger than %u bytes", OWNERS_FILE,
				 OWNERS_MAX);
	str_reserve(ret, (size_t)st.st_size);
	len = fd_pread_full(fd, ret->data, (size_t)st.st_size, 0);
	if (len < 0)
		return error_errno(err, "cannot read '%s'", OWNERS_FILE);
	if (len < st.st_size)
		return error_set(err, ERROR_FAILED, "'%s' became shorter while it was read",
				 OWNERS_FILE);
	ret->len = (size_t)len;
	ret->data[ret->len] = '\0';
	return 0;
}

int owners_table_read(struct owners_table *ret, int fd, struct error *err)
{
	unsigned int number = 1;

	owners_table_release(ret);
	if (read_owners(fd, &ret->text, err) < 0)
		return -1;
	for (size_t at = 0; at < ret->text.len; number++) {
		const char *line = ret->text.data + at;
		size_t len = line_len(line);
		struct owners_record record;

		if (line[len] != '\n' || owners_parse(line, len, &record, NULL) < 0) {
			owners_table_release(ret);
			return error_set(err, ERROR_FAILED, "'%s': line %u is damaged", OWNERS_FILE,
					 number);
		}
		index_line(ret, at);
		at += len + 1;
	}
	return 0;
}

bool owners_table_find(const struct owners_table *table, const char *path,
		       struct owners_record *ret)
{
	autostr struct str notation = STR_INIT;
	const char *line;
	uint32_t slot;

	if (table->len == 0)
		return false;
	owners_format_path(&notation, path);
	slot = *find_slot(table, notation.data, notation.len);
	if (!slot)
		return false;
	line = table->text.data + slot - 1;
	return owners_parse(line, line_len(line), ret, NULL) == 0;
}

static void forget_tables(struct owners_stack *stack)
{
	for (size_t i = 0; stack->tables && i < stack->n_dirfds; i++) {
		owners_table_release(&stack->tables[i]);
		stack->is_read[i] = false;
	}
	stack->kept = 0;
}

void owners_stack_release(struct owners_stack *stack)
{
	if (!stack)
		return;
	forget_tables(stack);
	free(steal(&stack->tables));
	free(steal(&stack->is_read));
}

/* Open the file beside a directory: -EBADF when there is none, -1. */
static int open_file_beside(int dirfd, struct error *err)
{
	int fd = openat(dirfd, "../" OWNERS_FILE,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 && errno != ENOENT)
		return error_errno(err, "cannot open '%s'", OWNERS_FILE);
	return fd < 0 ? -EBADF : fd;
}

static int read_file(struct owners_stack *stack, size_t index, int fd, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot stat '%s'", OWNERS_FILE);
	if (st.st_size == 0)
		return 0;
	if (stack->kept + (size_t)st.st_size > OWNERS_MAX)
		forget_tables(stack);
	if (owners_table_read(&stack->tables[index], fd, err) < 0)
		return -1;
	stack->kept += stack->tables[index].text.len;
	return 0;
}

static int read_table(struct owners_stack *stack, size_t index, struct error *err)
{
	autoclose int beside = -EBADF;
	int fd;

	if (!stack->files) {
		beside = open_file_beside(stack->dirfds[index], err);
		if (beside == -1)
			return -1;
	}
	fd = stack->files ? stack->files[index] : beside;
	if (fd >= 0 && read_file(stack, index, fd, err) < 0)
		return -1;
	stack->is_read[index] = true;
	return 0;
}

int owners_stack_find(struct owners_stack *stack, size_t index, const char *path,
		      struct owners_record *ret, struct error *err)
{
	if (!stack->tables) {
		stack->tables = xcalloc(stack->n_dirfds, sizeof(stack->tables[0]));
		stack->is_read = xcalloc(stack->n_dirfds, sizeof(stack->is_read[0]));
		for (size_t i = 0; i < stack->n_dirfds; i++)
			stack->tables[i] = (struct owners_table)OWNERS_TABLE_INIT;
	}
	if (!stack->is_read[index] && read_table(stack, index, err) < 0)
		return -1;
	return owners_table_find(&stack->tables[index], path, ret);
}
