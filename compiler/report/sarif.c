/* The audit as SARIF 2.1.0. Errors of loading are results too, of rules `config.<kind>`. */
#include <inttypes.h>

#include "base/map.h"
#include "report/pretty.h"
#include "report/report.h"

struct writer {
    struct pretty p;
    struct report_sink *sink;
    const struct report *r;
    const struct report_options *options;
    struct arena *arena;
    struct map rule_ids;     /* index in tool.driver.rules */
    struct map fingerprints; /* how often each was given */
};

/* ---- messages ----------------------------------------------------------------------------------
 */

/* In a message braces are doubled (SARIF 3.11.5), and `[text](target)` would be a link (3.11.6),
 * which no config should be able to put into somebody's browser. */
static struct str message_text(struct arena *a, struct str text) {
    struct buf b = buf_new(a);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '{' || c == '}') buf_add_char(&b, c);
        buf_add_char(&b, c);
        if (c == ']' && i + 1 < text.n && text.p[i + 1] == '(') buf_add_char(&b, ' ');
    }
    return buf_str(&b);
}

static void add_message(struct writer *w, const char *key, struct str text) {
    pretty_object_line(&w->p, key);
    pretty_string(&w->p, "text", message_text(w->sink->scratch, text));
    pretty_end(&w->p);
}

static const char *level_name(enum severity s) {
    static const char *const names[] = {
        [SEVERITY_INFO] = "note",
        [SEVERITY_WARN] = "warning",
        [SEVERITY_CRITICAL] = "error",
        [SEVERITY_ERROR] = "error",
    };
    return names[s];
}

/* ---- rules -------------------------------------------------------------------------------------
 */

/* "channels.<channel>.dm.open" as "ChannelsChannelDmOpen". */
static struct str rule_name(struct arena *a, struct str id) {
    struct buf b = buf_new(a);
    bool start = true;
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];
        bool lower = c >= 'a' && c <= 'z';
        bool other = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (lower || other) buf_add_char(&b, lower && start ? (char)(c - 'a' + 'A') : c);
        start = !lower && !other;
    }
    return buf_str(&b);
}

static void add_help(struct writer *w, const struct rule_info *rule) {
    struct arena *a = w->sink->scratch;
    struct str why = rule->why.n ? rule->why : rule->title;
    struct str text = str_format(a,
                                 STR_FMT "\n\nHow to fix it: " STR_FMT
                                         "\n\nTo silence it: // clawc-ignore " STR_FMT ": reason",
                                 STR_ARG(why), STR_ARG(rule->fix), STR_ARG(rule->id));
    struct str markdown =
        str_format(a,
                   STR_FMT "\n\n**How to fix it.** " STR_FMT
                           "\n\n**To silence it:** `// clawc-ignore " STR_FMT ": reason`",
                   STR_ARG(why), STR_ARG(rule->fix), STR_ARG(rule->id));
    pretty_object(&w->p, "help");
    pretty_string(&w->p, "text", message_text(a, text));
    pretty_string(&w->p, "markdown", message_text(a, markdown));
    pretty_end(&w->p);
}

static void add_rule_properties(struct writer *w, const struct rule_info *rule) {
    static const char *const scores[] = {
        [SEVERITY_INFO] = "2.0",
        [SEVERITY_WARN] = "5.0",
        [SEVERITY_CRITICAL] = "9.0",
        [SEVERITY_ERROR] = "9.0",
    };
    pretty_object(&w->p, "properties");
    pretty_array_line(&w->p, "tags");
    pretty_string(&w->p, NULL, STR("security"));
    if (rule->family.n) pretty_string(&w->p, NULL, rule->family);
    pretty_end(&w->p);
    pretty_string(&w->p, "precision", str_from(confidence_name(rule->confidence)));
    pretty_string(&w->p, "security-severity", str_from(scores[rule->severity]));
    pretty_end(&w->p);
}

static void add_level(struct writer *w, enum severity severity) {
    pretty_object_line(&w->p, "defaultConfiguration");
    pretty_string(&w->p, "level", str_from(level_name(severity)));
    pretty_end(&w->p);
}

static void add_rule(struct writer *w, const struct rule_info *rule) {
    bool is_new;
    map_put(&w->rule_ids, rule->id, (uint32_t)w->rule_ids.n, &is_new);
    if (!is_new) return;
    pretty_object(&w->p, NULL);
    pretty_string(&w->p, "id", rule->id);
    pretty_string(&w->p, "name", rule_name(w->sink->scratch, rule->id));
    add_message(w, "shortDescription", rule->title);
    add_message(w, "fullDescription", rule->why.n ? rule->why : rule->title);
    add_help(w, rule);
    add_level(w, rule->severity);
    add_rule_properties(w, rule);
    pretty_end(&w->p);
    report_pass_on(w->sink);
}

static struct str error_rule_id(struct arena *a, const struct diag *d) {
    return str_format(a, "config.%s", d->kind);
}

static void add_error_rule(struct writer *w, const struct diag *d) {
    struct str id = error_rule_id(w->arena, d);
    bool is_new;
    map_put(&w->rule_ids, id, (uint32_t)w->rule_ids.n, &is_new);
    if (!is_new) return;
    static const char about_errors[] = "The gateway would not take this config as it was written.";
    static const char about_warnings[] = "The config may not mean what it seems to.";
    bool error = d->severity == SEVERITY_ERROR;
    pretty_object(&w->p, NULL);
    pretty_string(&w->p, "id", id);
    pretty_string(&w->p, "name", rule_name(w->sink->scratch, id));
    add_message(w, "shortDescription", str_from(error ? about_errors : about_warnings));
    add_level(w, d->severity);
    pretty_end(&w->p);
}

static void add_rules(struct writer *w) {
    const struct report *r = w->r;
    pretty_array(&w->p, "rules");
    for (size_t i = 0; i < r->rules.n; i++) add_rule(w, r->rules.v[i]);
    for (size_t i = 0; i < r->findings.n; i++) add_rule(w, r->findings.v[i].rule);
    for (size_t i = 0; i < r->suppressed.n; i++) add_rule(w, r->suppressed.v[i].rule);
    for (size_t i = 0; r->errors && i < r->errors->list.n; i++)
        add_error_rule(w, &r->errors->list.v[i]);
    pretty_end(&w->p);
}

static void add_tool(struct writer *w) {
    pretty_object(&w->p, "tool");
    pretty_object(&w->p, "driver");
    pretty_string(&w->p, "name", STR("clawc"));
    pretty_string(&w->p, "semanticVersion", str_from(w->options->version));
    if (w->options->home) pretty_string(&w->p, "informationUri", str_from(w->options->home));
    add_rules(w);
    pretty_end(&w->p);
    pretty_end(&w->p);
}

/* ---- places ------------------------------------------------------------------------------------
 */

static bool stays_in_uri(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '-' || c == '.' || c == '_' || c == '~';
}

static struct str uri_of(struct arena *a, struct str name) {
    struct buf b = buf_new(a);
    if (str_starts(name, STR("/"))) buf_add(&b, STR("file://"));
    for (size_t i = 0; i < name.n; i++) {
        if (stays_in_uri(name.p[i]))
            buf_add_char(&b, name.p[i]);
        else
            buf_addf(&b, "%%%02X", (unsigned)(unsigned char)name.p[i]);
    }
    return buf_str(&b);
}

static void add_region(struct writer *w, struct span span) {
    struct position start = source_position(w->r->sources, span.file, span.start);
    struct position end = source_position(w->r->sources, span.file, span.end);
    pretty_object(&w->p, "region");
    pretty_number(&w->p, "startLine", start.line);
    pretty_number(&w->p, "startColumn", start.column);
    pretty_number(&w->p, "endLine", end.line);
    pretty_number(&w->p, "endColumn", end.column);
    pretty_number(&w->p, "byteOffset", start.offset);
    pretty_number(&w->p, "byteLength", end.offset - start.offset);
    pretty_end(&w->p);
}

static void add_physical_location(struct writer *w, struct location at) {
    struct str name = source_name(w->r->sources, at.span.file);
    pretty_object(&w->p, "physicalLocation");
    pretty_object_line(&w->p, "artifactLocation");
    pretty_string(&w->p, "uri", uri_of(w->sink->scratch, name));
    if (!str_starts(name, STR("/"))) pretty_string(&w->p, "uriBaseId", STR("%SRCROOT%"));
    pretty_end(&w->p);
    if (!report_is_whole_file(at)) add_region(w, at.span);
    pretty_end(&w->p);
}

/* `message` is empty for the place of the result itself. */
static void add_location(struct writer *w, struct location at, struct str message) {
    pretty_object(&w->p, NULL);
    if (at.span.file) add_physical_location(w, at);
    if (at.path.n) {
        pretty_array(&w->p, "logicalLocations");
        pretty_object_line(&w->p, NULL);
        pretty_string(&w->p, "fullyQualifiedName", at.path);
        pretty_string(&w->p, "kind", STR("property"));
        pretty_end(&w->p);
        pretty_end(&w->p);
    }
    if (message.n) add_message(w, "message", message);
    pretty_end(&w->p);
}

/* ---- results -----------------------------------------------------------------------------------
 */

static void add_part(struct buf *b, struct str part) {
    buf_add(b, part);
    buf_add_char(b, '\0');
}

/* What identifies a result to those who track it from commit to commit: never lines, so that a
 * reformatted file gives the same ones. Results that are alike are numbered. */
static void add_fingerprint(struct writer *w, struct str rule_id, struct str id, struct location at,
                            const struct finding *f) {
    struct buf b = buf_new(w->sink->scratch);
    add_part(&b, rule_id);
    add_part(&b, id);
    if (at.span.file) add_part(&b, source_name(w->r->sources, at.span.file));
    add_part(&b, at.path);
    for (size_t i = 0; f && i < f->subjects.n; i++) {
        const struct subject *s = &f->subjects.v[i];
        add_part(&b, str_from(s->name));
        for (size_t j = 0; j < s->n; j++) add_part(&b, s->values[j]);
    }
    struct str hash = str_format(w->arena, "%016" PRIx64, str_hash(buf_str(&b)));
    uint32_t *given = map_put(&w->fingerprints, hash, 0, NULL);
    struct str print = str_format(w->sink->scratch, STR_FMT ":%" PRIu32, STR_ARG(hash), ++*given);
    pretty_object_line(&w->p, "partialFingerprints");
    pretty_string(&w->p, "clawcPath/v1", print);
    pretty_end(&w->p);
}

static void begin_result(struct writer *w, struct str rule_id, enum severity severity,
                         struct str message, struct location at) {
    pretty_object(&w->p, NULL);
    pretty_string(&w->p, "ruleId", rule_id);
    pretty_number(&w->p, "ruleIndex", *map_get(&w->rule_ids, rule_id));
    pretty_string(&w->p, "level", str_from(level_name(severity)));
    add_message(w, "message", message);
    pretty_array(&w->p, "locations");
    if (at.span.file) add_location(w, at, STR(""));
    pretty_end(&w->p);
}

static void add_suppression(struct writer *w, const struct finding *f) {
    pretty_array(&w->p, "suppressions");
    pretty_object_line(&w->p, NULL);
    pretty_string(&w->p, "kind", f->suppressed_in_file ? STR("inSource") : STR("external"));
    pretty_string(&w->p, "justification", f->suppressed_by);
    pretty_end(&w->p);
    pretty_end(&w->p);
}

static void add_finding_properties(struct writer *w, const struct finding *f) {
    pretty_object_line(&w->p, "properties");
    pretty_string(&w->p, "id", f->id);
    pretty_string(&w->p, "confidence", str_from(confidence_name(f->confidence)));
    pretty_end(&w->p);
}

static void add_finding(struct writer *w, const struct finding *f, bool suppressed) {
    begin_result(w, f->rule->id, f->severity, f->message.n ? f->message : f->title, f->at);
    if (f->related.n) {
        pretty_array(&w->p, "relatedLocations");
        for (size_t i = 0; i < f->related.n; i++)
            add_location(w, f->related.v[i].at, f->related.v[i].message);
        pretty_end(&w->p);
    }
    add_fingerprint(w, f->rule->id, f->id, f->at, f);
    if (suppressed) add_suppression(w, f);
    add_finding_properties(w, f);
    pretty_end(&w->p);
    report_pass_on(w->sink);
}

static void add_error(struct writer *w, const struct diag *d) {
    struct str id = error_rule_id(w->sink->scratch, d);
    struct location at = report_location(w->r, d->span);
    begin_result(w, id, d->severity, d->message, at);
    if (d->notes.n) {
        pretty_array(&w->p, "relatedLocations");
        for (size_t i = 0; i < d->notes.n; i++)
            add_location(w, report_location(w->r, d->notes.v[i].span), d->notes.v[i].message);
        pretty_end(&w->p);
    }
    add_fingerprint(w, id, d->path, at, NULL);
    pretty_end(&w->p);
    report_pass_on(w->sink);
}

static void add_results(struct writer *w) {
    const struct report *r = w->r;
    pretty_array(&w->p, "results");
    for (size_t i = 0; r->errors && i < r->errors->list.n; i++) add_error(w, &r->errors->list.v[i]);
    for (size_t i = 0; i < r->findings.n; i++) add_finding(w, &r->findings.v[i], false);
    for (size_t i = 0; i < r->suppressed.n; i++) add_finding(w, &r->suppressed.v[i], true);
    pretty_end(&w->p);
}

/* ---- the run -----------------------------------------------------------------------------------
 */

static void add_undecided(struct writer *w) {
    if (!w->r->undecided.n) return;
    pretty_array(&w->p, "toolExecutionNotifications");
    for (size_t i = 0; i < w->r->undecided.n; i++) {
        const struct undecided *u = &w->r->undecided.v[i];
        struct str text = str_format(w->sink->scratch, "undecided: " STR_FMT, STR_ARG(u->reason));
        pretty_object(&w->p, NULL);
        pretty_object_line(&w->p, "associatedRule");
        pretty_string(&w->p, "id", u->id);
        pretty_end(&w->p);
        pretty_string(&w->p, "level", STR("note"));
        add_message(w, "message", text);
        pretty_end(&w->p);
    }
    pretty_end(&w->p);
}

static void add_invocation(struct writer *w) {
    pretty_array(&w->p, "invocations");
    pretty_object(&w->p, NULL);
    pretty_bool(&w->p, "executionSuccessful", !w->r->errors || !w->r->errors->errors);
    add_undecided(w);
    pretty_end(&w->p);
    pretty_end(&w->p);
}

static void add_files(struct writer *w) {
    pretty_object(&w->p, "properties");
    pretty_array(&w->p, "gateways");
    for (size_t i = 0; i < w->r->files.n; i++) {
        const struct audited_file *f = &w->r->files.v[i];
        pretty_object_line(&w->p, NULL);
        pretty_string(&w->p, "file", f->name);
        pretty_string(&w->p, "gateway", f->gateway);
        pretty_string(&w->p, "why", f->why);
        pretty_end(&w->p);
    }
    pretty_end(&w->p);
    pretty_end(&w->p);
}

static void add_source_root(struct writer *w) {
    pretty_object(&w->p, "originalUriBaseIds");
    pretty_object(&w->p, "%SRCROOT%");
    add_message(w, "description", STR("The folder that clawc was called in."));
    pretty_end(&w->p);
    pretty_end(&w->p);
}

void report_write_sarif(struct report_sink *sink, const struct report *r,
                        const struct report_options *options) {
    struct arena *arena = arena_new();
    struct writer w = {.p = {.b = &sink->b},
                       .sink = sink,
                       .r = r,
                       .options = options,
                       .arena = arena,
                       .rule_ids = map_new(arena),
                       .fingerprints = map_new(arena)};
    pretty_object(&w.p, NULL);
    pretty_string(&w.p, "$schema",
                  STR("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                      "sarif-schema-2.1.0.json"));
    pretty_string(&w.p, "version", STR("2.1.0"));
    pretty_array(&w.p, "runs");
    pretty_object(&w.p, NULL);
    add_tool(&w);
    add_invocation(&w);
    add_source_root(&w);
    pretty_string(&w.p, "columnKind", STR("unicodeCodePoints"));
    add_results(&w);
    add_files(&w);
    pretty_end(&w.p);
    pretty_end(&w.p);
    pretty_end(&w.p);
    buf_add_char(&sink->b, '\n');
    arena_free(arena);
}
