/* Opening, closing and describing tables. */
#include "clawrt_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ORDER STATUS */
static const char *const messages[CLAWRT_STATUS_COUNT] = {
    [CLAWRT_OK] = "no error",
    [CLAWRT_NO_AGENT] = "no agent owns this message; the gateway would raise "
                        "AgentSelectionRequiredError",
    [CLAWRT_SMALL_BUFFER] = "the buffer is too small for this query",
    [CLAWRT_LONG_TEXT] = "a text of the query is too long",
    [CLAWRT_CANNOT_OPEN] = "the table cannot be opened",
    [CLAWRT_NO_MEMORY] = "there is no memory left to map the table",
    [CLAWRT_NOT_A_TABLE] = "this is not a routing table",
    [CLAWRT_BYTE_ORDER] = "the bytes of this table are in the wrong order",
    [CLAWRT_NEWER_FORMAT] = "the table was written in a newer format than this reader knows; "
                            "update the reader or compile the table with an older clawc",
    [CLAWRT_OLDER_FORMAT] = "the table was written in an older format than this reader knows; "
                            "compile it again",
    [CLAWRT_WRONG_SIZE] = "the table is cut short or has bytes too many",
    [CLAWRT_BAD_HEADER] = "the table's header is damaged",
    [CLAWRT_BAD_CHECKSUM] = "the table is damaged: its checksum is wrong",
    [CLAWRT_DAMAGED] = "the table is damaged: a record points outside its section",
};

const char *clawrt_strerror(enum clawrt_status status) {
    size_t i = (size_t)status;
    return i < CLAWRT_STATUS_COUNT ? messages[i] : "unknown error";
}

/* ---- the header ------------------------------------------------------------------------------ */

/* What must be right before the rest of the header can be believed. */
static enum clawrt_status check_kind(const unsigned char *p, size_t size) {
    size_t n = size < sizeof CLAWT_MAGIC - 1 ? size : sizeof CLAWT_MAGIC - 1;
    if (n == 0 || memcmp(p, CLAWT_MAGIC, n) != 0) return CLAWRT_NOT_A_TABLE;
    if (size < CLAWT_HEADER_SIZE) return CLAWRT_WRONG_SIZE;
    if (clawt_get32(p + CLAWT_H_BYTE_ORDER) != CLAWT_BYTE_ORDER) return CLAWRT_BYTE_ORDER;
    uint32_t major = clawt_get16(p + CLAWT_H_MAJOR);
    if (major > CLAWT_MAJOR) return CLAWRT_NEWER_FORMAT;
    if (major < CLAWT_MAJOR) return CLAWRT_OLDER_FORMAT;
    return CLAWRT_OK;
}

static enum clawrt_status check_sizes(const unsigned char *p, size_t size) {
    uint32_t header = clawt_get32(p + CLAWT_H_HEADER_SIZE);
    if (header < CLAWT_HEADER_SIZE || header > CLAWT_HEADER_MAX) return CLAWRT_BAD_HEADER;
    if (header > size || clawt_get64(p + CLAWT_H_FILE_SIZE) != size) return CLAWRT_WRONG_SIZE;
    uint32_t at = header - (uint32_t)sizeof(uint64_t);
    if (clawt_checksum(p, at) != clawt_get64(p + at)) return CLAWRT_BAD_HEADER;
    return CLAWRT_OK;
}

static enum clawrt_status read_header(struct clawrt *t, const unsigned char *p, size_t size) {
    if (clawt_get32(p + CLAWT_H_RULES) & ~(uint32_t)CLAWT_RULES_KNOWN) return CLAWRT_NEWER_FORMAT;
    if (!clawt_view_init(&t->view, p, size)) return CLAWRT_BAD_HEADER;
    t->seed = clawt_get64(p + CLAWT_H_SEED);
    t->rules = clawt_get32(p + CLAWT_H_RULES);
    t->default_agent = clawt_get32(p + CLAWT_H_DEFAULT_AGENT);
    t->longest_name = clawt_get32(p + CLAWT_H_LONGEST_NAME);
    t->dm_scope = p[CLAWT_H_DM_SCOPE];
    t->group_scope = p[CLAWT_H_GROUP_SCOPE];
    bool agent = t->default_agent == CLAWT_NONE || t->default_agent < t->view.count[CLAWT_AGENTS];
    if (!agent || t->dm_scope > DM_PER_ACCOUNT_CHANNEL_PEER || t->group_scope > GROUP_MAIN ||
        t->longest_name > t->view.count[CLAWT_POOL] ||
        p[CLAWT_H_GATEWAY_LENGTH] > CLAWT_GATEWAY_MAX)
        return CLAWRT_BAD_HEADER;
    return CLAWRT_OK;
}

enum clawrt_status clawrt_open_memory(const void *bytes, size_t size, struct clawrt **table) {
    *table = NULL;
    enum clawrt_status status = check_kind(bytes, size);
    if (status == CLAWRT_OK) status = check_sizes(bytes, size);
    if (status != CLAWRT_OK) return status;
    struct clawrt *t = calloc(1, sizeof *t);
    if (!t) return CLAWRT_NO_MEMORY;
    status = read_header(t, bytes, size);
    if (status == CLAWRT_OK)
        *table = t;
    else
        free(t);
    return status;
}

/* ---- files ----------------------------------------------------------------------------------- */

static enum clawrt_status map_file(int fd, void **map, size_t *size) {
    struct stat st;
    if (fstat(fd, &st) != 0) return CLAWRT_CANNOT_OPEN;
    if (!S_ISREG(st.st_mode) || st.st_size <= 0) return CLAWRT_NOT_A_TABLE;
    if ((uintmax_t)st.st_size > SIZE_MAX) return CLAWRT_NO_MEMORY;
    *size = (size_t)st.st_size;
    *map = mmap(NULL, *size, PROT_READ, MAP_SHARED, fd, 0);
    return *map == MAP_FAILED ? CLAWRT_NO_MEMORY : CLAWRT_OK;
}

enum clawrt_status clawrt_open(const char *path, struct clawrt **table) {
    *table = NULL;
    /* A named pipe must not make the caller wait. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return CLAWRT_CANNOT_OPEN;
    void *map;
    size_t size;
    enum clawrt_status status = map_file(fd, &map, &size);
    int saved = errno;
    close(fd);
    errno = saved;
    if (status != CLAWRT_OK) return status;
    status = clawrt_open_memory(map, size, table);
    if (status == CLAWRT_OK)
        (*table)->map = map;
    else
        munmap(map, size);
    return status;
}

void clawrt_close(struct clawrt *table) {
    if (!table) return;
    if (table->map) munmap(table->map, (size_t)table->view.size);
    free(table);
}

/* ---- description ----------------------------------------------------------------------------- */

enum clawrt_status clawrt_verify(const struct clawrt *table) {
    const struct clawt_view *v = &table->view;
    uint32_t header = clawt_get32(v->base + CLAWT_H_HEADER_SIZE);
    uint64_t body = clawt_checksum(v->base + header, v->size - header);
    return body == clawt_get64(v->base + CLAWT_H_BODY_CHECKSUM) ? CLAWRT_OK : CLAWRT_BAD_CHECKSUM;
}

void clawrt_get_info(const struct clawrt *table, struct clawrt_info *info) {
    const struct clawt_view *v = &table->view;
    const unsigned char *p = v->base;
    *info = (struct clawrt_info){
        .major = clawt_get16(p + CLAWT_H_MAJOR),
        .minor = clawt_get16(p + CLAWT_H_MINOR),
        .gateway = {(const char *)p + CLAWT_H_GATEWAY, p[CLAWT_H_GATEWAY_LENGTH]},
        .source_digest = p + CLAWT_H_DIGEST,
        .size = v->size,
        .bindings = clawt_get32(p + CLAWT_H_BINDINGS),
        .agents = clawt_get32(p + CLAWT_H_ROSTER),
        .channels = v->count[CLAWT_CHANNELS],
        .has_scopes = (table->rules & CLAWT_RULE_GROUP_SCOPE) != 0,
    };
}
