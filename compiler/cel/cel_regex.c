/* `matches`: the syntax of RE2, in time linear in the text.
 *
 * RE2 is what CEL says; PCRE2 is what Debian has. A pattern is first rewritten: what RE2 lacks
 * (backreferences, look-around, possessive repetition, verbs) is refused, what means something else
 * is spelled out. It then runs in PCRE2's other matcher, pcre2_dfa_match, which follows all
 * alternatives at once and never goes back in the text, behind a prefix that lets the match begin
 * anywhere, so that the text is read once. That matcher counts the turns of `a+` and `a{2,9}`, and
 * keeps a state for each count; groups it unfolds instead, so what is repeated is put in a group,
 * and the size of the compiled pattern bounds the states. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cel/cel_ast.h"

enum {
    MAX_PATTERN = 4096,       /* bytes */
    MAX_COMPILED = 64 * 1024, /* bytes, of what repetitions unfold to */
    WORKSPACE = 16 * 1024,    /* ints: about 2700 states at a time */
    MATCH_LIMIT = 1000 * 1000,
    DEPTH_LIMIT = 1000,
    HEAP_LIMIT = 4096, /* KiB */
    MAX_GROUPS = 200,
    COMPILATION = 8 * 1024, /* bytes of memory that compiling takes, about */
};

struct cel_regex {
    pcre2_code *code;
    size_t size; /* bytes of the code */
    uint64_t steps_per_byte;
};

/* PCRE2's memory is the arena's. */
static void *take(PCRE2_SIZE size, void *arena) {
    return arena_alloc(arena, size);
}

static void leave(void *p, void *arena) {
    (void)p;
    (void)arena;
}

/* ---- rewriting ---- */

struct rewriter {
    struct str in;
    size_t at;
    struct buf out;
    struct str error;
    bool repeatable; /* what was last written may be repeated */
    size_t atom;     /* where in `out` that begins, or `no_atom` when it is a group */
    size_t depth;    /* of groups */
    bool multiline[MAX_GROUPS + 1]; /* the flag m, for each group that is open */
};

static const size_t no_atom = SIZE_MAX;

static bool refuse(struct rewriter *r, struct str why) {
    if (!r->error.n) r->error = why;
    return false;
}

static char peek(const struct rewriter *r, size_t ahead) {
    return ahead < r->in.n - r->at ? r->in.p[r->at + ahead] : '\0';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void add_code(struct rewriter *r, uint32_t c) {
    buf_addf(&r->out, "\\x{%x}", (unsigned)c);
}

/* \123: RE2 has no backreferences, one digit but 0 alone is refused. */
static bool rewrite_octal(struct rewriter *r) {
    if (peek(r, 0) != '0' && !(peek(r, 1) >= '0' && peek(r, 1) <= '7'))
        return refuse(r, STR("backreferences are not supported"));
    uint32_t c = 0;
    for (int i = 0; i < 3 && peek(r, 0) >= '0' && peek(r, 0) <= '7'; i++, r->at++)
        c = c * 8 + (uint32_t)(peek(r, 0) - '0');
    add_code(r, c);
    return true;
}

static int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \x7f or \x{10ffff}; `at` is behind the x. */
static bool rewrite_hex(struct rewriter *r) {
    bool braces = peek(r, 0) == '{';
    uint32_t c = 0;
    int digits = 0;
    r->at += braces;
    for (; hex_digit(peek(r, 0)) >= 0 && digits < (braces ? 8 : 2); digits++, r->at++)
        c = c * 16 + (uint32_t)hex_digit(peek(r, 0));
    bool closed = braces ? peek(r, 0) == '}' && digits > 0 : digits == 2;
    if (!closed || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return refuse(r, STR("a bad \\x escape"));
    r->at += braces;
    add_code(r, c);
    return true;
}

/* As RE2 spells them: Lu, Greek, Old_Italic. PCRE2 alone would take gReEk for one too. */
static bool is_class_name(struct str name) {
    for (size_t i = 0; i < name.n; i++)
        if (!is_letter(name.p[i]) && name.p[i] != '_') return false;
    return name.n && name.p[0] <= 'Z' && (name.n == 1 || name.p[1] > 'Z');
}

/* \pL, \p{Greek}, \P{^Lu}; `at` is behind the p. General categories have one or two letters; a
 * longer name is a script, and means the script itself, not its extensions. */
static bool rewrite_property(struct rewriter *r, char letter) {
    struct str name = str_slice(r->in, r->at, r->at + 1);
    if (peek(r, 0) == '{') {
        size_t end = str_find(r->in, STR("}"), r->at);
        if (end == SIZE_MAX) return refuse(r, STR("\\p{ is not closed"));
        name = str_slice(r->in, r->at + 1, end);
        r->at = end + 1;
    } else if (name.n) {
        r->at++;
    }
    bool negated = name.n && name.p[0] == '^';
    if (negated) name = str_slice(name, 1, name.n);
    if (!is_class_name(name)) return refuse(r, STR("a bad Unicode class"));
    bool is_script = name.n > 2 && !str_equal(name, STR("Any"));
    buf_addf(&r->out, "\\%c{%s" STR_FMT "}", negated ? letter ^ 32 : letter, is_script ? "sc:" : "",
             STR_ARG(name));
    return true;
}

/* \Q...\E: every character stands for itself. `at` is behind the Q. */
static void rewrite_quoted(struct rewriter *r) {
    size_t end = str_find(r->in, STR("\\E"), r->at);
    size_t stop = end == SIZE_MAX ? r->in.n : end;
    while (r->at < stop) {
        uint32_t c;
        r->atom = r->out.n;
        r->at += utf8_decode(r->in, r->at, false, &c);
        add_code(r, c);
        r->repeatable = true;
    }
    if (end != SIZE_MAX) r->at = end + 2;
}

/* RE2's \s has no vertical tab. */
static void add_blank_class(struct rewriter *r, bool negated, bool in_class) {
    if (!in_class)
        buf_add(&r->out, negated ? STR("[^\\t\\n\\f\\r ]") : STR("[\\t\\n\\f\\r ]"));
    else if (negated)
        buf_add(&r->out, STR("\\x{0}-\\x{8}\\x{b}\\x{e}-\\x{1f}\\x{21}-\\x{10ffff}"));
    else
        buf_add(&r->out, STR("\\t\\n\\f\\r "));
}

/* The escape whose backslash is at `at`. */
static bool rewrite_escape(struct rewriter *r, bool in_class) {
    r->at++;
    if (r->at == r->in.n) return refuse(r, STR("it ends with a backslash"));
    char c = peek(r, 0);
    r->repeatable = true;
    r->atom = r->out.n;
    if (is_digit(c)) return rewrite_octal(r);
    r->at++;
    switch (c) {
    case 'x': return rewrite_hex(r);
    case 'p':
    case 'P': return rewrite_property(r, c);
    case 's':
    case 'S': add_blank_class(r, c == 'S', in_class); return true;
    case 'v': add_code(r, 0x0b); return true;
    case 'a': add_code(r, 0x07); return true;
    case 'f':
    case 'n':
    case 'r':
    case 't':
    case 'd':
    case 'D':
    case 'w':
    case 'W': buf_addf(&r->out, "\\%c", c); return true;
    case 'Q':
        r->repeatable = false;
        rewrite_quoted(r);
        return true;
    case 'A':
    case 'z':
    case 'b':
    case 'B':
        if (in_class) break;
        buf_addf(&r->out, "(?:\\%c)", c); /* so that it may be repeated, as in RE2 */
        return true;
    default:
        if (is_letter(c) || (unsigned char)c >= 0x80) break;
        add_code(r, (unsigned char)c);
        return true;
    }
    return refuse(r, STR("an escape that is not supported"));
}

/* [[:alpha:]] is copied; the class begins at `at`. */
static bool rewrite_class(struct rewriter *r) {
    size_t begin = r->out.n;
    buf_add_char(&r->out, '[');
    r->at++;
    if (peek(r, 0) == '^') {
        buf_add_char(&r->out, '^');
        r->at++;
    }
    for (bool first = true; r->at < r->in.n; first = false) {
        char c = peek(r, 0);
        if (c == ']' && !first) {
            buf_add_char(&r->out, ']');
            r->at++;
            r->repeatable = true;
            r->atom = begin;
            return true;
        }
        if (c == '\\') {
            if (!rewrite_escape(r, true)) return false;
            continue;
        }
        size_t end =
            c == '[' && peek(r, 1) == ':' ? str_find(r->in, STR(":]"), r->at + 2) : SIZE_MAX;
        if (end != SIZE_MAX) {
            buf_add(&r->out, str_slice(r->in, r->at, end + 2));
            r->at = end + 2;
        } else {
            if (c == '[' || c == ']') buf_add_char(&r->out, '\\');
            buf_add_char(&r->out, c);
            r->at++;
        }
    }
    return refuse(r, STR("a character class is not closed"));
}

static bool is_name(struct str s) {
    for (size_t i = 0; i < s.n; i++)
        if (!is_letter(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '_') return false;
    return s.n > 0;
}

static bool open_group(struct rewriter *r, bool multiline) {
    if (r->depth == MAX_GROUPS) return refuse(r, STR("more than 200 groups in each other"));
    r->multiline[++r->depth] = multiline;
    return true;
}

/* "(?i)" or "(?i:": flags for the rest of the group, or for a new one. `at` is behind the "?". */
static bool rewrite_flags(struct rewriter *r, size_t at) {
    bool on = true, multiline = r->multiline[r->depth];
    for (; at < r->in.n && r->in.p[at] && strchr("imsU-", r->in.p[at]); at++) {
        if (r->in.p[at] == '-') on = false;
        if (r->in.p[at] == 'm') multiline = on;
    }
    bool complete = at < r->in.n && (r->in.p[at] == ':' || r->in.p[at] == ')');
    if (!complete || r->in.p[at - 1] == '-')
        return refuse(r, STR("this kind of group is not supported (RE2 has no look-around)"));
    buf_add(&r->out, str_slice(r->in, r->at, at + 1));
    r->at = at + 1;
    if (r->in.p[at] == ':') return open_group(r, multiline);
    r->multiline[r->depth] = multiline;
    return true;
}

/* Groups capture nothing here, whatever their names: only whether there is a match is asked. */
static bool rewrite_special_group(struct rewriter *r) {
    size_t at = r->at + 2;
    if (str_starts(str_slice(r->in, at, r->in.n), STR("P<"))) at++;
    if (at == r->in.n || r->in.p[at] != '<') return rewrite_flags(r, r->at + 2);
    size_t end = str_find(r->in, STR(">"), at);
    if (end == SIZE_MAX || !is_name(str_slice(r->in, at + 1, end)))
        return refuse(r, STR("look-behind and bad group names are not supported"));
    buf_add(&r->out, STR("(?:"));
    r->at = end + 1;
    return open_group(r, r->multiline[r->depth]);
}

static bool rewrite_group(struct rewriter *r) {
    r->repeatable = false;
    if (peek(r, 1) == '*') return refuse(r, STR("nothing to repeat after '('"));
    if (peek(r, 1) == '?') return rewrite_special_group(r);
    buf_add(&r->out, STR("(?:"));
    r->at++;
    return open_group(r, r->multiline[r->depth]);
}

static bool rewrite_group_end(struct rewriter *r) {
    if (!r->depth) return refuse(r, STR("a closing parenthesis too many"));
    r->depth--;
    r->repeatable = true;
    r->atom = no_atom;
    buf_add_char(&r->out, ')');
    r->at++;
    return true;
}

/* Length of "{2}", "{2,}" or "{2,5}" at `at`; 0 when it is something else, and so literal. */
static size_t counted(const struct rewriter *r) {
    size_t i = 1;
    if (!is_digit(peek(r, i))) return 0;
    while (is_digit(peek(r, i))) i++;
    if (peek(r, i) == ',') {
        i++;
        while (is_digit(peek(r, i))) i++;
    }
    return peek(r, i) == '}' ? i + 1 : 0;
}

/* Puts what was written last into a group. */
static void enclose_atom(struct rewriter *r) {
    size_t length = r->out.n - r->atom;
    buf_reserve(&r->out, 4);
    memmove(r->out.p + r->atom + 3, r->out.p + r->atom, length);
    memcpy(r->out.p + r->atom, "(?:", 3);
    r->out.n += 3;
    buf_add_char(&r->out, ')');
}

static bool rewrite_repetition(struct rewriter *r, size_t length) {
    if (!r->repeatable) return refuse(r, STR("a repetition of nothing, or of a repetition"));
    if (length > 1 && (strtoul(r->in.p + r->at + 1, NULL, 10) > 1000 || length > 11))
        return refuse(r, STR("more than 1000 repetitions"));
    if (r->atom != no_atom) enclose_atom(r);
    buf_add(&r->out, str_slice(r->in, r->at, r->at + length));
    r->at += length;
    if (peek(r, 0) == '?') {
        buf_add_char(&r->out, '?');
        r->at++;
    }
    r->repeatable = false;
    return true;
}

static void add_literal(struct rewriter *r, char c) {
    uint32_t point;
    size_t length = utf8_decode(r->in, r->at, false, &point);
    r->repeatable = true;
    r->atom = r->out.n;
    if (c == '{' || c == '}' || c == ']') buf_add_char(&r->out, '\\');
    buf_add(&r->out, str_slice(r->in, r->at, r->at + length));
    r->at += length;
}

/* ^ and $ may be repeated in RE2. A $ is the very end of the text unless the flag m is on. */
static void add_anchor(struct rewriter *r, char c) {
    bool is_end = c == '$' && !r->multiline[r->depth];
    buf_addf(&r->out, "(?:%s)", is_end ? "\\z" : c == '$' ? "$" : "^");
    r->repeatable = true;
    r->atom = no_atom;
    r->at++;
}

static bool rewrite_one(struct rewriter *r) {
    char c = peek(r, 0);
    size_t length = c == '{' ? counted(r) : 1;
    switch (c) {
    case '\\': return rewrite_escape(r, false);
    case '[': return rewrite_class(r);
    case '(': return rewrite_group(r);
    case ')': return rewrite_group_end(r);
    case '*':
    case '+':
    case '?': return rewrite_repetition(r, 1);
    case '{':
        if (length) return rewrite_repetition(r, length);
        add_literal(r, c);
        return true;
    case '^':
    case '$': add_anchor(r, c); return true;
    case '|':
        r->repeatable = false;
        buf_add_char(&r->out, c);
        r->at++;
        return true;
    default: add_literal(r, c); return true;
    }
}

static struct str rewrite(struct arena *a, struct str pattern, struct str *error) {
    struct rewriter r = {.in = pattern, .out = buf_new(a)};
    buf_add(&r.out, STR("(?s:.*?)(?:"));
    while (r.at < r.in.n && rewrite_one(&r)) {
    }
    buf_add_char(&r.out, ')');
    if (r.depth) refuse(&r, STR("a group is not closed"));
    *error = r.error;
    return buf_str(&r.out);
}

/* ---- compiling ---- */

/* The same convention whatever PCRE2 was built with. */
static pcre2_compile_context *compile_context(pcre2_general_context *general) {
    pcre2_compile_context *context = pcre2_compile_context_create(general);
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    return context;
}

/* Each byte of the text costs at worst the square of the states that are followed at a time, which
 * the size of the compiled pattern bounds, and the workspace. */
static uint64_t steps_per_byte(size_t size) {
    size_t states = size / 4 < WORKSPACE / 6 ? size / 4 : WORKSPACE / 6;
    return 1 + states * states / 128;
}

const struct cel_regex *cel_regex_compile(struct arena *a, struct str pattern,
                                          struct str *message) {
    if (pattern.n > MAX_PATTERN) {
        *message = STR("it is longer than 4096 bytes");
        return NULL;
    }
    struct str text = rewrite(a, utf8_repair(a, pattern), message);
    if (message->n) return NULL;
    pcre2_general_context *general = pcre2_general_context_create(take, leave, a);
    uint32_t options = PCRE2_UTF | PCRE2_ANCHORED | PCRE2_NO_AUTO_POSSESS | PCRE2_ALT_CIRCUMFLEX |
                       PCRE2_NEVER_BACKSLASH_C;
    int code;
    PCRE2_SIZE offset, size = 0;
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)text.p, text.n, options, &code, &offset,
                                         compile_context(general));
    if (!compiled) {
        char reason[120];
        pcre2_get_error_message(code, (PCRE2_UCHAR *)reason, sizeof reason);
        *message = str_copy(a, str_from(reason));
        return NULL;
    }
    pcre2_pattern_info(compiled, PCRE2_INFO_SIZE, &size);
    if (size > MAX_COMPILED) {
        *message = STR("its repetitions make it too large");
        return NULL;
    }
    struct cel_regex *regex = ARENA_NEW(a, struct cel_regex);
    regex->code = compiled;
    regex->size = size;
    regex->steps_per_byte = steps_per_byte(size);
    return regex;
}

/* ---- matching ---- */

/* What one run keeps from match to match. */
struct match_state {
    pcre2_match_data *data;
    pcre2_match_context *context;
    int workspace[WORKSPACE];
};

static struct match_state *match_state(struct cel_run *run) {
    if (run->match_state) return run->match_state;
    struct match_state *s = ARENA_NEW(run->arena, struct match_state);
    pcre2_general_context *general = pcre2_general_context_create(take, leave, run->arena);
    s->data = pcre2_match_data_create(1, general);
    s->context = pcre2_match_context_create(general);
    pcre2_set_match_limit(s->context, MATCH_LIMIT);
    pcre2_set_depth_limit(s->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(s->context, HEAP_LIMIT);
    run->match_state = s;
    return s;
}

struct cel_value cel_regex_match(struct cel_run *run, const struct cel_regex *regex,
                                 struct str text) {
    if (text.n > run->steps_left / regex->steps_per_byte ||
        !cel_step(run, 8 + text.n * regex->steps_per_byte))
        return cel_limit();
    struct match_state *s = match_state(run);
    struct str subject = utf8_repair(run->arena, text);
    int result = pcre2_dfa_match(regex->code, (PCRE2_SPTR)(subject.n ? subject.p : ""), subject.n,
                                 0, PCRE2_NO_UTF_CHECK | PCRE2_DFA_SHORTEST, s->data, s->context,
                                 s->workspace, WORKSPACE);
    if (result >= 0) return cel_bool(true);
    if (result == PCRE2_ERROR_NOMATCH) return cel_bool(false);
    return cel_failure(CEL_ERROR_LIMIT,
                       STR("undecided: the regular expression takes too long on this text"));
}

struct cel_value cel_fn_matches(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)n;
    struct str pattern = args[1].u.text, message;
    if (!cel_step(run, 1000 + pattern.n * 4)) return cel_limit();
    const struct cel_regex *regex = cel_regex_compile(run->arena, pattern, &message);
    size_t memory = COMPILATION + (regex ? regex->size : 0);
    if (memory > run->bytes_left) return cel_limit();
    run->bytes_left -= memory;
    if (!regex)
        return cel_errorf(run, CEL_ERROR_ARGUMENT, "not a regular expression: " STR_FMT,
                          STR_ARG(message));
    return cel_regex_match(run, regex, args[0].u.text);
}
