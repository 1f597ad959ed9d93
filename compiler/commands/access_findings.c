/* The answer about what the gateway's own audit says of direct messages, with its titles. */
#include <stdlib.h>

#include "commands/access.h"

struct told {
    const struct access_question *q;
    const struct analysis *s;
    ARRAY(struct str) texts;
};

/* The ends of the gateway's titles. */
static const struct {
    const char *kind, *title;
} kinds[] = {{"dm.open", "DMs are open"},
             {"dm.open_invalid", "DM config looks inconsistent"},
             {"dm.disabled", "DMs are disabled"},
             {"dm.locked", "DMs are locked"},
             {"dm.scope_main_multiuser", "DMs share the main session"},
             {"routing.owner_missing", "routing has no explicit owner"}};

static const char *title_of(const struct channel_check *c) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_equal(str_from(c->kind), str_from(kinds[i].kind))) return kinds[i].title;
    return NULL;
}

/* Every rule about channels has a template for its id. */
static const char *severity_of(const struct access_question *q, const char *id) {
    const struct rule *rule = rules_find(q->rules, str_from(id));
    return severity_name(rule ? rule->severity : SEVERITY_INFO);
}

/* "Telegram (account: biz)": newer gateways name the account where there are several, or where it
 * has a block of its own. */
static struct str label(const struct told *t, const struct account *a) {
    const struct model *m = t->s->model;
    const struct channel *c = model_channel(m, a->channel);
    struct names found = name_map_get(&m->gateway->label, a->channel);
    struct str name = found.n ? found.v[0] : a->channel;
    if (!m->gateway->audit_by_route || (c && c->n_accounts < 2 && !a->has_key)) return name;
    return str_format(m->arena, STR_FMT " (account: " STR_FMT ")", STR_ARG(name), STR_ARG(a->key));
}

static void tell_check(struct told *t, const struct channel_check *c) {
    struct arena *arena = t->q->line->arena;
    const struct account *a = &t->s->model->accounts.v[c->account];
    const char *title = title_of(c);
    if (!title) return;
    bool owner = str_equal(str_from(c->kind), STR("routing.owner_missing"));
    struct str template =
        str_format(arena, "channels.<channel>.%s%s", c->kind, owner ? ".<account>" : "");
    struct str id = str_format(arena, "channels." STR_FMT ".%s", STR_ARG(a->channel), c->kind);
    if (owner) id = str_format(arena, STR_FMT "." STR_FMT, STR_ARG(id), STR_ARG(a->key));
    struct buf b = buf_new(arena);
    buf_add_char(&b, '{');
    json_add_text(&b, "checkId", id);
    json_add_text(&b, "severity", str_from(severity_of(t->q, template.p)));
    json_add_text(&b, "title", str_format(arena, STR_FMT " %s", STR_ARG(label(t, a)), title));
    buf_add_char(&b, '}');
    ARRAY_PUSH(arena, t->texts) = buf_str(&b);
}

static void tell_session(struct told *t, const struct shared_session *s) {
    struct arena *arena = t->q->line->arena;
    struct buf b = buf_new(arena);
    buf_add_char(&b, '{');
    json_add_text(&b, "checkId",
                  str_format(arena, "channels.dm.session_collision." STR_FMT ".%zu",
                             STR_ARG(s->accounts_text), s->number));
    json_add_text(&b, "severity",
                  str_from(severity_of(t->q, "channels.dm.session_collision.<accounts>.<n>")));
    json_add_key(&b, "principals");
    buf_addf(&b, "%zu", s->principals);
    json_add_texts(&b, "accounts", s->accounts, s->n_accounts);
    json_add_flag(&b, "possible", s->possible);
    json_add_text(&b, "agent", t->s->model->agents.v[s->agent].id);
    buf_add_char(&b, '}');
    ARRAY_PUSH(arena, t->texts) = buf_str(&b);
}

static int by_text(const void *left, const void *right) {
    return str_compare_utf16(*(const struct str *)left, *(const struct str *)right);
}

void access_answer_findings(struct buf *b, const struct access_question *q) {
    struct batch_config config;
    node_id written = tree_member(q->line->tree, q->input, STR("config"));
    access_load(q, batch_source(q->line, written), &config);
    if (!config.accepted) {
        json_add_flag(b, "invalid", true);
        return;
    }
    struct told t = {.q = q, .s = analyse(q->line->arena, config.model, (struct names){NULL, 0})};
    for (size_t i = 0; i < t.s->channel_checks.n; i++) tell_check(&t, &t.s->channel_checks.v[i]);
    bool by_route = config.model->gateway->audit_by_route;
    for (size_t i = 0; by_route && i < t.s->sessions.n; i++) tell_session(&t, &t.s->sessions.v[i]);
    if (t.texts.n) qsort(t.texts.v, t.texts.n, sizeof *t.texts.v, by_text);
    json_add_key(b, "findings");
    buf_add_char(b, '[');
    for (size_t i = 0; i < t.texts.n; i++) {
        if (i) buf_add_char(b, ',');
        buf_add(b, t.texts.v[i]);
    }
    buf_add_char(b, ']');
}
