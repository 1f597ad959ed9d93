/* Session keys: what the gateway's buildAgentPeerSessionKey does. */
#include "clawrt_internal.h"
#include "clawtext.h"

static const struct clawrt_text unknown = CLAWRT_TEXT("unknown");

/* ---- writing --------------------------------------------------------------------------------- */

static char *put(char *out, struct clawrt_text s) {
    if (s.n) memcpy(out, s.p, s.n);
    return out + s.n;
}

static char *put_char(char *out, char c) {
    *out = c;
    return out + 1;
}

static char *put_lower(char *out, struct clawrt_text s) {
    return out + (s.n ? clawtext_lower(s.p, s.n, out) : 0);
}

/* "agent:ID:" */
static char *put_agent(char *out, const struct agent_text *agent) {
    return put(out,
               (struct clawrt_text){agent->main_key, CLAWT_AGENT_PREFIX + agent->id_length + 1});
}

static struct clawrt_text main_key(const struct agent_text *agent) {
    size_t n = CLAWT_AGENT_PREFIX + agent->id_length + CLAWT_AGENT_SUFFIX;
    return (struct clawrt_text){agent->main_key, n};
}

static struct clawrt_text channel_part(const struct session *s) {
    return s->channel.n ? s->channel : unknown;
}

static struct clawrt_text peer_id(const struct session *s) {
    return s->peer->id.n ? s->peer->id : unknown;
}

/* ---- identity links -------------------------------------------------------------------------- */

/* One of the two forms under which an id may be linked. Keeps in `*best` the one that the gateway
 * meets first on its walk over session.identityLinks. */
static void try_link(const struct clawrt *t, const char *p, size_t n, const unsigned char **best) {
    struct lookup_id id;
    clawrt_lookup_id(t, p, n, &id);
    const unsigned char *slot = clawrt_find(t, CLAWT_LINK, 0, &id);
    if (slot && (!*best || clawt_get32(slot + CLAWT_S_INDEX) < clawt_get32(*best + CLAWT_S_INDEX)))
        *best = slot;
}

/* The linked name of a direct peer's id, or the id itself. The second candidate is lower-cased as
 * one text: a final sigma can differ from that of its parts. */
static enum clawrt_status follow_link(const struct clawrt *t, const struct session *s,
                                      char *scratch, struct clawrt_text *id) {
    if (t->view.count[CLAWT_NAMES] == 0) return CLAWRT_OK;
    const unsigned char *slot = NULL;
    char *end = put_lower(scratch, *id);
    try_link(t, scratch, (size_t)(end - scratch), &slot);
    end = put(put_char(put(scratch, channel_part(s)), ':'), *id);
    size_t n = clawtext_lower(scratch, (size_t)(end - scratch), end);
    try_link(t, end, n, &slot);
    if (!slot) return CLAWRT_OK;
    const unsigned char *name =
        clawt_record(&t->view, CLAWT_NAMES, clawt_get32(slot + CLAWT_S_VALUE));
    if (!name) return CLAWRT_DAMAGED;
    id->n = clawt_get32(name + 4);
    id->p = clawt_text(&t->view, clawt_get32(name), (uint32_t)id->n);
    return id->p && id->n <= t->longest_name ? CLAWRT_OK : CLAWRT_DAMAGED;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static enum clawrt_status direct_key(const struct clawrt *t, const struct session *s, char *out,
                                     struct clawrt_text *key) {
    bool peer_scope = s->dm_scope == DM_PER_PEER || s->dm_scope == DM_PER_CHANNEL_PEER ||
                      s->dm_scope == DM_PER_ACCOUNT_CHANNEL_PEER;
    if (!peer_scope || !s->peer) {
        *key = main_key(&s->agent);
        return CLAWRT_OK;
    }
    struct clawrt_text id = peer_id(s);
    enum clawrt_status status = follow_link(t, s, out, &id);
    if (status != CLAWRT_OK) return status;
    char *end = put_agent(out, &s->agent);
    if (s->dm_scope != DM_PER_PEER) end = put_char(put(end, channel_part(s)), ':');
    if (s->dm_scope == DM_PER_ACCOUNT_CHANNEL_PEER) end = put_char(put(end, s->account), ':');
    end = put_lower(put(end, (struct clawrt_text)CLAWRT_TEXT("direct:")), id);
    *key = (struct clawrt_text){out, (size_t)(end - out)};
    return CLAWRT_OK;
}

/* Groups, channels and kinds that the gateway does not know. */
static void conversation_key(const struct clawrt *t, const struct session *s, char *out,
                             struct clawrt_text *key) {
    static const struct clawrt_text words[] = {
        [CLAWTEXT_GROUP] = CLAWRT_TEXT("group"), [CLAWTEXT_CHANNEL] = CLAWRT_TEXT("channel")};
    if (s->group_scope == GROUP_MAIN) {
        *key = main_key(&s->agent);
        return;
    }
    char *end = put_char(put(put_agent(out, &s->agent), channel_part(s)), ':');
    end = put(end, s->kind == CLAWTEXT_NO_KIND ? s->peer->kind : words[s->kind]);
    end = put_char(end, ':');
    bool keep = s->keep_case & 1u << s->kind;
    end = keep ? put(end, peer_id(s)) : put_lower(end, peer_id(s));
    *key = (struct clawrt_text){out, (size_t)(end - out)};
    /* Only a kind as the caller wrote it can still hold a capital; what is around it decides about
     * a final sigma in it. */
    if (s->kind == CLAWTEXT_NO_KIND && t->rules & CLAWT_RULE_LOWER_WHOLE_KEY)
        *key = (struct clawrt_text){end, clawtext_lower(key->p, key->n, end)};
}

enum clawrt_status clawrt_session_key(const struct clawrt *t, const struct session *s, char *out,
                                      struct clawrt_text *key) {
    /* A peer without a kind counts as direct here, and only here. */
    if (!s->peer || s->kind == CLAWTEXT_DIRECT || !s->peer->kind.p)
        return direct_key(t, s, out, key);
    conversation_key(t, s, out, key);
    return CLAWRT_OK;
}
