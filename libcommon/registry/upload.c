/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/upload.h"

#include "base/alloc.h"
#include "base/number.h"
#include "registry/refusal.h"
#include "registry/stored_digest.h"
#include "registry/upload_course.h"
#include "system/fd.h"

#include <errno.h>
#include <string.h>

#define MOUNTS_MAX 4 /* repositories that are asked for one blob */
#define ANSWER_MAX (64U << 10) /* bytes; nothing in them is of interest */

/* Does the answer name another size than the blob's? Some registries say 0 to every HEAD. */
static bool has_other_size(const struct http_response *response, uint64_t size)
{
	const char *text = http_header(response, "content-length", 0);
	uint64_t length;

	return text && number_parse(text, UINT64_MAX, &length, NULL) == 0 && length &&
	       length != size;
}

int upload_has_blob(struct session *session, struct http *http, const struct descriptor *blob,
		    struct error *err)
{
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	autofree char *path = xasprintf("blobs/%s", blob->digest.text);
	struct session_request request = {
		.path = path,
		.http = { .method = HTTP_HEAD },
	};

	if (session_send(session, http, &request, &response, err) < 0)
		return -1;
	if (session_is_temporary(session, http, 0, &response, NULL))
		return refusal_error(session, &response, err);
	/* Where even asking is refused, what refuses to take the blob says why. */
	return response.status == 200 && !has_other_size(&response, blob->size);
}

/* Ask another repository for the blob. Whatever fails here is no failure: the blob is sent then. */
static bool mount_blob(struct upload_course *c, const char *repository)
{
	int state;

	/* An upload that the last repository was answered with. */
	blob_upload_cancel(&c->u);
	blob_upload_forget(&c->u);
	state = blob_upload_begin(&c->u, repository, &c->response, NULL);
	if (state < 0)
		blob_upload_forget(&c->u);
	return state == BLOB_UPLOAD_MOUNTED &&
	       stored_digest_check(&c->response, &c->upload->blob->digest, NULL) == 0;
}

static bool mount_from_any(struct upload_course *c)
{
	const struct strlist *repositories = c->upload->mount_from;

	for (size_t i = 0; repositories && i < repositories->len && i < MOUNTS_MAX; i++)
		if (mount_blob(c, repositories->items[i]))
			return true;
	return false;
}

int upload_blob(struct session *session, struct http *http, const struct upload *upload,
		struct progress *progress, size_t task, struct error *err)
{
	autouploadcourse struct upload_course c = { .upload = upload,
						    .response = HTTP_RESPONSE_INIT };
	autoclose int fd = -EBADF;
	int is_present =
		upload->sends_always ? 0 : upload_has_blob(session, http, upload->blob, err);

	if (is_present)
		return is_present < 0 ? -1 : UPLOAD_PRESENT;
	fd = layout_open_blob(upload->layout, upload->blob, err);
	if (fd < 0)
		return -1;
	c.u = (struct blob_upload) { .session = session,
				     .http = http,
				     .blob = upload->blob,
				     .fd = fd,
				     .progress = progress,
				     .task = task };
	if (!upload->sends_always && mount_from_any(&c))
		return UPLOAD_MOUNTED;
	return upload_course_run(&c, err) < 0 ? -1 : UPLOAD_SENT;
}

static ssize_t read_document(void *data, void *buffer, size_t len, uint64_t offset,
			     struct error *err)
{
	const struct document *document = data;

	(void)err;
	memcpy(buffer, document->bytes.data + offset, len);
	return (ssize_t)len;
}

int upload_document(struct session *session, struct http *http, const struct document *document,
		    const char *tag, bool *ret_indexes_subject, struct error *err)
{
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	autofree char *path = xasprintf("manifests/%s", tag ? tag : document->digest.text);
	const struct http_body body = { .length = document->bytes.len,
					.type = document->media_type,
					.read = read_document,
					.data = (void *)document };
	struct session_request request = {
		.path = path,
		.http = { .method = HTTP_PUT, .body = &body, .max = ANSWER_MAX },
	};

	if (session_send(session, http, &request, &response, err) < 0)
		return -1;
	if (response.status / 100 != 2) {
		refusal_error(session, &response, err);
		return refusal_misses_blob(&response) ? UPLOAD_LACKS_BLOB : -1;
	}
	if (stored_digest_check(&response, &document->digest, err) < 0)
		return -1;
	if (ret_indexes_subject)
		*ret_indexes_subject = http_header(&response, "oci-subject", 0) != NULL;
	return 0;
}
