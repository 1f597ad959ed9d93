/* What `clawc access` prints for people: of each account who is let in, and where that is written;
 * then what each of them reaches.
 *
 *     whatsapp/default  openclaw.json5:39:5
 *       direct messages  allowlist (openclaw.json5:40:7): 2 listed senders (openclaw.json5:41:7)
 *       groups           allowlist by default: nobody, since no group is listed and no list says
 * who
 *
 *         who           agent     session              can
 *         +56900000001  personal  agent:personal:main  run commands on the host, change files
 */
#include "analysis/room_access.h"
#include "analysis/sender_powers.h"
#include "commands/access.h"
#include "report/width.h"

enum { COLUMNS = 4, WIDEST = 44 };

static struct str place_text(const struct access_view *v, place at) {
    struct run *run = v->run;
    struct span span = place_span(run->tree, at);
    if (!span.file) return STR("");
    struct position p = source_position(run->sources, span.file, span.start);
    return str_format(run->arena, STR_FMT ":%u:%u", STR_ARG(source_name(run->sources, span.file)),
                      p.line, p.column);
}

/* " (openclaw.json5:41:7)", or nothing. */
static void add_place(struct buf *b, const struct access_view *v, place at) {
    struct str where = place_text(v, at);
    if (where.n) buf_addf(b, " (" STR_FMT ")", STR_ARG(where));
}

static void add_policy(struct buf *b, const struct access_view *v, const struct text *policy) {
    width_add_line(b, policy->v);
    if (policy->set)
        add_place(b, v, policy->at);
    else
        buf_add(b, STR(" by default"));
    buf_add(b, STR(": "));
}

static void add_count(struct buf *b, size_t n, const char *one, const char *many) {
    buf_addf(b, "%zu %s", n, n == 1 ? one : many);
}

/* ---- direct messages ---------------------------------------------------------------------------
 */

static bool pairing_is_known(const struct model *m) {
    return m->conditions && m->conditions->pairing_known;
}

static void add_listed(struct buf *b, const struct access_view *v, const struct account *a) {
    if (!a->n_senders) {
        buf_add(b, STR("nobody is listed"));
        return;
    }
    add_count(b, a->n_senders, "listed sender", "listed senders");
    add_place(b, v, a->allow_from.at);
}

static void add_direct(struct buf *b, const struct access_view *v, const struct account *a) {
    const struct model *m = v->analysis->model;
    bool open = str_equal(a->dm_policy.v, STR("open"));
    buf_add(b, STR("  direct messages  "));
    add_policy(b, v, &a->dm_policy);
    if (str_equal(a->dm_policy.v, STR("disabled"))) {
        buf_add(b, STR("nobody\n"));
        return;
    }
    if (a->wildcard || (open && m->gateway->open_admits_all)) {
        buf_add(b, STR("everybody"));
        if (a->wildcard) {
            buf_add(b, STR(", because of \"*\""));
            add_place(b, v, a->allow_from.at);
        }
        buf_add_char(b, '\n');
        return;
    }
    add_listed(b, v, a);
    if (open) buf_add(b, STR("; without \"*\" nobody else"));
    if (str_equal(a->dm_policy.v, STR("pairing"))) {
        buf_add(b, STR(", and whoever is paired: "));
        if (pairing_is_known(m))
            add_count(b, a->n_paired, "more", "more");
        else
            buf_add(b, STR("unknown, possibly many"));
    }
    buf_add_char(b, '\n');
}

/* ---- groups ------------------------------------------------------------------------------------
 */

static void add_speakers(struct buf *b, const struct access_view *v,
                         const struct room_access *access) {
    if (!access->admitted)
        buf_add(b, STR("nobody: the account does not listen there"));
    else if (access->any_member)
        buf_add(b, STR("every member"));
    else if (access->n_members)
        add_count(b, access->n_members, "listed sender", "listed senders");
    else if (!access->by_role)
        buf_add(b, STR("nobody: no list says who may speak"));
    if (access->by_role && !access->any_member)
        buf_add(b, access->n_members ? STR(", and the members of some roles")
                                     : STR("the members of some roles"));
    if (access->admitted) add_place(b, v, access->at);
    buf_add_char(b, '\n');
}

static void add_room(struct buf *b, const struct access_view *v, const struct account *a,
                     const struct room *room, struct str shown) {
    struct room_access access = room_access_at(a, room);
    buf_add(b, STR("    "));
    width_add_line(b, shown);
    buf_add(b, STR(": "));
    add_speakers(b, v, &access);
}

static void add_groups(struct buf *b, const struct access_view *v, const struct account *a) {
    enum { ROOMS_SHOWN = 50 };
    size_t listed = 0, left_out = 0;
    buf_add(b, STR("  groups           "));
    add_policy(b, v, &a->group_policy);
    if (str_equal(a->group_policy.v, STR("disabled"))) {
        buf_add(b, STR("none\n"));
        return;
    }
    for (size_t i = 0; i < a->rooms.n; i++)
        listed += !a->rooms.v[i].inner && !str_equal(a->rooms.v[i].name, STR("*"));
    bool beyond = room_access_beyond(a);
    if (listed) add_count(b, listed, "is listed", "are listed");
    if (listed && beyond) buf_add(b, STR(", and "));
    if (beyond) buf_add(b, listed ? STR("every other, too") : STR("every one that it is in"));
    bool by_sender = a->n_group_senders || a->group_wildcard;
    if (!listed && !beyond)
        buf_add(b, by_sender ? STR("none is listed, so none is listened to")
                             : STR("none is listed, and no list says who may speak"));
    buf_add_char(b, '\n');
    for (size_t i = 0; i < a->rooms.n; i++) {
        const struct room *r = &a->rooms.v[i];
        if (r->inner || str_equal(r->name, STR("*"))) continue;
        if (i < ROOMS_SHOWN)
            add_room(b, v, a, r, r->name);
        else
            left_out++;
    }
    if (left_out) buf_addf(b, "    and %zu more\n", left_out);
    if (beyond) add_room(b, v, a, NULL, listed ? STR("any other") : STR("any"));
}

/* ---- what they reach ---------------------------------------------------------------------------
 */

struct row {
    struct str cells[COLUMNS];
};

static struct str group_text(struct arena *a, const struct reach *r) {
    if (r->guild.n && !r->sender.n) return str_concat(a, STR("guild "), r->guild);
    if (r->guild.n)
        return str_format(a, "guild " STR_FMT "/" STR_FMT, STR_ARG(r->guild), STR_ARG(r->sender));
    return r->sender.n ? str_concat(a, STR("group "), r->sender) : STR("any group");
}

static struct str who_text(const struct access_view *v, const struct reach *r) {
    struct arena *a = v->run->arena;
    switch (r->class) {
    case SENDER_KNOWN:
        return r->is_owner ? str_concat(a, r->sender, STR(" (owner)"))
               : r->stored ? str_concat(a, r->sender, STR(" (paired)"))
                           : r->sender;
    case SENDER_ANYONE: return STR("anyone else");
    case SENDER_PAIRED: return STR("whoever is paired");
    case SENDER_GROUP:
        return r->is_owner ? str_concat(a, group_text(a, r), STR(" (owner)")) : group_text(a, r);
    }
    return STR("");
}

static void add_power(struct buf *b, const char *text) {
    if (b->n) buf_add(b, STR(", "));
    buf_add(b, str_from(text));
}

static struct str powers_text(const struct access_view *v, const struct reach *r) {
    struct buf b = buf_new(v->run->arena);
    struct sender_powers p = sender_powers_of(v->analysis, r);
    if (p.exec)
        add_power(&b, p.exec_on_host ? "run commands on the host" : "run commands in a sandbox");
    if (p.write) add_power(&b, p.sandboxed ? "change files in a sandbox" : "change files");
    if (p.elevated && p.sandboxed) add_power(&b, "leave the sandbox (elevated)");
    if (p.owner_tools) add_power(&b, "use tools of the owner");
    if (!b.n) add_power(&b, p.tools ? "talk, and use other tools" : "talk");
    buf_addf(&b, "; %zu %s", p.tools, p.tools == 1 ? "tool" : "tools");
    return buf_str(&b);
}

static struct row row_of(const struct access_view *v, const struct reach *r) {
    struct str none = STR("-");
    if (r->is_name)
        return (struct row){
            {who_text(v, r), none, none, STR("nothing: a name, where the channel compares ids")}};
    if (!reach_admits(r))
        return (struct row){
            {who_text(v, r), none, none, STR("nothing: the account does not listen there")}};
    if (r->agent < 0)
        return (struct row){
            {who_text(v, r), none, none, STR("nothing: no agent owns the message, it is dropped")}};
    return (struct row){{who_text(v, r), v->analysis->model->agents.v[r->agent].id,
                         access_session(v->run->arena, r), powers_text(v, r)}};
}

static size_t width_of_cell(const struct access_view *v, struct str cell) {
    struct buf scratch = buf_new(v->run->arena);
    return width_add_line(&scratch, cell);
}

static void add_row(struct buf *b, const struct row *row, const size_t widths[COLUMNS]) {
    buf_add(b, STR("    "));
    for (size_t c = 0; c < COLUMNS; c++) {
        size_t width = width_add_line(b, row->cells[c]);
        if (c + 1 == COLUMNS) break;
        buf_add_repeat(b, ' ', 2 + (width < widths[c] ? widths[c] - width : 0));
    }
    buf_add_char(b, '\n');
}

static void add_table(struct buf *b, const struct access_view *v, uint32_t account, size_t *next) {
    const struct analysis *s = v->analysis;
    ARRAY(struct row) rows = {0};
    size_t widths[COLUMNS] = {0};
    ARRAY_PUSH(v->run->arena, rows) =
        (struct row){{STR("who"), STR("agent"), STR("session"), STR("can")}};
    for (; *next < s->reaches.n && s->reaches.v[*next].account == account; ++*next)
        ARRAY_PUSH(v->run->arena, rows) = row_of(v, &s->reaches.v[*next]);
    if (rows.n == 1) return;
    for (size_t i = 0; i < rows.n; i++)
        for (size_t c = 0; c < COLUMNS; c++) {
            size_t width = width_of_cell(v, rows.v[i].cells[c]);
            if (width > widths[c] && width <= WIDEST) widths[c] = width;
        }
    buf_add_char(b, '\n');
    for (size_t i = 0; i < rows.n; i++) add_row(b, &rows.v[i], widths);
}

/* ---- accounts ----------------------------------------------------------------------------------
 */

static void add_account(struct buf *b, const struct access_view *v, uint32_t number, size_t *next) {
    const struct account *a = &v->analysis->model->accounts.v[number];
    struct str where = place_text(v, a->at);
    width_add_line(b, a->channel);
    buf_add_char(b, '/');
    width_add_line(b, a->key);
    if (where.n) buf_addf(b, "  " STR_FMT, STR_ARG(where));
    buf_add_char(b, '\n');
    if (!a->enabled || !account_runs(a)) {
        buf_add(b, a->enabled ? STR("  does not run: it has no login of its own\n")
                              : STR("  is switched off\n"));
        return;
    }
    add_direct(b, v, a);
    add_groups(b, v, a);
    add_table(b, v, number, next);
}

void access_add_text(struct buf *b, const struct access_view *v) {
    const struct model *m = v->analysis->model;
    size_t next = 0;
    bool first = true;
    for (uint32_t i = 0; i < m->accounts.n; i++) {
        if (m->accounts.v[i].unlisted) continue;
        if (!first) buf_add_char(b, '\n');
        first = false;
        add_account(b, v, i, &next);
    }
    if (first) buf_add(b, STR("no channel is configured\n"));
    if (v->analysis->reaches_cut)
        buf_addf(b, "\nonly the first %d senders are told\n", REACHES_MAX);
}
