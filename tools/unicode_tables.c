/* Reads grammar/unicode.json and writes the C tables of runtime/clawtext.c to standard output:
 *
 *     unicode_tables grammar/unicode.json > clawtext_tables.h
 *
 * A set becomes sorted ranges. The lower-case mappings become runs of code points that share one
 * distance, next to each other or every second one (as in Latin Extended-A). What clawtext.h
 * promises of the data (one expansion, growth of at most a half) is checked here, so that a newer
 * Unicode cannot break it unnoticed. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAPITAL_I_WITH_DOT = 0x130, COMBINING_DOT = 0x307, MAX_FILE = 1 << 20 };

struct mapping {
    long first, last, delta, step;
};

static void fail(const char *what) {
    fprintf(stderr, "unicode_tables: %s\n", what);
    exit(1);
}

static char *read_file(const char *path) {
    static char text[MAX_FILE + 1];
    FILE *f = fopen(path, "rb");
    if (!f) fail("cannot open the data file");
    size_t n = fread(text, 1, MAX_FILE, f);
    if (ferror(f) || !feof(f)) fail("cannot read the data file, or it is too large");
    fclose(f);
    text[n] = '\0';
    return text;
}

/* The text of member `name`: plain words, no escapes, up to the closing quote. */
static const char *member(const char *json, const char *name) {
    char pattern[64];
    snprintf(pattern, sizeof pattern, "\"%s\": \"", name);
    const char *p = strstr(json, pattern);
    if (!p) fail("a member is missing in the data file");
    return p + strlen(pattern);
}

static long hex(const char **p) {
    char *end;
    long value = strtol(*p, &end, 16);
    if (end == *p || value < 0 || value > 0x10ffff) fail("a code point was expected");
    *p = end;
    return value;
}

static bool next_item(const char **p) {
    while (**p == ' ') ++*p;
    return **p != '"' && **p != '\0';
}

static void write_set(const char *json, const char *name) {
    const char *p = member(json, name);
    long previous = -1;
    printf("static const struct range %s[] = {\n", name);
    while (next_item(&p)) {
        long first = hex(&p), last = first;
        if (*p == '-') {
            p++;
            last = hex(&p);
        }
        if (first <= previous || last < first) fail("a set is not sorted");
        previous = last;
        printf("    {0x%lx, 0x%lx},\n", (unsigned long)first, (unsigned long)last);
    }
    printf("};\n\n");
}

static int utf8_length(long c) {
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

/* Appends one mapping to the run before it when it continues it. */
static void add_mapping(struct mapping *run, long from, long to, void (*flush)(struct mapping *)) {
    long delta = to - from;
    if (run->first >= 0 && run->delta == delta) {
        long step = from - run->last;
        bool single = run->first == run->last;
        if (single ? step <= 2 : step == run->step) {
            run->step = step;
            run->last = from;
            return;
        }
    }
    flush(run);
    *run = (struct mapping){from, from, delta, 1};
}

static void print_run(struct mapping *run) {
    if (run->first < 0) return;
    printf("    {0x%lx, 0x%lx, %ld, %ld},\n", (unsigned long)run->first, (unsigned long)run->last,
           run->delta, run->step);
}

static void write_lower(const char *json) {
    const char *p = member(json, "lower");
    struct mapping run = {-1, -1, 0, 1};
    bool expansion_seen = false;
    printf("static const struct lower_run lower_runs[] = {\n");
    while (next_item(&p)) {
        long from = hex(&p);
        if (*p++ != ':') fail("a lower-case mapping was expected");
        long to = hex(&p);
        if (from <= run.last) fail("the lower-case mappings are not sorted");
        if (2 * utf8_length(to) > 3 * utf8_length(from)) fail("a mapping grows by more than half");
        if (*p == '+') {
            p++;
            if (from != CAPITAL_I_WITH_DOT || to != 'i' || hex(&p) != COMBINING_DOT)
                fail("an expansion that clawtext.c does not know");
            expansion_seen = true;
            continue;
        }
        add_mapping(&run, from, to, print_run);
    }
    print_run(&run);
    printf("};\n");
    if (!expansion_seen) fail("the expansion of U+0130 is missing");
}

int main(int argc, char **argv) {
    if (argc != 2) fail("usage: unicode_tables grammar/unicode.json");
    const char *json = read_file(argv[1]);
    printf("/* Made by tools/unicode_tables.c from %s. */\n\n", argv[1]);
    write_set(json, "trim");
    write_set(json, "cased");
    write_set(json, "case_ignorable");
    write_lower(json);
    return fflush(stdout) != 0 || ferror(stdout);
}
