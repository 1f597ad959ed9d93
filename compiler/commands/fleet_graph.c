#include "commands/fleet_graph.h"

#include "base/json.h"

enum line_kind { LINE_AGENT, LINE_WAKE, LINE_BLOCKED, LINE_UNUSED };

/* One line of the drawing. */
struct line {
    struct str from, to;
    enum line_kind kind;
    place at;
    struct str network; /* of an unused one */
};

struct drawing {
    struct buf *out;
    struct arena *arena;
    const struct tree *tree;
    const struct fleet *fleet;
    struct str hub;
    ARRAY(struct line) lines;
};

static const char *const kind_names[] = {"agent", "wake", "blocked", "unused"};
static const char *const kind_texts[] = {
    "starts turns of", "wakes",
    "names, but no network leads there:", "shares a network that no address uses with"};

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

static void collect(struct drawing *d) {
    const struct fleet *f = d->fleet;
    for (size_t i = 0; i < f->links.n; i++)
        ARRAY_PUSH(d->arena, d->lines) =
            (struct line){.from = f->links.v[i].from->name,
                          .to = f->links.v[i].to->name,
                          .kind = f->links.v[i].agent ? LINE_AGENT : LINE_WAKE,
                          .at = f->links.v[i].at};
    for (size_t i = 0; i < f->blocked.n; i++)
        ARRAY_PUSH(d->arena, d->lines) = (struct line){.from = f->blocked.v[i].from->name,
                                                       .to = f->blocked.v[i].to->name,
                                                       .kind = LINE_BLOCKED,
                                                       .at = f->blocked.v[i].at};
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

static struct str where(const struct drawing *d, place at) {
    struct span span = place_span(d->tree, at);
    if (!span.file) return STR("");
    struct position p = source_position(d->tree->sources, span.file, span.start);
    return str_format(d->arena, STR_FMT ":%u", STR_ARG(source_name(d->tree->sources, span.file)),
                      p.line);
}

/* ---- formats -----------------------------------------------------------------------------------
 */

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
            if (at.n) buf_addf(d->out, "  " STR_FMT, STR_ARG(at));
            buf_add_char(d->out, '\n');
        }
    }
}

static void write_dot(const struct drawing *d) {
    static const char *const styles[] = {"style=solid", "style=dashed",
                                         "style=dotted, color=red, arrowhead=tee",
                                         "style=dotted, color=gray, dir=none"};
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
        buf_addf(d->out, " [label=\"%s\", %s];\n", kind_names[l->kind], styles[l->kind]);
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
    static const char *const arrows[] = {"-->|agent|", "-.->|wake|", "--x|blocked|", "-.-|unused|"};
    buf_add(d->out, STR("flowchart LR\n"));
    for (size_t i = 0; i < d->fleet->n; i++) {
        struct str name = d->fleet->gateways[i]->name;
        bool hub = str_equal(name, d->hub);
        buf_addf(d->out, "  g%zu%s\"", i, hub ? "((" : "[");
        add_label(d->out, name);
        buf_addf(d->out, "\"%s\n", hub ? "))" : "]");
    }
    for (size_t k = 0; k < d->lines.n; k++)
        buf_addf(d->out, "  g%zu %s g%zu\n", number_of(d, d->lines.v[k].from),
                 arrows[d->lines.v[k].kind], number_of(d, d->lines.v[k].to));
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
