#include "commands/fleet_graph.h"

#include "analysis/fleet/held.h"
#include "base/json.h"

enum line_kind { LINE_AGENT, LINE_WAKE, LINE_BLOCKED, LINE_UNUSED, LINE_HELD };

/* One line of the drawing. */
struct line {
    struct str from, to;
    enum line_kind kind;
    place at;
    struct str network;              /* of an unused one */
    bool hooks_token, gateway_token; /* of `to`, which `from` holds */
    place hooks_token_at, gateway_token_at;
    bool between_spokes;
    struct str loop; /* that it is a part of: "law<->tax"; or empty */
};

struct drawing {
    struct buf *out;
    struct arena *arena;
    const struct tree *tree;
    const struct fleet *fleet;
    struct str hub;
    ARRAY(struct line) lines;
};

static const char *const kind_names[] = {"agent", "wake", "blocked", "unused", "token"};
static const char *const kind_texts[] = {
    "starts turns of", "wakes",
    "names, but no network leads there:", "shares a network that no address uses with",
    "names no address, but holds a token of"};

/* ---- what is drawn -----------------------------------------------------------------------------
 */

static bool is_linked(const struct fleet *fleet, struct str a, struct str b) {
    for (size_t i = 0; i < fleet->links.n; i++) {
        struct str from = fleet->links.v[i].from->name, to = fleet->links.v[i].to->name;
        if ((str_equal(from, a) && str_equal(to, b)) || (str_equal(from, b) && str_equal(to, a)))
            return true;
    }
    return false;
}

static bool is_member(const struct fleet_share *s, const struct fleet_gateway *g) {
    for (size_t i = 0; i < s->n; i++)
        if (s->members[i].gateway == g) return true;
    return false;
}

/* The circle of delegation that an edge is a part of. */
static struct str loop_of(const struct fleet *f, const struct fleet_link *link) {
    for (size_t i = 0; i < f->shares.n && link->agent; i++) {
        const struct fleet_share *s = &f->shares.v[i];
        if (str_equal(str_from(s->kind), STR("delegation-loop")) && is_member(s, link->from) &&
            is_member(s, link->to))
            return s->resource;
    }
    return STR("");
}

static void add_link(struct drawing *d, const struct fleet_link *link, enum line_kind kind) {
    struct str from = link->from->name, to = link->to->name;
    bool spokes = d->hub.n && !str_equal(from, d->hub) && !str_equal(to, d->hub);
    ARRAY_PUSH(d->arena, d->lines) =
        (struct line){.from = from,
                      .to = to,
                      .kind = kind,
                      .at = link->at,
                      .between_spokes = spokes && kind != LINE_BLOCKED,
                      .loop = kind == LINE_BLOCKED ? STR("") : loop_of(d->fleet, link)};
}

static void add_networks(struct drawing *d) {
    const struct fleet *f = d->fleet;
    for (size_t i = 0; i < f->shares.n; i++) {
        const struct fleet_share *s = &f->shares.v[i];
        if (!str_equal(str_from(s->kind), STR("shared-network")) || s->n != 2) continue;
        struct str a = s->members[0].gateway->name, b = s->members[1].gateway->name;
        if (is_linked(f, a, b)) continue;
        ARRAY_PUSH(d->arena, d->lines) = (struct line){.from = a,
                                                       .to = b,
                                                       .kind = LINE_UNUSED,
                                                       .at = s->members[0].at,
                                                       .network = s->resource};
    }
}

/* A token is said beside the edge that it opens; without one it has a line of its own. */
static struct line *line_for(struct drawing *d, const struct fleet_held *held) {
    for (size_t i = 0; i < d->lines.n; i++) {
        struct line *l = &d->lines.v[i];
        if (l->kind != LINE_UNUSED && str_equal(l->from, held->from->name) &&
            str_equal(l->to, held->to->name))
            return l;
    }
    struct line *l = &ARRAY_PUSH(d->arena, d->lines);
    *l = (struct line){
        .from = held->from->name, .to = held->to->name, .kind = LINE_HELD, .at = held->at};
    return l;
}

static void add_tokens(struct drawing *d) {
    struct fleet_held_list held = fleet_tokens_held(d->arena, d->fleet);
    for (size_t i = 0; i < held.list.n; i++) {
        struct line *l = line_for(d, &held.list.v[i]);
        if (held.list.v[i].hooks) {
            l->hooks_token = true;
            l->hooks_token_at = held.list.v[i].at;
        } else {
            l->gateway_token = true;
            l->gateway_token_at = held.list.v[i].at;
        }
    }
}

static void collect(struct drawing *d) {
    const struct fleet *f = d->fleet;
    for (size_t i = 0; i < f->links.n; i++)
        add_link(d, &f->links.v[i], f->links.v[i].agent ? LINE_AGENT : LINE_WAKE);
    for (size_t i = 0; i < f->blocked.n; i++) add_link(d, &f->blocked.v[i], LINE_BLOCKED);
    add_networks(d);
    add_tokens(d);
}

static struct str where(const struct drawing *d, place at) {
    struct span span = place_span(d->tree, at);
    if (!span.file) return STR("");
    struct position p = source_position(d->tree->sources, span.file, span.start);
    return str_format(d->arena, STR_FMT ":%u", STR_ARG(source_name(d->tree->sources, span.file)),
                      p.line);
}

/* ---- formats -----------------------------------------------------------------------------------
 */

static void add_note(const struct drawing *d, struct str note, place at) {
    struct str file = at ? where(d, at) : STR("");
    buf_addf(d->out, "    " STR_FMT, STR_ARG(note));
    if (file.n) buf_addf(d->out, "  " STR_FMT, STR_ARG(file));
    buf_add_char(d->out, '\n');
}

static void add_notes(const struct drawing *d, const struct line *l) {
    bool calls = l->kind == LINE_AGENT || l->kind == LINE_WAKE;
    if (l->hooks_token) add_note(d, STR("holds its hooks token"), l->hooks_token_at);
    if (l->gateway_token)
        add_note(d, STR("holds its gateway token, which opens more than its hooks"),
                 l->gateway_token_at);
    if (calls && !l->hooks_token && !l->gateway_token)
        add_note(d, STR("holds no token of it, as far as the files tell"), 0);
    if (l->loop.n)
        add_note(d, str_format(d->arena, "part of a loop: " STR_FMT, STR_ARG(l->loop)), 0);
    if (l->between_spokes) add_note(d, STR("between two spokes, past the hub"), 0);
}

static void write_text(const struct drawing *d) {
    for (size_t i = 0; i < d->fleet->n; i++) {
        struct str name = d->fleet->gateways[i]->name;
        buf_addf(d->out, STR_FMT "%s\n", STR_ARG(name), str_equal(name, d->hub) ? " (hub)" : "");
        for (size_t k = 0; k < d->lines.n; k++) {
            const struct line *l = &d->lines.v[k];
            if (!str_equal(l->from, name)) continue;
            struct str at = where(d, l->at);
            buf_addf(d->out, "  %s " STR_FMT, kind_texts[l->kind], STR_ARG(l->to));
            if (l->network.n) buf_addf(d->out, " (" STR_FMT ")", STR_ARG(l->network));
            if (at.n && l->kind != LINE_HELD) buf_addf(d->out, "  " STR_FMT, STR_ARG(at));
            buf_add_char(d->out, '\n');
            add_notes(d, l);
        }
    }
}

/* "agent, hooks token, loop" */
static struct str label_of(const struct drawing *d, const struct line *l) {
    return str_format(d->arena, "%s%s%s%s%s", kind_names[l->kind],
                      l->hooks_token ? ", hooks token" : "",
                      l->gateway_token ? ", gateway token" : "", l->loop.n ? ", loop" : "",
                      l->between_spokes ? ", between spokes" : "");
}

static bool is_wrong(const struct line *l) {
    return l->loop.n || l->between_spokes;
}

static void write_dot(const struct drawing *d) {
    static const char *const styles[] = {
        "style=solid", "style=dashed", "style=dotted, color=red, arrowhead=tee",
        "style=dotted, color=gray, dir=none", "style=dotted, arrowhead=odot"};
    buf_add(d->out, STR("digraph fleet {\n"));
    for (size_t i = 0; i < d->fleet->n; i++) {
        struct str name = d->fleet->gateways[i]->name;
        buf_add(d->out, STR("  "));
        json_add_string(d->out, name);
        buf_addf(d->out, "%s;\n", str_equal(name, d->hub) ? " [shape=doublecircle]" : "");
    }
    for (size_t k = 0; k < d->lines.n; k++) {
        const struct line *l = &d->lines.v[k];
        buf_add(d->out, STR("  "));
        json_add_string(d->out, l->from);
        buf_add(d->out, STR(" -> "));
        json_add_string(d->out, l->to);
        struct str label = label_of(d, l);
        buf_addf(d->out, " [label=\"" STR_FMT "\", %s%s];\n", STR_ARG(label), styles[l->kind],
                 is_wrong(l) ? ", color=red" : "");
    }
    buf_add(d->out, STR("}\n"));
}

/* Mermaid has no escapes in a text but entities. */
static void add_label(struct buf *out, struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_' || c == '.' || c == ' ' || c == '/';
        if (plain)
            buf_add_char(out, c);
        else
            buf_addf(out, "#%u;", (unsigned)(unsigned char)c);
    }
}

static size_t number_of(const struct drawing *d, struct str name) {
    for (size_t i = 0; i < d->fleet->n; i++)
        if (str_equal(d->fleet->gateways[i]->name, name)) return i;
    return 0;
}

static void write_mermaid(const struct drawing *d) {
    static const char *const arrows[] = {"-->", "-.->", "--x", "-.-", "-.-o"};
    buf_add(d->out, STR("flowchart LR\n"));
    for (size_t i = 0; i < d->fleet->n; i++) {
        struct str name = d->fleet->gateways[i]->name;
        bool hub = str_equal(name, d->hub);
        buf_addf(d->out, "  g%zu%s\"", i, hub ? "((" : "[");
        add_label(d->out, name);
        buf_addf(d->out, "\"%s\n", hub ? "))" : "]");
    }
    for (size_t k = 0; k < d->lines.n; k++) {
        const struct line *l = &d->lines.v[k];
        struct str label = label_of(d, l);
        buf_addf(d->out, "  g%zu %s|" STR_FMT "| g%zu\n", number_of(d, l->from), arrows[l->kind],
                 STR_ARG(label), number_of(d, l->to));
    }
    for (size_t k = 0; k < d->lines.n; k++)
        if (is_wrong(&d->lines.v[k])) buf_addf(d->out, "  linkStyle %zu stroke:red\n", k);
}

static void add_json_notes(const struct drawing *d, const struct line *l) {
    if (l->hooks_token || l->gateway_token)
        buf_addf(d->out, ", \"holds\": [%s%s%s]", l->hooks_token ? "\"hooks token\"" : "",
                 l->hooks_token && l->gateway_token ? ", " : "",
                 l->gateway_token ? "\"gateway token\"" : "");
    if (l->loop.n) {
        buf_add(d->out, STR(", \"loop\": "));
        json_add_string(d->out, l->loop);
    }
    if (l->between_spokes) buf_add(d->out, STR(", \"betweenSpokes\": true"));
}

static void write_json(const struct drawing *d) {
    buf_add(d->out, STR("{\n  \"format\": 1,\n  \"gateways\": ["));
    for (size_t i = 0; i < d->fleet->n; i++) {
        if (i) buf_add(d->out, STR(", "));
        json_add_string(d->out, d->fleet->gateways[i]->name);
    }
    buf_add(d->out, STR("],\n  \"edges\": ["));
    for (size_t k = 0; k < d->lines.n; k++) {
        const struct line *l = &d->lines.v[k];
        buf_add(d->out, k ? STR(",\n    {\"from\": ") : STR("\n    {\"from\": "));
        json_add_string(d->out, l->from);
        buf_add(d->out, STR(", \"to\": "));
        json_add_string(d->out, l->to);
        buf_addf(d->out, ", \"kind\": \"%s\"", kind_names[l->kind]);
        struct str at = where(d, l->at);
        if (at.n) {
            buf_add(d->out, STR(", \"at\": "));
            json_add_string(d->out, at);
        }
        add_json_notes(d, l);
        buf_add_char(d->out, '}');
    }
    buf_add(d->out, STR("\n  ]\n}\n"));
}

void graph_write(struct buf *out, struct arena *a, const struct tree *t, const struct fleet *fleet,
                 struct str hub, enum graph_format format) {
    struct drawing d = {.out = out, .arena = a, .tree = t, .fleet = fleet, .hub = hub};
    collect(&d);
    switch (format) {
    case GRAPH_TEXT: write_text(&d); break;
    case GRAPH_DOT: write_dot(&d); break;
    case GRAPH_MERMAID: write_mermaid(&d); break;
    case GRAPH_JSON: write_json(&d); break;
    }
}
