/* Fuzz target: the input is a query and a table, or a query asked of a sound table.
 *
 * First byte: bit 0, the checksums are made to fit, so that what is behind them is reached. Then
 * texts, each a length byte and its bytes: channel, account, peer's kind and id, parent's kind and
 * id, guild, team, one role, default agent, dmScope, groupScope (length 255: not given). The rest
 * is the table. */
#include "clawrt.h"
#include "clawt_format.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const uint8_t *p;
    size_t n;
};

static uint8_t next_byte(struct input *in) {
    if (in->n == 0) return 0;
    in->n--;
    return *in->p++;
}

static struct clawrt_text next_text(struct input *in) {
    size_t n = next_byte(in);
    if (n == 255) return (struct clawrt_text){NULL, 0};
    if (n > in->n) n = in->n;
    struct clawrt_text text = {(const char *)in->p, n};
    in->p += n;
    in->n -= n;
    return text;
}

static struct clawrt_peer next_peer(struct input *in) {
    struct clawrt_text kind = next_text(in);
    return (struct clawrt_peer){kind, next_text(in)};
}

static void put64(unsigned char *p, uint64_t x) {
    for (int i = 0; i < 8; i++) p[i] = (unsigned char)(x >> (8 * i));
}

/* Only a header of this version's size is mended. */
static void mend(unsigned char *t, size_t size) {
    if (size < CLAWT_HEADER_SIZE) return;
    memcpy(t, CLAWT_MAGIC, sizeof CLAWT_MAGIC - 1);
    put64(t + CLAWT_H_FILE_SIZE, size);
    put64(t + CLAWT_H_BODY_CHECKSUM,
          clawt_checksum(t + CLAWT_HEADER_SIZE, size - CLAWT_HEADER_SIZE));
    put64(t + CLAWT_H_CHECKSUM, clawt_checksum(t, CLAWT_H_CHECKSUM));
}

static size_t sum_of(struct clawrt_text s) {
    size_t sum = 0;
    for (size_t i = 0; i < s.n; i++) sum += (unsigned char)s.p[i];
    return sum;
}

static void ask(const struct clawrt *table, const struct clawrt_query *q) {
    size_t room = clawrt_room(table, q);
    char *buffer = malloc(room);
    struct clawrt_answer a;
    if (!buffer) abort();
    if (clawrt_route(table, q, buffer, room, &a) == CLAWRT_OK) {
        volatile size_t sum = sum_of(a.session_key) + sum_of(a.agent_id) +
                              sum_of(a.main_session_key) + sum_of(a.channel) +
                              sum_of(a.account_id) + sum_of(a.dm_scope) + sum_of(a.group_scope);
        (void)sum;
    }
    free(buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input in = {data, size};
    uint8_t flags = next_byte(&in);
    struct clawrt_query q = {.channel = next_text(&in)};
    q.account = next_text(&in);
    struct clawrt_peer peer = next_peer(&in), parent = next_peer(&in);
    q.guild_id = next_text(&in);
    q.team_id = next_text(&in);
    struct clawrt_text role = next_text(&in);
    q.default_agent_id = next_text(&in);
    q.dm_scope = next_text(&in);
    q.group_scope = next_text(&in);
    if (peer.kind.p || peer.id.p) q.peer = &peer;
    if (parent.id.p) q.parent_peer = &parent;
    q.roles = &role;
    q.n_roles = role.p != NULL;
    unsigned char *bytes = malloc(in.n + 1);
    if (!bytes) abort();
    memcpy(bytes, in.p, in.n);
    if (flags & 1) mend(bytes, in.n);
    struct clawrt *table;
    if (clawrt_open_memory(bytes, in.n, &table) == CLAWRT_OK) ask(table, &q);
    clawrt_close(table);
    free(bytes);
    return 0;
}
