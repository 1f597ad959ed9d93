#include "commands/queries.h"

#include "base/json.h"
#include "source/source.h"
#include "syntax/json5.h"

struct line_reading {
    struct arena *arena;
    const struct tree *tree;
    node_id root;
};

static node_id member(const struct line_reading *r, node_id object, const char *key) {
    return tree_member(r->tree, object, str_from(key));
}

/* A text; everything else counts as not given. */
static struct str text(const struct line_reading *r, node_id object, const char *key) {
    node_id n = member(r, object, key);
    return tree_is(r->tree, n, NODE_STRING) ? tree_text(r->tree, n) : STR_NONE;
}

/* An id may be a number: JavaScript's text of it. */
static struct str id_text(const struct line_reading *r, node_id object, const char *key) {
    node_id n = member(r, object, key);
    if (!tree_is(r->tree, n, NODE_NUMBER)) return text(r, object, key);
    char number[JS_NUMBER_MAX];
    size_t length = js_number_text(tree_node(r->tree, n)->u.number, number);
    return str_copy(r->arena, (struct str){number, length});
}

static bool peer(const struct line_reading *r, const char *key, struct query_peer *out) {
    node_id n = member(r, r->root, key);
    if (!tree_is(r->tree, n, NODE_OBJECT)) return false;
    *out = (struct query_peer){text(r, n, "kind"), id_text(r, n, "id")};
    return true;
}

/* Roles are compared with ===: what is not a text is equal to none. */
static void roles(const struct line_reading *r, struct route_query *q) {
    node_id list = member(r, r->root, "memberRoleIds");
    if (!tree_is(r->tree, list, NODE_ARRAY)) return;
    struct str *v = ARENA_ARRAY(r->arena, struct str, tree_node(r->tree, list)->n);
    for (TREE_EACH(r->tree, item, list))
        if (tree_is(r->tree, item, NODE_STRING)) v[q->n_roles++] = tree_text(r->tree, item);
    q->roles = v;
}

bool query_parse(struct arena *a, struct str line, struct route_query *q, struct str *why) {
    struct tree *t = tree_new(a, sources_new(a));
    struct json5_result parsed = json5_parse_text(t, line);
    *q = (struct route_query){0};
    if (!parsed.ok) {
        *why = parsed.gateway_message;
        return false;
    }
    if (!tree_is(t, parsed.root, NODE_OBJECT)) {
        *why = STR("a query must be a JSON object");
        return false;
    }
    struct line_reading r = {a, t, parsed.root};
    q->channel = text(&r, r.root, "channel");
    q->account = text(&r, r.root, "accountId");
    q->has_peer = peer(&r, "peer", &q->peer);
    q->has_parent = peer(&r, "parentPeer", &q->parent);
    q->guild = id_text(&r, r.root, "guildId");
    q->team = id_text(&r, r.root, "teamId");
    q->default_agent = text(&r, r.root, "defaultAgentId");
    q->dm_scope = text(&r, r.root, "dmScope");
    q->group_scope = text(&r, r.root, "groupScope");
    roles(&r, q);
    return true;
}

static void add_member(struct buf *b, const char *key, struct str value) {
    if (b->n && b->p[b->n - 1] != '{') buf_add_char(b, ',');
    buf_addf(b, "\"%s\":", key);
    json_add_string(b, value);
}

void query_add_answer(struct buf *b, const struct route_answer *answer, bool has_scopes) {
    if (answer->failed) {
        query_add_error(b, "AgentSelectionRequiredError", "code", STR("AGENT_SELECTION_REQUIRED"));
        return;
    }
    buf_add_char(b, '{');
    add_member(b, "agentId", answer->agent);
    add_member(b, "channel", answer->channel);
    add_member(b, "accountId", answer->account);
    if (has_scopes) {
        add_member(b, "dmScope", answer->dm_scope);
        add_member(b, "groupScope", answer->group_scope);
    }
    add_member(b, "sessionKey", answer->session_key);
    add_member(b, "mainSessionKey", answer->main_session_key);
    add_member(b, "lastRoutePolicy", answer->main_policy ? STR("main") : STR("session"));
    add_member(b, "matchedBy", str_from(route_tier_name(answer->tier)));
    buf_add_char(b, '}');
}

void query_add_error(struct buf *b, const char *error, const char *key, struct str value) {
    buf_add_char(b, '{');
    add_member(b, "error", str_from(error));
    add_member(b, key, value);
    buf_add_char(b, '}');
}

/* ---- lines -------------------------------------------------------------------------------------
 */

/* The longest line; a longer one is no query that anybody means. */
#define LINE_MAX_BYTES ((size_t)64 << 20)

struct line_buffer {
    struct arena *arena;
    char *p;
    size_t n, capacity;
};

/* The next line without LF or CRLF; false at the end of input. */
static bool next_line(FILE *in, struct line_buffer *l) {
    int c;
    l->n = 0;
    while ((c = getc(in)) != EOF && c != '\n') {
        if (l->n + 1 >= l->capacity)
            arena_array_grow(l->arena, (void **)(void *)&l->p, &l->capacity, l->n + 2, 1);
        if (l->n < LINE_MAX_BYTES) l->p[l->n++] = (char)c;
    }
    if (l->n && l->p[l->n - 1] == '\r') l->n--;
    return c != EOF || l->n > 0;
}

bool query_stream_run(const struct query_stream *s) {
    enum { FLUSH_AT = 1 << 16 };
    struct arena *kept = arena_new(), *scratch = arena_new();
    struct line_buffer line = {.arena = kept};
    struct buf out = buf_new(kept);
    while (next_line(s->in, &line)) {
        s->answer(s->user, scratch, (struct str){line.p ? line.p : "", line.n}, &out);
        buf_add_char(&out, '\n');
        arena_reset(scratch);
        if (out.n < FLUSH_AT) continue;
        fwrite(out.p, 1, out.n, s->out);
        out.n = 0;
    }
    if (out.n) fwrite(out.p, 1, out.n, s->out);
    bool ok = !ferror(s->in) && !ferror(s->out);
    arena_free(scratch);
    arena_free(kept);
    return ok;
}
