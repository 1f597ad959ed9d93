/* clawc explain and clawc rules: what rules there are and what they are about. */
#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "commands/run.h"

/* ---- one rule ----------------------------------------------------------------------------------
 */

enum { WRAPPED_AT = 78 };

/* A paragraph's line, wrapped between words for a terminal. */
static void add_wrapped(struct buf *b, struct str line) {
    size_t column = 0;
    while (line.n) {
        size_t end = str_find(line, STR(" "), 0);
        struct str word = str_slice(line, 0, end);
        bool breaks = column && column + 1 + word.n > WRAPPED_AT;
        if (breaks) buf_add_char(b, '\n');
        if (breaks) column = 0;
        buf_add(b, column ? STR(" ") : STR("  "));
        buf_add(b, word);
        column += word.n + (column ? 1 : 2);
        line = end == SIZE_MAX ? STR("") : str_slice(line, end + 1, line.n);
    }
    buf_add_char(b, '\n');
}

static void add_section(struct buf *b, bool markdown, const char *title, struct str text) {
    if (!text.n) return;
    buf_addf(b, markdown ? "\n## %s\n\n" : "\n%s\n", title);
    size_t from = 0;
    while (from < text.n) {
        size_t end = str_find(text, STR("\n"), from);
        struct str line = str_slice(text, from, end);
        if (markdown) {
            buf_add(b, line);
            buf_add_char(b, '\n');
        } else {
            add_wrapped(b, line);
        }
        from = end == SIZE_MAX ? text.n : end + 1;
    }
}

/* What an expression stands for: `NAME` for `agent.name`, an ellipsis for anything longer. */
static void add_placeholder(struct buf *b, struct str expression) {
    size_t from = expression.n;
    while (from &&
           (isalnum((unsigned char)expression.p[from - 1]) || expression.p[from - 1] == '_'))
        from--;
    bool is_path = from && expression.p[from - 1] == '.' && from < expression.n;
    for (size_t i = 0; i < from; i++)
        is_path = is_path && (isalnum((unsigned char)expression.p[i]) || expression.p[i] == '_' ||
                              expression.p[i] == '.');
    if (!is_path) buf_add(b, STR("..."));
    for (size_t i = from; is_path && i < expression.n; i++)
        buf_add_char(b, (char)toupper((unsigned char)expression.p[i]));
}

/* Interpolated expressions are for findings; in a description they read as what they stand for. */
static struct str plain(struct arena *a, const struct template *t) {
    struct buf b = buf_new(a);
    for (size_t i = 0; i < t->n; i++) {
        if (t->parts[i].program)
            add_placeholder(&b, t->parts[i].literal);
        else
            buf_add(&b, t->parts[i].literal);
    }
    return buf_str(&b);
}

static void add_code(struct buf *b, bool markdown, const char *caption, const char *language,
                     struct str text) {
    if (!text.n) return;
    buf_addf(b, "\n%s%s:\n", markdown ? "" : "  ", caption);
    if (markdown) buf_addf(b, "\n```%s\n", language);
    size_t from = 0;
    while (from < text.n) {
        size_t end = str_find(text, STR("\n"), from);
        if (end == SIZE_MAX) end = text.n;
        if (!markdown && end > from) buf_add(b, STR("      "));
        buf_add(b, str_slice(text, from, end));
        buf_add_char(b, '\n');
        from = end + 1;
    }
    if (markdown) buf_add(b, STR("```\n"));
}

/* `id` as the person who asks has it. */
static void add_silence(struct arena *a, struct buf *b, bool markdown, struct str id) {
    struct str comment =
        str_format(a, "// clawc-ignore " STR_FMT ": why this is acceptable", STR_ARG(id));
    struct str entry = str_format(a,
                                  "suppress:\n"
                                  "  - id: " STR_FMT "\n"
                                  "    where: a file, a path or a subject of the finding\n"
                                  "    reason: why this is acceptable\n"
                                  "    until: \"2027-06-30\"",
                                  STR_ARG(id));
    buf_add(b, markdown ? STR("\n## How to silence it\n") : STR("\nHow to silence it\n"));
    add_code(b, markdown, "In the config, on the line of the finding or the one before", "json5",
             comment);
    add_code(b, markdown, "Or in clawc.yaml (`where` and `until` may be left out)", "yaml", entry);
}

static void add_example(struct arena *a, struct buf *b, bool markdown,
                        const struct rule_example *e) {
    if (!e->before.n) return;
    struct str title = STR("Example");
    if (e->gateway.n) title = str_format(a, "Example, gateway " STR_FMT, STR_ARG(e->gateway));
    buf_addf(b, markdown ? "\n## " STR_FMT "\n" : "\n" STR_FMT "\n", STR_ARG(title));
    const char *language = str_ends(e->file, STR(".yaml")) ? "yaml" : "json5";
    add_code(b, markdown, "The policy", "json5", e->policy);
    add_code(b, markdown, e->file.n ? "The config" : "Beside a gateway with", "json5", e->beside);
    add_code(b, markdown, "Reported", language, e->before);
    add_code(b, markdown, "Better", language, e->after);
}

/* "since 2026.9.6", "2026.3.13 to 2026.8.2". */
static struct str version_words(struct arena *a, const struct version_range *range) {
    if (!range->until.n) return str_concat(a, STR("since "), range->since);
    if (!range->since.n) return str_concat(a, STR("until "), range->until);
    return str_format(a, STR_FMT " to " STR_FMT, STR_ARG(range->since), STR_ARG(range->until));
}

/* The value of a parameter as it is written in YAML, which is JSON here. */
static void add_parameter_value(struct buf *b, struct cel_value v) {
    if (v.kind == CEL_BOOL) buf_add(b, v.u.boolean ? STR("true") : STR("false"));
    if (v.kind == CEL_INT) json_add_number(b, (double)v.u.i);
    if (v.kind == CEL_DOUBLE) json_add_number(b, v.u.d);
    if (v.kind == CEL_STRING) json_add_string(b, v.u.text);
    if (v.kind != CEL_LIST) return;
    buf_add_char(b, '[');
    for (size_t i = 0; i < v.u.list.n; i++) {
        if (i) buf_add(b, STR(", "));
        json_add_string(b, v.u.list.values[i].u.text);
    }
    buf_add_char(b, ']');
}

static void add_parameters(struct arena *a, struct buf *b, bool markdown, const struct rule *rule) {
    if (!rule->n_parameters) return;
    struct buf list = buf_new(a), example = buf_new(a);
    buf_addf(&example, "parameters:\n  " STR_FMT ":\n", STR_ARG(rule->info.id));
    for (size_t i = 0; i < rule->n_parameters; i++) {
        const struct rule_parameter *p = &rule->parameters[i];
        buf_addf(&list, "%s%s" STR_FMT " = ", i ? "\n" : "", markdown ? "- " : "",
                 STR_ARG(p->name));
        add_parameter_value(&list, p->value);
        buf_addf(&list, ": " STR_FMT, STR_ARG(p->meaning));
        buf_addf(&example, "    " STR_FMT ": ", STR_ARG(p->name));
        add_parameter_value(&example, p->value);
        buf_add_char(&example, '\n');
    }
    add_section(b, markdown, "What can be chosen", buf_str(&list));
    add_code(b, markdown, "In clawc.yaml", "yaml", buf_str(&example));
}

static void explain(struct run *run, const struct rule *rule, struct str id, bool markdown,
                    struct buf *b) {
    const struct rule_info *i = &rule->info;
    if (markdown)
        buf_addf(b, "# `" STR_FMT "`\n\n" STR_FMT ".\n\n", STR_ARG(i->id), STR_ARG(i->title));
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
    for (size_t d = 0; d < rule->n_doubts; d++)
        confidence = str_format(run->arena, STR_FMT "%s%s", STR_ARG(confidence),
                                d ? " or " : ", in some cases ",
                                confidence_name(rule->doubts[d].confidence));
    buf_addf(b, row, "confidence", STR_ARG(confidence));
    buf_addf(b, row, "family", STR_ARG(i->family));
    buf_addf(b, row, "looks at", STR_ARG(str_from(rule->range->doc)));
    if (rule->versions.set)
        buf_addf(b, row, "gateways", STR_ARG(version_words(run->arena, &rule->versions)));
    if (rule->mechanical) buf_addf(b, row, "fix", STR_ARG(STR("needs no decision")));
    if (i->gateway_audit.set)
        buf_addf(b, row, "also by",
                 STR_ARG(str_concat(run->arena, STR("openclaw security audit, "),
                                    version_words(run->arena, &i->gateway_audit))));
    struct str why = plain(run->arena, &rule->why), fix = plain(run->arena, &rule->fix);
    add_section(b, markdown, "Why it matters", why);
    add_section(b, markdown, "How to fix it", fix);
    add_parameters(run->arena, b, markdown, rule);
    add_example(run->arena, b, markdown, &rule->example);
    add_section(b, markdown, "When it may be wrong", rule->false_positives);
    add_silence(run->arena, b, markdown, id);
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
        fputs("clawc: explain takes the id of a rule (`clawc rules` lists them), or --path and a "
              "config\n",
              stderr);
        return EXIT_USAGE;
    }
    const char *id = run->o->arguments.list.v[0], *format = run->o->format;
    if (run->o->path) return explain_path(run, id);
    bool markdown = format && strcmp(format, "markdown") == 0;
    if (format && !markdown && strcmp(format, "text") != 0) {
        fprintf(stderr, "clawc: explain prints text or markdown, not `%s`\n", format);
        return EXIT_USAGE;
    }
    struct rules rules;
    if (!run_rules(run, &rules)) return EXIT_CONFIG;
    rules_compile(&rules);
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

static void add_example_json(struct buf *b, const struct rule_example *e) {
    buf_add(b, STR(", \"example\": {\"before\": "));
    json_add_string(b, e->before);
    add_text_field(b, "after", e->after);
    if (e->beside.n) add_text_field(b, "beside", e->beside);
    if (e->file.n) add_text_field(b, "file", e->file);
    if (e->gateway.n) add_text_field(b, "gateway", e->gateway);
    if (e->policy.n) add_text_field(b, "policy", e->policy);
    buf_add_char(b, '}');
}

static void add_versions(struct buf *b, const char *key, const struct version_range *range) {
    if (!range->set) return;
    buf_addf(b, ", \"%s\": {", key);
    if (range->since.n) {
        buf_add(b, STR("\"since\": "));
        json_add_string(b, range->since);
    }
    if (range->until.n) {
        buf_add(b, range->since.n ? STR(", \"until\": ") : STR("\"until\": "));
        json_add_string(b, range->until);
    }
    buf_add_char(b, '}');
}

static void add_parameters_json(struct buf *b, const struct rule *rule) {
    if (!rule->n_parameters) return;
    buf_add(b, STR(", \"parameters\": {"));
    for (size_t i = 0; i < rule->n_parameters; i++) {
        const struct rule_parameter *p = &rule->parameters[i];
        if (i) buf_add(b, STR(", "));
        json_add_string(b, p->name);
        buf_add(b, STR(": {\"default\": "));
        add_parameter_value(b, p->preset);
        buf_add(b, STR(", \"value\": "));
        add_parameter_value(b, p->value);
        add_text_field(b, "meaning", p->meaning);
        buf_add_char(b, '}');
    }
    buf_add_char(b, '}');
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
    buf_addf(b, ", \"builtin\": %s", rule->info.builtin ? "true" : "false");
    buf_addf(b, ", \"mechanical\": %s", rule->mechanical ? "true" : "false");
    add_parameters_json(b, rule);
    add_versions(b, "versions", &rule->versions);
    add_versions(b, "gatewayAudit", &rule->info.gateway_audit);
    if (rule->example.before.n) add_example_json(b, &rule->example);
    buf_add_char(b, '}');
}

static void add_rules_json(struct buf *b, const struct rules *rules) {
    buf_add(b, STR("{\n  \"format\": 1,\n  \"rules\": [\n"));
    for (size_t i = 0; i < rules->list.n; i++) {
        add_rule_json(b, rules->list.v[i]);
        buf_add(b, i + 1 < rules->list.n ? STR(",\n") : STR("\n"));
    }
    buf_add(b, STR("  ]\n}\n"));
}

/* What is not as with most rules, in one line. */
static void add_particulars(struct buf *b, const struct rule *rule) {
    struct buf line = buf_new(b->arena);
    if (rule->info.confidence != CONFIDENCE_HIGH)
        buf_addf(&line, "; confidence %s", confidence_name(rule->info.confidence));
    if (rule->versions.set) {
        struct str words = version_words(b->arena, &rule->versions);
        buf_addf(&line, "; gateways " STR_FMT, STR_ARG(words));
    }
    if (rule->mechanical) buf_add(&line, STR("; the fix needs no decision"));
    for (size_t i = 0; i < rule->n_parameters; i++) {
        buf_addf(&line, "; " STR_FMT " = ", STR_ARG(rule->parameters[i].name));
        add_parameter_value(&line, rule->parameters[i].value);
    }
    struct str text = buf_str(&line);
    if (text.n) buf_addf(b, "           (" STR_FMT ")\n", STR_ARG(str_slice(text, 2, text.n)));
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
            add_particulars(b, rule);
        }
    }
}

/* The page of a rule: its id without the angle brackets, a dot for a slash. */
static void add_page_name(struct buf *b, struct str id) {
    for (size_t i = 0; i < id.n; i++)
        if (id.p[i] != '<' && id.p[i] != '>') buf_add_char(b, id.p[i] == '/' ? '.' : id.p[i]);
}

static void add_rules_markdown(struct buf *b, const struct rules *rules) {
    buf_add(b,
            STR("# Rules\n\nEvery rule that is built in, by family; families are what `--fail-on` "
                "takes besides\nseverities. This page is printed by `clawc rules --format "
                "markdown`, the others by\n`clawc explain ID --format markdown`.\n"));
    for (const char *const *family = rule_families; *family; family++) {
        bool any = false;
        for (size_t i = 0; i < rules->list.n; i++) {
            const struct rule *rule = rules->list.v[i];
            if (!str_equal(rule->info.family, str_from(*family))) continue;
            if (!any)
                buf_addf(b, "\n## %s\n\n| rule | severity at most | |\n| --- | --- | --- |\n",
                         *family);
            any = true;
            buf_addf(b, "| [`" STR_FMT "`](", STR_ARG(rule->info.id));
            add_page_name(b, rule->info.id);
            buf_addf(b, ".md) | %s | " STR_FMT " |\n", severity_name(rule->info.severity),
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
    const char *format = run->o->format ? run->o->format : "text";
    bool json = strcmp(format, "json") == 0, markdown = strcmp(format, "markdown") == 0;
    if (!json && !markdown && strcmp(format, "text") != 0) {
        fprintf(stderr, "clawc: rules prints text, json or markdown, not `%s`\n", format);
        return EXIT_USAGE;
    }
    if (!run_rules(run, &rules)) return EXIT_CONFIG;
    rules_compile(&rules);
    if (run->o->facts)
        add_facts(&b);
    else if (json)
        add_rules_json(&b, &rules);
    else if (markdown)
        add_rules_markdown(&b, &rules);
    else
        add_rules_text(&b, &rules);
    fwrite(b.p, 1, b.n, stdout);
    return run_flush(stdout, EXIT_FINE);
}
