/* clawc explain and clawc rules: what rules there are and what they are about. */
#include <string.h>

#include "base/json.h"
#include "commands/run.h"

/* ---- one rule ----------------------------------------------------------------------------------
 */

static void add_section(struct buf *b, bool markdown, const char *title, struct str text) {
    if (!text.n) return;
    buf_addf(b, markdown ? "\n## %s\n\n" : "\n%s\n", title);
    size_t from = 0;
    while (from < text.n) {
        size_t end = str_find(text, STR("\n"), from);
        if (end == SIZE_MAX) end = text.n;
        if (!markdown && end > from) buf_add(b, STR("  "));
        buf_add(b, str_slice(text, from, end));
        buf_add_char(b, '\n');
        from = end + 1;
    }
}

/* Interpolated expressions are for findings; in a description they read as what they stand for. */
static struct str plain(struct arena *a, const struct template *t) {
    struct buf b = buf_new(a);
    for (size_t i = 0; i < t->n; i++) {
        if (t->parts[i].program)
            buf_add(&b, STR("..."));
        else
            buf_add(&b, t->parts[i].literal);
    }
    return buf_str(&b);
}

/* `id` as the person who asks has it. */
static struct str silence_text(struct arena *a, struct str id) {
    return str_format(a,
                      "In the config, on the line of the finding or the one before:\n"
                      "    // clawc-ignore " STR_FMT ": why this is acceptable\n"
                      "or in clawc.yaml:\n"
                      "    suppress:\n"
                      "      - id: " STR_FMT "\n"
                      "        where: a file, a path or a subject of the finding\n"
                      "        reason: why this is acceptable\n"
                      "        until: \"2027-06-30\"\n",
                      STR_ARG(id), STR_ARG(id));
}

static void explain(struct run *run, const struct rule *rule, struct str id, bool markdown,
                    struct buf *b) {
    const struct rule_info *i = &rule->info;
    if (markdown)
        buf_addf(b, "# " STR_FMT "\n\n" STR_FMT "\n\n", STR_ARG(i->id), STR_ARG(i->title));
    else
        buf_addf(b, STR_FMT "\n  " STR_FMT "\n\n", STR_ARG(i->id), STR_ARG(i->title));
    const char *row = markdown ? "| %s | " STR_FMT " |\n" : "  %-11s " STR_FMT "\n";
    if (markdown) buf_add(b, STR("| | |\n| --- | --- |\n"));
    struct str severity = str_from(severity_name(rule->severity));
    if (rule->raise_when)
        severity = str_format(run->arena, "%s, in some cases %s", severity_name(rule->severity),
                              severity_name(rule->raised));
    buf_addf(b, row, "severity", STR_ARG(severity));
    struct str confidence = str_from(confidence_name(rule->confidence));
    if (rule->doubt_when)
        confidence = str_format(run->arena, "%s, in some cases %s",
                                confidence_name(rule->confidence), confidence_name(rule->doubted));
    buf_addf(b, row, "confidence", STR_ARG(confidence));
    buf_addf(b, row, "family", STR_ARG(i->family));
    buf_addf(b, row, "looks at", STR_ARG(str_from(rule->range->doc)));
    struct str why = plain(run->arena, &rule->why), fix = plain(run->arena, &rule->fix);
    add_section(b, markdown, "Why it matters", why);
    add_section(b, markdown, "How to fix it", fix);
    add_section(b, markdown, "When it may be wrong", rule->false_positives);
    struct str silence = silence_text(run->arena, id);
    if (markdown) silence = str_format(run->arena, "```\n" STR_FMT "```\n", STR_ARG(silence));
    add_section(b, markdown, "How to silence it", silence);
}

static enum exit_code unknown_rule(const struct rules *rules, const char *id) {
    struct str near = STR("");
    size_t best = 5;
    for (size_t i = 0; i < rules->list.n; i++) {
        size_t distance = str_distance(str_from(id), rules->list.v[i]->info.id, 4);
        if (distance >= best) continue;
        best = distance;
        near = rules->list.v[i]->info.id;
    }
    fprintf(stderr, "clawc: there is no rule `%s`", id);
    if (near.n) fprintf(stderr, "; did you mean " STR_FMT "?", STR_ARG(near));
    fputs("\n`clawc rules` lists them.\n", stderr);
    return EXIT_USAGE;
}

enum exit_code command_explain(struct run *run) {
    if (run->o->arguments.list.n != 1) {
        fputs("clawc: explain takes the id of a rule; `clawc rules` lists them\n", stderr);
        return EXIT_USAGE;
    }
    const char *id = run->o->arguments.list.v[0], *format = run->o->format;
    bool markdown = format && strcmp(format, "markdown") == 0;
    if (format && !markdown && strcmp(format, "text") != 0) {
        fprintf(stderr, "clawc: explain prints text or markdown, not `%s`\n", format);
        return EXIT_USAGE;
    }
    struct rules rules;
    if (!run_rules(run, &rules)) return EXIT_CONFIG;
    const struct rule *rule = rules_find(&rules, str_from(id));
    if (!rule) return unknown_rule(&rules, id);
    struct buf b = buf_new(run->arena);
    explain(run, rule, str_from(id), markdown, &b);
    fwrite(b.p, 1, b.n, stdout);
    return run_flush(stdout, EXIT_FINE);
}

/* ---- all rules ---------------------------------------------------------------------------------
 */

static void add_text_field(struct buf *b, const char *key, struct str value) {
    buf_addf(b, ", \"%s\": ", key);
    json_add_string(b, value);
}

static void add_rule_json(struct buf *b, const struct rule *rule) {
    buf_add(b, STR("    {\"id\": "));
    json_add_string(b, rule->info.id);
    add_text_field(b, "family", rule->info.family);
    add_text_field(b, "severity", str_from(severity_name(rule->info.severity)));
    add_text_field(b, "confidence", str_from(confidence_name(rule->info.confidence)));
    add_text_field(b, "for", str_from(rule->range->name));
    add_text_field(b, "title", rule->info.title);
    add_text_field(b, "file", rule->file);
    buf_addf(b, ", \"builtin\": %s}", rule->info.builtin ? "true" : "false");
}

static void add_rules_json(struct buf *b, const struct rules *rules) {
    buf_add(b, STR("{\n  \"format\": 1,\n  \"rules\": [\n"));
    for (size_t i = 0; i < rules->list.n; i++) {
        add_rule_json(b, rules->list.v[i]);
        buf_add(b, i + 1 < rules->list.n ? STR(",\n") : STR("\n"));
    }
    buf_add(b, STR("  ]\n}\n"));
}

static void add_rules_text(struct buf *b, const struct rules *rules) {
    for (const char *const *family = rule_families; *family; family++) {
        bool any = false;
        for (size_t i = 0; i < rules->list.n; i++) {
            const struct rule *rule = rules->list.v[i];
            if (!str_equal(rule->info.family, str_from(*family))) continue;
            if (!any) buf_addf(b, "%s%s\n", b->n ? "\n" : "", *family);
            any = true;
            buf_addf(b, "  %-8s " STR_FMT "\n           " STR_FMT "\n",
                     severity_name(rule->info.severity), STR_ARG(rule->info.id),
                     STR_ARG(rule->info.title));
        }
    }
}

/* ---- the facts, as documentation ---------------------------------------------------------------
 */

static const char *kind_name(enum cel_kind kind) {
    static const char *const names[] = {
        [CEL_BOOL] = "bool", [CEL_INT] = "int", [CEL_STRING] = "string", [CEL_LIST] = "list"};
    return kind < sizeof names / sizeof *names && names[kind] ? names[kind] : "any";
}

static void add_type(struct buf *b, struct cel_type type) {
    if (type.kind == CEL_OBJECT)
        buf_addf(b, "%s", type.object->name);
    else if (type.kind == CEL_LIST && type.object)
        buf_addf(b, "list of %s", type.object->name);
    else if (type.kind == CEL_LIST)
        buf_addf(b, "list of %s", kind_name(type.element));
    else
        buf_addf(b, "%s", kind_name(type.kind));
}

static void add_facts(struct buf *b) {
    buf_add(
        b,
        STR("# Facts\n\nWhat the conditions of rules may use. This page is printed by `clawc rules "
            "--facts`.\n\n## What a rule ranges over\n\nThe value of `for`; the variable of that "
            "name is one of them, and `gateway` is the gateway it belongs to.\n\n"
            "| for | what | fact |\n| --- | --- | --- |\n"));
    for (size_t i = 0; i < fact_range_count; i++)
        buf_addf(b, "| `%s` | %s | %s |\n", fact_ranges[i].name, fact_ranges[i].doc,
                 fact_ranges[i].type->name);
    for (size_t t = 0; fact_types[t]; t++) {
        const struct cel_object_type *type = fact_types[t];
        buf_addf(b, "\n## %s\n\n%s\n\n| field | type | meaning |\n| --- | --- | --- |\n",
                 type->name, type->doc);
        for (size_t i = 0; i < type->n_fields; i++) {
            buf_addf(b, "| `%s` | ", type->fields[i].name);
            add_type(b, type->fields[i].type);
            buf_addf(b, " | %s |\n", type->fields[i].doc);
        }
    }
}

enum exit_code command_rules(struct run *run) {
    struct buf b = buf_new(run->arena);
    struct rules rules;
    if (run->o->arguments.list.n) {
        fputs("clawc: rules takes no file; --rules DIR adds rules\n", stderr);
        return EXIT_USAGE;
    }
    const char *format = run->o->format;
    bool json = format && strcmp(format, "json") == 0;
    if (format && !json && strcmp(format, "text") != 0) {
        fprintf(stderr, "clawc: rules prints text or json, not `%s`\n", format);
        return EXIT_USAGE;
    }
    if (!run_rules(run, &rules)) return EXIT_CONFIG;
    if (run->o->facts)
        add_facts(&b);
    else if (json)
        add_rules_json(&b, &rules);
    else
        add_rules_text(&b, &rules);
    fwrite(b.p, 1, b.n, stdout);
    return run_flush(stdout, EXIT_FINE);
}
