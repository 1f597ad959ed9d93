/* Models: how large their names say they are, and which tools that read from the web they get. */
#include <math.h>
#include <stdlib.h>

#include "analysis/analysis.h"

/* ---- size --------------------------------------------------------------------------------------
 */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool ends_word(struct str s, size_t at) {
    return at >= s.n || (!is_digit(s.p[at]) && !is_letter(s.p[at]));
}

static size_t skip_digits(struct str s, size_t at) {
    while (at < s.n && is_digit(s.p[at])) at++;
    return at;
}

/* "7b", "1.5b" or "e4b" as a whole word from `at`; where it ends, or `at`. */
static size_t read_size(struct str s, size_t at, double *size) {
    enum { LONGEST = 300 };
    size_t from = at < s.n && is_letter(s.p[at]) ? at + 1 : at, end = skip_digits(s, from);
    if (end == from || end - from > LONGEST) return at;
    if (end < s.n && s.p[end] == '.') {
        size_t fraction = skip_digits(s, end + 1);
        if (fraction > end + 1) end = fraction;
    }
    bool billions = end < s.n && (s.p[end] == 'b' || s.p[end] == 'B') && ends_word(s, end + 1);
    if (!billions || end - from > LONGEST) return at;
    char digits[LONGEST + 1] = {0};
    for (size_t i = from; i < end; i++) digits[i - from] = s.p[i];
    *size = strtod(digits, NULL);
    return end + 1;
}

/* The largest size in a model's name, in billions of parameters; 0 when there is none. */
static double size_of(struct str id) {
    double best = 0;
    for (size_t i = 0; i <= id.n; i++) {
        bool begins = i == 0 || ends_word(id, i - 1);
        double size = 0;
        size_t end = begins ? read_size(id, i, &size) : i;
        if (isfinite(size) && size > best) best = size;
        if (end > i) i = end - 1;
    }
    return best;
}

/* ---- tools -------------------------------------------------------------------------------------
 */

static void add_if(const struct gateway_data *g, bool on, const struct tool_set *allowed,
                   const char *name, struct tool_set *web) {
    size_t tool = gateway_tool(g, str_from(name));
    if (on && tool_set_has(allowed, tool)) tool_set_add(web, tool);
}

/* provider/model; a name without a slash is one of the default provider. */
static struct str with_provider(struct analysis *s, struct str id) {
    if (str_find(id, STR("/"), 0) != SIZE_MAX) return id;
    struct str standard = s->model->gateway->default_model;
    size_t slash = str_find(standard, STR("/"), 0);
    return str_concat(s->arena, str_slice(standard, 0, slash + 1), id);
}

/* Whether the same was said of an earlier one. */
static bool is_repeated(struct analysis *s, struct map *seen, const struct model_exposure *x) {
    bool is_new;
    struct str key = str_format(s->arena, "%d %d %llx " STR_FMT, x->unsafe, x->ref->image,
                                (unsigned long long)x->web.bits[0], STR_ARG(x->ref->id));
    map_put(seen, key, 1, &is_new);
    return !is_new;
}

static void add_model(struct analysis *s, struct exposure *e, struct map *seen,
                      const struct model_ref *ref) {
    const struct model *m = s->model;
    const struct web_settings *web = &m->surface.web;
    struct model_exposure x = {.in = s, .ref = ref, .size = size_of(ref->id)};
    if (x.size > 0 && !ref->written.symbolic) {
        struct tool_set allowed =
            audit_tools_of(&e->tools, exposure_agent(m, ref->agent), with_provider(s, ref->id));
        bool search = web->search.set ? web->search.v : web->search_key;
        add_if(m->gateway, search, &allowed, "web_search", &x.web);
        add_if(m->gateway, web->fetch.v, &allowed, "web_fetch", &x.web);
        add_if(m->gateway, web->browser.v, &allowed, "browser", &x.web);
        bool sandboxed = str_equal(exposure_sandbox(m, ref->agent)->mode.v, STR("all"));
        x.unsafe = !tool_set_is_empty(&x.web) || (m->gateway->small_models_sandboxed && !sandboxed);
        x.may_search = !web->search.set && web->search_assumed &&
                       tool_set_has(&allowed, gateway_tool(m->gateway, STR("web_search")));
    }
    x.repeated = is_repeated(s, seen, &x);
    ARRAY_PUSH(s->arena, e->models) = x;
}

void exposure_of_models(struct analysis *s, struct exposure *e) {
    struct map seen = map_new(s->arena);
    for (size_t i = 0; i < s->model->surface.models.n; i++)
        add_model(s, e, &seen, &s->model->surface.models.v[i]);
}
