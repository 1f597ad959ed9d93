/* What the rules past the schema share: applying them by place, reporting, reading values. */
#include "load/semantics/semantics.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "model/ids.h"

/* ---- applying rules ----------------------------------------------------------------------------
 */

struct application {
    struct semantics *s;
    const struct place_rule *rule;
};

static void visit(const struct application *a, node_id n, const char *rest);

static void visit_children(const struct application *a, node_id n, const char *rest) {
    uint32_t i = 0;
    bool items = tree_is(a->s->t, n, NODE_ARRAY);
    for (TREE_EACH(a->s->t, child, n)) {
        if (items)
            checking_enter_index(a->s->c, i++);
        else
            checking_enter_key(a->s->c, semantics_key(a->s, child));
        visit(a, child, rest);
        checking_leave(a->s->c);
    }
}

static void visit_agents(const struct application *a, const char *rest) {
    const struct semantics_agent *agents;
    size_t n = semantics_agents(a->s, &agents);
    for (size_t i = 0; i < n; i++) {
        unsigned steps = semantics_enter_agent(a->s, &agents[i]);
        visit(a, agents[i].node, rest);
        semantics_leave(a->s, steps);
    }
}

/* `n` is there; `rest` is what remains of the place below it. */
static void visit(const struct application *a, node_id n, const char *rest) {
    if (!*rest) {
        bool further = a->s->further;
        a->s->further = further || node_marks_have(&a->s->aborted, n);
        a->rule->check(a->s, n);
        a->s->further = further;
        return;
    }
    const char *dot = strchr(rest, '.');
    struct str name = {rest, dot ? (size_t)(dot - rest) : strlen(rest)};
    const char *next = dot ? dot + 1 : rest + name.n;
    if (str_equal(name, STR("*")) || str_equal(name, STR("#"))) {
        if (tree_is(a->s->t, n, *rest == '*' ? NODE_OBJECT : NODE_ARRAY))
            visit_children(a, n, next);
        return;
    }
    node_id child = tree_member(a->s->t, n, name);
    if (!child) return;
    checking_enter_key(a->s->c, name);
    visit(a, child, next);
    checking_leave(a->s->c);
}

void semantics_apply(struct semantics *s, const struct place_rule *rules) {
    for (const struct place_rule *rule = rules; rule->place; rule++) {
        struct application a = {s, rule};
        if (!(rule->dialects & s->dialect)) continue;
        if (rule->place[0] == '@')
            visit_agents(&a, rule->place[1] ? rule->place + 2 : "");
        else
            visit(&a, s->v->root, rule->place);
    }
}

/* ---- agents ------------------------------------------------------------------------------------
 */

size_t semantics_agents(const struct semantics *s, const struct semantics_agent **out) {
    node_id agents = semantics_member(s, s->v->root, "agents");
    node_id roster = semantics_member(s, agents, s->dialect == NEWER ? "entries" : "list");
    bool fits = tree_is(s->t, roster, s->dialect == NEWER ? NODE_OBJECT : NODE_ARRAY);
    size_t n = fits ? tree_node(s->t, roster)->n : 0, i = 0;
    struct semantics_agent *v = ARENA_ARRAY(s->arena, struct semantics_agent, n);
    for (TREE_EACH(s->t, agent, fits ? roster : 0)) {
        struct str written =
            s->dialect == NEWER ? semantics_key(s, agent) : semantics_text(s, agent, "id");
        v[i] = (struct semantics_agent){written, ids_agent(s->arena, written), agent, (uint32_t)i};
        i++;
    }
    *out = v;
    return i;
}

unsigned semantics_enter_agent(struct semantics *s, const struct semantics_agent *agent) {
    checking_enter_key(s->c, STR("agents"));
    checking_enter_key(s->c, s->dialect == NEWER ? STR("entries") : STR("list"));
    if (s->dialect == NEWER)
        checking_enter_key(s->c, agent->written);
    else
        checking_enter_index(s->c, agent->index);
    return 3;
}

void semantics_leave(struct semantics *s, unsigned steps) {
    while (steps--) checking_leave(s->c);
}

/* ---- reporting ---------------------------------------------------------------------------------
 */

static struct diag *report(struct semantics *s, node_id owner, const char *relative,
                           const char *kind, const char *format, va_list arguments) {
    unsigned steps = 0;
    node_id n = owner, place = owner;
    while (*relative) {
        size_t length = strcspn(relative, ".");
        struct str name = {relative, length};
        checking_enter_key(s->c, name);
        steps++;
        n = tree_member(s->t, n, name);
        if (n) place = n;
        relative += length + (relative[length] == '.');
    }
    struct issue *issue = checking_issue(s->c, kind, HAS_ISSUES, n, place);
    semantics_leave(s, steps);
    char text[2048]; /* messages are short; a name in them may be cut */
    int size = vsnprintf(text, sizeof text, format, arguments);
    size_t n_text = size < 0 ? 0 : (size_t)size < sizeof text ? (size_t)size : sizeof text - 1;
    issue->diag.message = str_copy(s->arena, (struct str){text, n_text});
    issue->diag.further = s->further;
    return &issue->diag;
}

struct diag *semantics_error(struct semantics *s, node_id owner, const char *relative,
                             const char *kind, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    struct diag *d = report(s, owner, relative, kind, format, arguments);
    va_end(arguments);
    return d;
}

struct diag *semantics_warn(struct semantics *s, node_id owner, const char *relative,
                            const char *kind, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    struct diag *d = report(s, owner, relative, kind, format, arguments);
    va_end(arguments);
    d->severity = SEVERITY_WARN;
    return d;
}

/* ---- values ------------------------------------------------------------------------------------
 */

node_id semantics_member(const struct semantics *s, node_id object, const char *key) {
    return tree_member(s->t, object, str_from(key));
}

struct str semantics_text(const struct semantics *s, node_id object, const char *key) {
    return tree_text(s->t, semantics_member(s, object, key));
}

struct str semantics_key(const struct semantics *s, node_id member) {
    return tree_key_text(s->t, tree_node(s->t, member)->key);
}

bool semantics_is_true(const struct semantics *s, node_id object, const char *key) {
    node_id n = semantics_member(s, object, key);
    return tree_is(s->t, n, NODE_BOOL) && tree_node(s->t, n)->u.boolean;
}

bool semantics_is_false(const struct semantics *s, node_id object, const char *key) {
    node_id n = semantics_member(s, object, key);
    return tree_is(s->t, n, NODE_BOOL) && !tree_node(s->t, n)->u.boolean;
}

struct str semantics_token(const struct semantics *s, struct str text) {
    return ids_token(s->arena, text);
}

struct str semantics_stringified(const struct semantics *s, node_id n) {
    if (tree_is(s->t, n, NODE_STRING)) return tree_text(s->t, n);
    if (!tree_is(s->t, n, NODE_NUMBER)) return STR_NONE;
    struct buf b = buf_new(s->arena);
    json_add_number(&b, tree_node(s->t, n)->u.number);
    return buf_str(&b);
}

/* ---- durations and sizes -----------------------------------------------------------------------
 */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* `digits[.digits]` at `*at`. */
static bool read_number(struct str s, size_t *at, double *value) {
    size_t from = *at;
    double scale = 1;
    *value = 0;
    while (*at < s.n && is_digit(s.p[*at])) *value = *value * 10 + (s.p[(*at)++] - '0');
    if (*at == from) return false;
    if (*at + 1 < s.n && s.p[*at] == '.' && is_digit(s.p[*at + 1]))
        for ((*at)++; *at < s.n && is_digit(s.p[*at]); (*at)++)
            *value += (s.p[*at] - '0') * (scale /= 10);
    return true;
}

/* Milliseconds of the unit at `*at`, or 0; moves over it. */
static double read_unit(struct str s, size_t *at) {
    if (*at == s.n) return 0;
    char c = lower(s.p[(*at)++]);
    if (c == 'm' && *at < s.n && lower(s.p[*at]) == 's') {
        (*at)++;
        return 1;
    }
    return c == 's' ? 1e3 : c == 'm' ? 6e4 : c == 'h' ? 36e5 : c == 'd' ? 864e5 : 0;
}

static double unit_of(char unit) {
    return unit == 's' ? 1e3 : unit == 'm' ? 6e4 : unit == 'h' ? 36e5 : 864e5;
}

bool semantics_duration(struct str text, char unit, double *ms) {
    static const double max = 9007199254740991.0;
    struct str s = ids_trim(text);
    size_t at = 0;
    double value, factor;
    *ms = 0;
    if (!s.n) return false;
    while (at < s.n) {
        bool first = at == 0;
        if (!read_number(s, &at, &value)) return false;
        if (first && at == s.n)
            factor = unit_of(unit);
        else if ((factor = read_unit(s, &at)) == 0)
            return false;
        *ms += value * factor;
    }
    *ms = round(*ms);
    return *ms <= max;
}

bool semantics_is_size(struct str text) {
    static const char *const units[] = {"", "b", "k", "kb", "m", "mb", "g", "gb", "t", "tb"};
    struct str s = ids_trim(text);
    size_t at = 0;
    double value;
    if (!read_number(s, &at, &value)) return false;
    struct str unit = str_slice(s, at, s.n);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        struct str known = str_from(units[i]);
        bool same = known.n == unit.n;
        for (size_t k = 0; same && k < unit.n; k++) same = lower(unit.p[k]) == known.p[k];
        if (same) return true;
    }
    return false;
}
