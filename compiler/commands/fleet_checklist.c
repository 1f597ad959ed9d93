#include "commands/fleet_checklist.h"

#include "base/json.h"

struct writing {
    struct buf *out;
    const struct tree *tree;
    const struct boundary *b;
};

/* FILE:LINE of a place; empty for none. */
static struct str where(const struct writing *w, const struct boundary_place *p) {
    struct span span = place_span(w->tree, p->at);
    if (!span.file) return STR("");
    struct position at = source_position(w->tree->sources, span.file, span.start);
    return str_format(w->tree->arena, STR_FMT ":%u",
                      STR_ARG(source_name(w->tree->sources, span.file)), at.line);
}

/* "law compose.yaml:7, tax compose.yaml:12"; each line once. */
static struct str places(const struct writing *w, const struct boundary_answer *answer) {
    struct buf b = buf_new(w->tree->arena);
    struct map said = map_new(w->tree->arena);
    const struct fleet_gateway *last = NULL;
    for (size_t i = 0; i < answer->places.n; i++) {
        const struct fleet_gateway *g = answer->places.v[i].gateway;
        struct str at = where(w, &answer->places.v[i]);
        struct str words =
            str_format(w->tree->arena, STR_FMT " " STR_FMT, STR_ARG(g->name), STR_ARG(at));
        bool is_new;
        map_put(&said, words, 1, &is_new);
        if (!at.n || !is_new) continue;
        buf_addf(&b, "%s" STR_FMT, b.n ? ", " : "", STR_ARG(g == last ? at : words));
        last = g;
    }
    return buf_str(&b);
}

/* ---- text --------------------------------------------------------------------------------------
 */

static void add_text_item(const struct writing *w, enum boundary_item item) {
    const struct boundary_answer *answer = &w->b->answers[item];
    buf_addf(w->out, "  %-20s %s", boundary_item_name(item), boundary_state_name(answer->state));
    if (answer->accepted.n) buf_addf(w->out, ", accepted (" STR_FMT ")", STR_ARG(answer->accepted));
    if (answer->what.n) buf_addf(w->out, ": " STR_FMT, STR_ARG(answer->what));
    buf_add_char(w->out, '\n');
    if (answer->state != BOUNDARY_SHARED) return;
    buf_addf(w->out, "  %20s %s\n", "", boundary_item_risk(item));
    struct str at = places(w, answer);
    if (at.n) buf_addf(w->out, "  %20s at " STR_FMT "\n", "", STR_ARG(at));
}

static void add_text(const struct writing *w) {
    if (w->out->n) buf_add_char(w->out, '\n');
    buf_addf(w->out, STR_FMT " and " STR_FMT "\n", STR_ARG(w->b->a->name), STR_ARG(w->b->b->name));
    for (enum boundary_item item = 0; item < BOUNDARY_ITEMS; item++) add_text_item(w, item);
}

/* ---- Markdown ----------------------------------------------------------------------------------
 */

/* What would end a cell, or begin something else. */
static void add_cell(struct buf *out, struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '|' || c == '\\' || c == '`' || c == '<' || c == '*' || c == '_' || c == '[')
            buf_add_char(out, '\\');
        buf_add_char(out, c == '\n' || c == '\r' ? ' ' : c);
    }
}

static void add_markdown(const struct writing *w) {
    if (w->out->n) buf_add_char(w->out, '\n');
    buf_add(w->out, STR("## "));
    add_cell(w->out, w->b->a->name);
    buf_add(w->out, STR(" and "));
    add_cell(w->out, w->b->b->name);
    buf_add(w->out, STR("\n\n| item | | what | risk | where |\n| --- | --- | --- | --- | --- |\n"));
    for (enum boundary_item item = 0; item < BOUNDARY_ITEMS; item++) {
        const struct boundary_answer *answer = &w->b->answers[item];
        bool shared = answer->state == BOUNDARY_SHARED;
        buf_addf(w->out, "| %s | %s%s%s", boundary_item_name(item), shared ? "**" : "",
                 boundary_state_name(answer->state), shared ? "**" : "");
        if (answer->accepted.n) buf_add(w->out, STR(", accepted: "));
        add_cell(w->out, answer->accepted);
        buf_add(w->out, STR(" | "));
        add_cell(w->out, answer->what);
        buf_addf(w->out, " | %s | ", shared ? boundary_item_risk(item) : "");
        if (shared) add_cell(w->out, places(w, answer));
        buf_add(w->out, STR(" |\n"));
    }
}

/* ---- HTML --------------------------------------------------------------------------------------
 */

static void add_html_text(struct buf *out, struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '&')
            buf_add(out, STR("&amp;"));
        else if (c == '<')
            buf_add(out, STR("&lt;"));
        else if (c == '>')
            buf_add(out, STR("&gt;"));
        else if (c == '"')
            buf_add(out, STR("&quot;"));
        else
            buf_add_char(out, c);
    }
}

static const char html_head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<title>Tenant boundaries</title>\n<style>\n"
    "body { font-family: sans-serif; margin: 2em; }\n"
    "table { border-collapse: collapse; }\n"
    "td, th { border: 1px solid #999; padding: 0.3em 0.6em; text-align: left; "
    "vertical-align: top; }\n"
    ".shared { background: #fdd; font-weight: bold; }\n.undecided { background: #ffd; }\n"
    ".accepted { background: #fed; }\n.separate { background: #dfd; "
    "}\n</style>\n</head>\n<body>\n<h1>Tenant boundaries</h1>\n";

static void add_html(const struct writing *w) {
    buf_add(w->out, STR("<h2>"));
    add_html_text(w->out, w->b->a->name);
    buf_add(w->out, STR(" and "));
    add_html_text(w->out, w->b->b->name);
    buf_add(w->out, STR("</h2>\n<table>\n<tr><th>item</th><th></th><th>what</th><th>risk</th>"
                        "<th>where</th></tr>\n"));
    for (enum boundary_item item = 0; item < BOUNDARY_ITEMS; item++) {
        const struct boundary_answer *answer = &w->b->answers[item];
        const char *state = boundary_state_name(answer->state);
        bool shared = answer->state == BOUNDARY_SHARED;
        bool accepted = answer->accepted.n != 0;
        buf_addf(w->out, "<tr><td>%s</td><td class=\"%s\">%s%s", boundary_item_name(item),
                 accepted ? "accepted" : state, state, accepted ? ", accepted: " : "");
        add_html_text(w->out, answer->accepted);
        buf_add(w->out, STR("</td><td>"));
        add_html_text(w->out, answer->what);
        buf_addf(w->out, "</td><td>%s</td><td>", shared ? boundary_item_risk(item) : "");
        if (shared) add_html_text(w->out, places(w, answer));
        buf_add(w->out, STR("</td></tr>\n"));
    }
    buf_add(w->out, STR("</table>\n"));
}

/* ---- JSON --------------------------------------------------------------------------------------
 */

static void add_member(struct buf *out, const char *key, struct str value) {
    buf_addf(out, "\"%s\": ", key);
    json_add_string(out, value);
}

static void add_json_places(const struct writing *w, const struct boundary_answer *answer) {
    bool first = true;
    buf_add(w->out, STR(", \"places\": ["));
    for (size_t i = 0; i < answer->places.n; i++) {
        struct span span = place_span(w->tree, answer->places.v[i].at);
        if (!span.file) continue;
        struct position at = source_position(w->tree->sources, span.file, span.start);
        buf_add(w->out, first ? STR("{") : STR(", {"));
        add_member(w->out, "gateway", answer->places.v[i].gateway->name);
        buf_add(w->out, STR(", "));
        add_member(w->out, "file", source_name(w->tree->sources, span.file));
        buf_addf(w->out, ", \"line\": %u, \"column\": %u", at.line, at.column);
        if (answer->places.v[i].role) {
            buf_add(w->out, STR(", "));
            add_member(w->out, "role", str_from(answer->places.v[i].role));
        }
        buf_add_char(w->out, '}');
        first = false;
    }
    buf_add_char(w->out, ']');
}

static void add_json(const struct writing *w, bool first) {
    buf_add(w->out, first ? STR("    {") : STR(",\n    {"));
    add_member(w->out, "first", w->b->a->name);
    buf_add(w->out, STR(", "));
    add_member(w->out, "second", w->b->b->name);
    buf_add(w->out, STR(", \"items\": [\n"));
    for (enum boundary_item item = 0; item < BOUNDARY_ITEMS; item++) {
        const struct boundary_answer *answer = &w->b->answers[item];
        buf_add(w->out, item ? STR(",\n      {") : STR("      {"));
        add_member(w->out, "item", str_from(boundary_item_name(item)));
        buf_add(w->out, STR(", "));
        add_member(w->out, "state", str_from(boundary_state_name(answer->state)));
        if (answer->what.n) {
            buf_add(w->out, STR(", "));
            add_member(w->out, "what", answer->what);
        }
        if (answer->state == BOUNDARY_SHARED) {
            if (answer->accepted.n) {
                buf_add(w->out, STR(", "));
                add_member(w->out, "accepted", answer->accepted);
            }
            buf_add(w->out, STR(", "));
            add_member(w->out, "risk", str_from(boundary_item_risk(item)));
            add_json_places(w, answer);
        }
        buf_add_char(w->out, '}');
    }
    buf_add(w->out, STR("\n    ]}"));
}

/* ---- all of them -------------------------------------------------------------------------------
 */

void checklist_write(struct buf *out, const struct tree *t, const struct boundaries *b,
                     enum checklist_format format) {
    if (format == CHECKLIST_HTML) buf_add(out, str_from(html_head));
    if (format == CHECKLIST_JSON) buf_add(out, STR("{\n  \"format\": 1,\n  \"pairs\": [\n"));
    for (size_t i = 0; i < b->list.n; i++) {
        struct writing w = {out, t, &b->list.v[i]};
        switch (format) {
        case CHECKLIST_TEXT: add_text(&w); break;
        case CHECKLIST_MARKDOWN: add_markdown(&w); break;
        case CHECKLIST_HTML: add_html(&w); break;
        case CHECKLIST_JSON: add_json(&w, i == 0); break;
        }
    }
    if (format == CHECKLIST_HTML) buf_add(out, STR("</body>\n</html>\n"));
    if (format == CHECKLIST_JSON) buf_add(out, STR("\n  ]\n}\n"));
}
