/* The table as text. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/json.h"
#include "table/look.h"
#include "table/table.h"

/* Texts of a sound table are seldom repeated; a hostile one could have one long text stand for each
 * of a million ids. */
enum { MAX_GROWTH = 256 };

struct dump {
    struct arena *arena;
    const struct clawt_view *v;
    struct buf *out;
    bool damaged;
};

/* ---- pieces of lines ------------------------------------------------------------------------- */

static void add_word(struct dump *d, const char *word) {
    buf_add(d->out, str_from(word));
}

static void add_text(struct dump *d, const char *word, struct str text) {
    add_word(d, word);
    json_add_string(d->out, text);
}

/* A text by its record of offset and length. */
static void add_pool_text(struct dump *d, const char *word, const unsigned char *record) {
    struct str text;
    if (!record || !look_text(d->v, record, &text))
        d->damaged = true;
    else
        add_text(d, word, text);
}

/* Ids of agents need no quotes. */
static void add_agent(struct dump *d, uint32_t agent) {
    struct str id;
    if (agent == CLAWT_NONE)
        add_word(d, " nobody");
    else if (!look_agent(d->v, agent, &id))
        d->damaged = true;
    else
        buf_addf(d->out, " " STR_FMT, STR_ARG(id));
}

static void end_line(struct dump *d) {
    buf_add_char(d->out, '\n');
    if (d->out->n / MAX_GROWTH > d->v->size) d->damaged = true;
}

/* ---- header ---------------------------------------------------------------------------------- */

static void dump_rules(struct dump *d, uint32_t rules) {
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {
        {CLAWT_RULE_PEER_WILDCARD, " peer-wildcard"},
        {CLAWT_RULE_GROUP_SCOPE, " group-scope"},
        {CLAWT_RULE_SELECTION_ERROR, " selection-error"},
        {CLAWT_RULE_LOWER_WHOLE_KEY, " lower-whole-key"},
    };
    add_word(d, "rules");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (rules & names[i].bit) add_word(d, names[i].name);
    end_line(d);
}

static void dump_header(struct dump *d) {
    const unsigned char *p = d->v->base;
    buf_addf(d->out, "table %u.%u\n", clawt_get16(p + CLAWT_H_MAJOR),
             clawt_get16(p + CLAWT_H_MINOR));
    struct str gateway = {(const char *)p + CLAWT_H_GATEWAY, p[CLAWT_H_GATEWAY_LENGTH]};
    buf_addf(d->out, "gateway " STR_FMT "\nsource ", STR_ARG(gateway));
    for (int i = 0; i < CLAWT_DIGEST; i++) buf_addf(d->out, "%02x", p[CLAWT_H_DIGEST + i]);
    end_line(d);
    dump_rules(d, clawt_get32(p + CLAWT_H_RULES));
    buf_addf(d->out, "dmScope %s\ngroupScope %s\ndefault",
             dm_scope_name((enum dm_scope)p[CLAWT_H_DM_SCOPE]),
             group_scope_name((enum group_scope)p[CLAWT_H_GROUP_SCOPE]));
    add_agent(d, clawt_get32(p + CLAWT_H_DEFAULT_AGENT));
    end_line(d);
}

/* ---- agents, channels, links ----------------------------------------------------------------- */

/* The roster comes first; the agents behind it are only results of bindings. */
static void dump_agents(struct dump *d) {
    uint32_t roster = clawt_get32(d->v->base + CLAWT_H_ROSTER);
    for (uint32_t i = 0; i < d->v->count[CLAWT_AGENTS]; i++) {
        add_word(d, i < roster ? "agent" : "other-agent");
        add_agent(d, i);
        end_line(d);
    }
}

static void dump_keep_case(struct dump *d) {
    static const char *const kinds[] = {
        [PEER_DIRECT] = " direct", [PEER_GROUP] = " group", [PEER_CHANNEL] = " channel"};
    for (uint32_t i = 0; i < d->v->count[CLAWT_CHANNELS]; i++) {
        const unsigned char *channel = clawt_record(d->v, CLAWT_CHANNELS, i);
        uint32_t keep = clawt_get32(channel + CLAWT_N_KEEP);
        for (int kind = PEER_DIRECT; kind <= PEER_CHANNEL; kind++) {
            if (!(keep & 1u << kind)) continue;
            add_pool_text(d, "keep-case ", channel + CLAWT_N_NAME);
            add_word(d, kinds[kind]);
            end_line(d);
        }
    }
}

struct link {
    uint32_t order, name;
    struct str id;
};

static int by_order(const void *left, const void *right) {
    const struct link *a = left, *b = right;
    return (a->order > b->order) - (a->order < b->order);
}

static void dump_links(struct dump *d) {
    ARRAY(struct link) links = {0};
    for (uint32_t i = 0; i < d->v->count[CLAWT_SLOTS]; i++) {
        const unsigned char *slot = clawt_record(d->v, CLAWT_SLOTS, i);
        if (slot[CLAWT_S_TYPE] != CLAWT_LINK) continue;
        struct link link = {clawt_get32(slot + CLAWT_S_INDEX), clawt_get32(slot + CLAWT_S_VALUE),
                            STR_NONE};
        if (!look_id(d->v, slot, &link.id)) d->damaged = true;
        ARRAY_PUSH(d->arena, links) = link;
    }
    if (links.n) qsort(links.v, links.n, sizeof *links.v, by_order);
    for (size_t i = 0; i < links.n && !d->damaged; i++) {
        add_text(d, "link ", links.v[i].id);
        add_pool_text(d, " ", clawt_record(d->v, CLAWT_NAMES, links.v[i].name));
        end_line(d);
    }
}

/* ---- bindings -------------------------------------------------------------------------------- */

static enum route_tier tier_of(const struct look_binding *b, bool any_account) {
    switch (b->type) {
    case CLAWT_PEER_DIRECT:
    case CLAWT_PEER_GROUP: return TIER_PEER;
    case CLAWT_GUILD_ROLES: return TIER_GUILD_ROLES;
    case CLAWT_GUILD: return TIER_GUILD;
    case CLAWT_TEAM: return TIER_TEAM;
    default: break;
    }
    if (b->field != CLAWT_C_PLAIN) return TIER_PEER_WILDCARD;
    return any_account ? TIER_CHANNEL : TIER_ACCOUNT;
}

static void dump_match(struct dump *d, const struct look_binding *b) {
    switch (b->type) {
    case CLAWT_PEER_DIRECT: add_text(d, " peer direct ", b->id); break;
    case CLAWT_PEER_GROUP: add_text(d, " peer group ", b->id); break;
    case CLAWT_GUILD_ROLES:
    case CLAWT_GUILD: add_text(d, " guild ", b->id); break;
    case CLAWT_TEAM: add_text(d, " team ", b->id); break;
    default:
        if (b->field == CLAWT_C_WILD_DIRECT) add_word(d, " peer direct *");
        if (b->field == CLAWT_C_WILD_GROUP) add_word(d, " peer group *");
    }
}

static void dump_conditions(struct dump *d, const unsigned char *entry) {
    if (!entry) return;
    if (clawt_get32(entry + CLAWT_L_GUILD + 4)) add_pool_text(d, " guild ", entry + CLAWT_L_GUILD);
    if (clawt_get32(entry + CLAWT_L_TEAM + 4)) add_pool_text(d, " team ", entry + CLAWT_L_TEAM);
    uint32_t first = clawt_get32(entry + CLAWT_L_ROLES);
    uint32_t number = clawt_get32(entry + CLAWT_L_ROLES + 4);
    if (number == 0) return;
    if (!clawt_range(d->v, CLAWT_ROLES, first, number)) {
        d->damaged = true;
        return;
    }
    add_word(d, " roles");
    for (uint32_t i = 0; i < number && !d->damaged; i++)
        add_pool_text(d, i ? "," : " ", clawt_record(d->v, CLAWT_ROLES, first + i));
}

static void dump_override(struct dump *d, unsigned override) {
    int dm = (int)(override & 15) - 1, group = (int)(override >> 4) - 1;
    if (dm >= 0 && dm <= DM_PER_ACCOUNT_CHANNEL_PEER)
        buf_addf(d->out, " dmScope %s", dm_scope_name((enum dm_scope)dm));
    if (group >= 0 && group <= GROUP_MAIN)
        buf_addf(d->out, " groupScope %s", group_scope_name((enum group_scope)group));
}

static void dump_binding(struct dump *d, const struct look_binding *b) {
    const unsigned char *scope = clawt_record(d->v, CLAWT_SCOPES, b->scope);
    const unsigned char *channel =
        scope ? clawt_record(d->v, CLAWT_CHANNELS, clawt_get32(scope + CLAWT_C_CHANNEL)) : NULL;
    if (!channel) {
        d->damaged = true;
        return;
    }
    bool any = clawt_get32(scope + CLAWT_C_ACCOUNT + 4) == CLAWT_NONE;
    buf_addf(d->out, "binding %u %s", b->index, route_tier_name(tier_of(b, any)));
    add_pool_text(d, " channel ", channel + CLAWT_N_NAME);
    if (any)
        add_word(d, " account *");
    else
        add_pool_text(d, " account ", scope + CLAWT_C_ACCOUNT);
    dump_match(d, b);
    dump_conditions(d, b->entry);
    add_word(d, " ->");
    add_agent(d, b->agent);
    dump_override(d, b->override);
    end_line(d);
}

static void dump_bindings(struct dump *d) {
    struct look_binding *bindings;
    size_t n;
    if (!look_bindings(d->arena, d->v, &bindings, &n)) {
        d->damaged = true;
        return;
    }
    for (size_t i = 0; i < n && !d->damaged; i++) dump_binding(d, &bindings[i]);
}

/* ---- whole texts ----------------------------------------------------------------------------- */

bool table_dump(struct str bytes, struct buf *out, struct str *error) {
    struct clawt_view v;
    const char *wrong = look_open(bytes, &v);
    if (!wrong) {
        struct dump d = {.arena = arena_new(), .v = &v, .out = out};
        dump_header(&d);
        dump_agents(&d);
        dump_keep_case(&d);
        dump_links(&d);
        dump_bindings(&d);
        arena_free(d.arena);
        if (d.damaged) wrong = clawrt_strerror(CLAWRT_DAMAGED);
    }
    if (wrong) *error = str_copy(out->arena, str_from(wrong));
    return !wrong;
}

bool table_info(struct str bytes, struct buf *out, struct str *error) {
    struct clawt_view v;
    const char *wrong = look_open(bytes, &v);
    if (wrong) {
        *error = str_copy(out->arena, str_from(wrong));
        return false;
    }
    struct dump d = {.arena = out->arena, .v = &v, .out = out};
    const unsigned char *p = v.base;
    buf_addf(out, "format    %u.%u\n", clawt_get16(p + CLAWT_H_MAJOR),
             clawt_get16(p + CLAWT_H_MINOR));
    buf_addf(out, "gateway   %.*s\n", p[CLAWT_H_GATEWAY_LENGTH], (const char *)p + CLAWT_H_GATEWAY);
    add_word(&d, "source    ");
    for (int i = 0; i < CLAWT_DIGEST; i++) buf_addf(out, "%02x", p[CLAWT_H_DIGEST + i]);
    buf_addf(out, "\nbindings  %u\nagents    %u\nchannels  %u\ndefault  ",
             clawt_get32(p + CLAWT_H_BINDINGS), clawt_get32(p + CLAWT_H_ROSTER),
             v.count[CLAWT_CHANNELS]);
    add_agent(&d, clawt_get32(p + CLAWT_H_DEFAULT_AGENT));
    buf_addf(out, "\ndmScope   %s\n", dm_scope_name((enum dm_scope)p[CLAWT_H_DM_SCOPE]));
    buf_addf(out, "size      %zu bytes\n", bytes.n);
    return true;
}
