/* Going on after a mistake. The grammar refuses a token without changing its state and says which
 * tokens it would take, which tells where in the grammar it stands. From there the likeliest
 * mistake is reported, once, and repaired: by feeding the token that is missing, by taking another
 * one in place of the wrong one, or by leaving tokens out up to the next comma or bracket.
 *
 * Messages name keys and punctuation, never the text of a value: it may be a secret. */
#include "base/utf8.h"
#include "syntax/json5_around.h"

/* Where the grammar stands when it refuses a token. */
enum stand {
    AT_DOCUMENT,     /* the value of the file */
    AT_MEMBER,       /* a key or the closing brace */
    AT_COLON,        /* behind a key */
    AT_MEMBER_VALUE, /* behind the colon */
    AFTER_MEMBER,    /* a comma or the closing brace */
    AT_ELEMENT,      /* a value or the closing bracket */
    AFTER_ELEMENT,   /* a comma or the closing bracket */
    AFTER_DOCUMENT,  /* nothing */
};

/* What became of the refused token. */
enum outcome {
    TAKEN,  /* used, replaced or dropped: the parse goes on behind it */
    AGAIN,  /* the state has changed: the same token is tried again */
    IGNORE, /* it is left out, and what follows up to the next comma or bracket */
    STOP,   /* nothing can be made of the rest */
};

static enum stand stand_of(const struct json5_parser *p) {
    uint32_t e = p->expected;
    if (e & JSON5_BIT(JSON5_END)) return AFTER_DOCUMENT;
    if (e & JSON5_BIT(JSON5_COLON)) return AT_COLON;
    if (e & JSON5_BIT(JSON5_COMMA))
        return e & JSON5_BIT(JSON5_RBRACE) ? AFTER_MEMBER : AFTER_ELEMENT;
    if (e & JSON5_BIT(JSON5_KEY)) return AT_MEMBER;
    if (e & JSON5_BIT(JSON5_RBRACKET)) return AT_ELEMENT;
    return p->frame == p->frames ? AT_DOCUMENT : AT_MEMBER_VALUE;
}

static enum json5_place place_of(enum stand stand) {
    switch (stand) {
    case AT_DOCUMENT:
    case AT_MEMBER_VALUE:
    case AT_ELEMENT: return JSON5_PLACE_VALUE;
    case AT_MEMBER: return JSON5_PLACE_KEY;
    default: return JSON5_PLACE_OTHER;
    }
}

/* ---- places in the text ---------------------------------------------------------------------- */

static uint32_t token_end(const struct json5_parser *p) {
    return (uint32_t)(p->at - p->text);
}

/* Where the token ends to a reader: a key without its colon. */
static uint32_t shown_end(const struct json5_parser *p) {
    uint32_t end = token_end(p);
    if (end - p->token_start > 1 && p->text[end - 1] == ':')
        for (end--; json5_is_blank(p->text[end - 1]);) end--;
    return end;
}

/* Whether the token before was a string without an end: that has been reported, and what is missing
 * here may be inside it. */
static bool behind_unterminated(const struct json5_parser *p) {
    return p->previous_end == p->unterminated_end;
}

/* An object whose opening brace is not in the text. */
static bool is_made(const struct node *container) {
    return container->start == container->end;
}

static const char *closer_text(int closer) {
    return closer == JSON5_RBRACE ? "}" : "]";
}

/* ---- messages -------------------------------------------------------------------------------- */

static struct span span_of(const struct json5_parser *p, uint32_t start, uint32_t end) {
    return (struct span){p->file, start, end};
}

/* Whether one more error is shown. */
static bool wanted(struct json5_parser *p) {
    if (!p->diags || p->reported > JSON5_MAX_REPORTS) return false;
    if (p->reported++ < JSON5_MAX_REPORTS) return true;
    diag_add(p->diags, SEVERITY_ERROR, "json5_syntax", span_of(p, p->token_start, token_end(p)),
             "further syntax errors of this file are not shown");
    return false;
}

/* An error at [start, end); evaluates to the diagnostic or NULL. */
#define REPORT(p, start, end, ...)                                                                 \
    (wanted(p) ? diag_add((p)->diags, SEVERITY_ERROR, "json5_syntax",                              \
                          span_of((p), (start), (end)), __VA_ARGS__)                               \
               : NULL)
#define REPORT_TOKEN(p, ...) REPORT((p), (p)->token_start, shown_end(p), __VA_ARGS__)

static void note(struct json5_parser *p, struct diag *d, uint32_t start, uint32_t end,
                 const char *text) {
    if (d) diag_note_add(p->diags, d, span_of(p, start, end), "%s", text);
}

static void note_opened(struct json5_parser *p, struct diag *d, const struct node *opened) {
    note(p, d, opened->start, opened->start + 1, "opened here");
}

/* ---- feeding --------------------------------------------------------------------------------- */

/* Gives a token to the grammar; false when it is refused. */
static bool feed(struct json5_parser *p, struct json5_token t) {
    p->refused = false;
    json5_grammar(p->grammar, t.kind, t.value);
    return !p->refused;
}

/* A comma or colon that is not in the text. */
static void feed_made(struct json5_parser *p, int kind) {
    feed(p, (struct json5_token){{0, 0}, kind});
}

/* A closing bracket that ends its container at `end`. */
static void feed_closer(struct json5_parser *p, int kind, uint32_t end) {
    feed(p, (struct json5_token){{0, end - 1}, kind});
}

/* A node without text behind the last token: a null for a value that is missing or unreadable, an
 * object whose brace is missing. */
static void feed_made_node(struct json5_parser *p, int token, enum node_kind kind) {
    const char *at = p->text + p->previous_end;
    feed(p, (struct json5_token){{json5_node(p, kind, at, at), p->previous_end}, token});
}

static void feed_missing(struct json5_parser *p) {
    feed_made_node(p, JSON5_LITERAL, NODE_NULL);
}

/* Leaves out tokens up to a comma, to a bracket that closes, or to a line that begins with a key.
 * Brackets that open are left out with all that is in them. */
static void skip_rest(struct json5_parser *p, struct json5_token *t) {
    size_t depth = json5_is_one_of(t->kind, JSON5_OPENERS);
    for (*t = json5_next(p); t->kind != JSON5_END; *t = json5_next(p)) {
        if (json5_is_one_of(t->kind, JSON5_OPENERS)) {
            depth++;
        } else if (depth == 0) {
            if (t->kind == JSON5_COMMA || json5_is_one_of(t->kind, JSON5_CLOSERS)) break;
            if (t->kind == JSON5_KEY && json5_first_on_line(p)) break;
        } else if (json5_is_one_of(t->kind, JSON5_CLOSERS)) {
            depth--;
        }
    }
    p->fault.kind = JSON5_FAULT_NONE;
}

/* ---- brackets -------------------------------------------------------------------------------- */

static enum outcome wrong_closer(struct json5_parser *p, int closer) {
    int count = json5_closes(p, closer); /* looks ahead, which may move the nodes */
    const struct node *inner = json5_container(p, 0);
    int right = json5_closer_of(inner);
    const char *opened = inner->kind == NODE_OBJECT ? "{" : "[";
    struct diag *d =
        count == 0
            ? REPORT_TOKEN(p, "this `%s` closes nothing: the last that is open is a `%s`",
                           closer_text(closer), opened)
            : REPORT_TOKEN(p, "`%s` is %s `%s`, to close the `%s` that is open", closer_text(right),
                           count == 1 ? "expected here, not" : "missing before",
                           closer_text(closer), opened);
    note_opened(p, d, inner);
    if (count > 0) feed_closer(p, right, count == 1 ? token_end(p) : p->previous_end);
    return count == 2 ? AGAIN : TAKEN;
}

static enum outcome end_of_text(struct json5_parser *p, enum stand stand) {
    if (stand == AT_DOCUMENT) {
        REPORT_TOKEN(p, "there is no value in this file; the smallest config is {}");
        return STOP;
    }
    const struct node *inner = json5_container(p, 0);
    if (is_made(inner)) return STOP; /* its missing brace has been reported */
    struct diag *d = REPORT_TOKEN(p, "the file ends before the `%s` that closes this %s",
                                  closer_text(json5_closer_of(inner)),
                                  inner->kind == NODE_OBJECT ? "object" : "array");
    note_opened(p, d, inner);
    return STOP;
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* The text up to a colon on the same line, for a key that has characters which need quotes. Empty
 * when there is no such key. */
static struct str unquoted_key(const struct json5_parser *p) {
    const char *start = p->text + p->token_start, *at = start;
    while (*at && !strchr(":,{}[]\"'\r\n", *at)) at++;
    if (*at != ':') return STR_NONE;
    while (at > start && json5_is_blank(at[-1])) at--;
    return (struct str){start, (size_t)(at - start)};
}

static enum outcome quote_key(struct json5_parser *p, struct str key) {
    struct json5_token t = {{json5_intern(p, key.p, key.n), p->token_start}, JSON5_KEY};
    REPORT(p, p->token_start, p->token_start + (uint32_t)key.n,
           "this key needs quotes: only a word of letters, digits, `_` and `$` that begins with no "
           "digit can do without");
    p->at = strchr(key.p + key.n, ':') + 1;
    feed(p, t);
    return TAKEN;
}

static enum outcome at_member(struct json5_parser *p, int token) {
    struct str key = unquoted_key(p);
    if (json5_is_one_of(token, JSON5_BIT(JSON5_NUMBER) | JSON5_BIT(JSON5_JUNK)) && key.n)
        return quote_key(p, key);
    switch (token) {
    case JSON5_COMMA:
        REPORT_TOKEN(p, "there is no member before this comma; remove it");
        return TAKEN;
    case JSON5_COLON: REPORT_TOKEN(p, "a key is missing before this colon"); return IGNORE;
    case JSON5_LBRACE:
    case JSON5_LBRACKET:
        REPORT_TOKEN(p, "a value in an object needs a key and a colon before it");
        return IGNORE;
    default: REPORT_TOKEN(p, "a key or `}` is expected here"); return IGNORE;
    }
}

static enum outcome at_colon(struct json5_parser *p, int token) {
    char c = p->text[p->token_start];
    if (json5_is_one_of(token, JSON5_SCALARS | JSON5_OPENERS)) {
        struct diag *d = REPORT_TOKEN(p, "a colon is missing between the key and this value");
        note(p, d, p->previous_end, p->previous_end, "the colon belongs here");
        feed_made(p, JSON5_COLON);
        return AGAIN;
    }
    if (token == JSON5_JUNK && c == '=') {
        REPORT_TOKEN(p, "a colon is expected behind a key, not `=`");
        if (*p->at == '>') p->at++;
        feed_made(p, JSON5_COLON);
        return TAKEN;
    }
    bool end_of_member =
        json5_is_one_of(token, JSON5_CLOSERS | JSON5_BIT(JSON5_COMMA) | JSON5_BIT(JSON5_KEY));
    if (!behind_unterminated(p)) {
        struct diag *d =
            REPORT_TOKEN(p, "%s",
                         end_of_member ? "the key before this has no colon and no value"
                                       : "a colon is expected here, behind the key");
        note(p, d, p->previous_end, p->previous_end, "the colon and the value belong here");
    }
    feed_made(p, JSON5_COLON);
    feed_missing(p);
    if (!end_of_member) return IGNORE;
    if (token == JSON5_KEY) feed_made(p, JSON5_COMMA);
    return AGAIN;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Words that other languages have for a literal of JSON5. */
static const char *literal_meant(struct str word) {
    static const char *const words[][2] = {
        {"True", "true"},      {"TRUE", "true"},   {"yes", "true"},          {"on", "true"},
        {"False", "false"},    {"FALSE", "false"}, {"no", "false"},          {"off", "false"},
        {"Null", "null"},      {"NULL", "null"},   {"None", "null"},         {"nil", "null"},
        {"undefined", "null"}, {"nan", "NaN"},     {"infinity", "Infinity"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal(word, str_from(words[i][0]))) return words[i][1];
    return NULL;
}

/* What to say of a token that cannot begin a value. */
static void report_no_value(struct json5_parser *p, int token) {
    struct str text = {p->text + p->token_start, token_end(p) - p->token_start};
    const char *meant = token == JSON5_NAME ? literal_meant(text) : NULL;
    unsigned char c = (unsigned char)*text.p;
    if (meant)
        REPORT_TOKEN(p, "`" STR_FMT "` is no value of JSON5: write %s", STR_ARG(text), meant);
    else if (token == JSON5_JUNK && (json5_is_digit(*text.p) || c == '+' || c == '-' || c == '.'))
        REPORT_TOKEN(p, "this is no number of JSON5: no leading zeros, no `_`, digits behind an "
                        "exponent and 0x; if it is text, put it in quotes");
    else if (c == '`')
        REPORT_TOKEN(p, "a string is written in \" or ' quotes, not in backticks");
    else if (str_starts(text, STR("\xe2\x80\x9c")) || str_starts(text, STR("\xe2\x80\x98")) ||
             str_starts(text, STR("\xe2\x80\x9d")) || str_starts(text, STR("\xe2\x80\x99")))
        REPORT_TOKEN(p, "these are typographic quotes: use plain \" or '");
    else
        REPORT_TOKEN(p, "a value is expected here; text needs quotes");
}

/* `http:` and the like: the slashes behind begin no comment, they are part of a text. */
static void skip_url(struct json5_parser *p) {
    if (p->at[0] != '/' || p->at[1] != '/') return;
    while (*p->at && !strchr(" \t\r\n,]}", *p->at)) p->at++;
}

static enum outcome at_value(struct json5_parser *p, int token, enum stand stand) {
    bool first = json5_first_on_line(p);
    switch (token) {
    case JSON5_COMMA:
    case JSON5_RBRACE:
    case JSON5_RBRACKET:
        if (stand == AT_ELEMENT) {
            REPORT_TOKEN(p, "there is no element before this comma; remove it");
            return TAKEN;
        }
        REPORT_TOKEN(p, "a value is missing before this `%s`",
                     token == JSON5_COMMA ? "," : closer_text(token));
        feed_missing(p);
        return AGAIN;
    case JSON5_COLON: REPORT_TOKEN(p, "this colon is one too many"); return TAKEN;
    case JSON5_KEY:
        if (stand == AT_ELEMENT)
            REPORT_TOKEN(p, "an array has no keys: put { } around its members, or use an object");
        else if (first)
            REPORT_TOKEN(p, "the key before this one has no value");
        else
            REPORT_TOKEN(p, "a value is expected here, not a key; text needs quotes");
        if (!first) skip_url(p);
        feed_missing(p);
        if (stand == AT_ELEMENT || !first) return IGNORE;
        feed_made(p, JSON5_COMMA);
        return AGAIN;
    default:
        report_no_value(p, token);
        feed_missing(p);
        return IGNORE;
    }
}

/* ---- behind values --------------------------------------------------------------------------- */

static enum outcome missing_comma(struct json5_parser *p) {
    if (!behind_unterminated(p)) {
        struct diag *d = REPORT_TOKEN(p, "a comma is missing before this");
        note(p, d, p->previous_end, p->previous_end, "the comma belongs here");
    }
    feed_made(p, JSON5_COMMA);
    return AGAIN;
}

static enum outcome stray(struct json5_parser *p, int token) {
    char before = p->previous_end ? p->text[p->previous_end - 1] : ' ';
    char c = p->text[p->token_start];
    if (token == JSON5_JUNK && c == ';') {
        REPORT_TOKEN(p, "a comma is expected here, not `;`");
        feed_made(p, JSON5_COMMA);
        return TAKEN;
    }
    if (token == JSON5_JUNK && c == ')') {
        int right = json5_closer_of(json5_container(p, 0));
        REPORT_TOKEN(p, "`%s` is expected here, not `)`", closer_text(right));
        feed_closer(p, right, token_end(p));
        return TAKEN;
    }
    if (behind_unterminated(p)) return IGNORE;
    if (p->previous_end == p->token_start && json5_is_quote(before))
        REPORT_TOKEN(p, "the string before this ends too early: a quote inside a string is "
                        "written \\\" or \\'");
    else
        REPORT_TOKEN(p, "this does not belong here: a comma or a closing bracket is expected");
    return IGNORE;
}

static enum outcome after_member(struct json5_parser *p, int token) {
    bool first = json5_first_on_line(p);
    if (token == JSON5_KEY) return missing_comma(p);
    if (first && json5_is_one_of(token, JSON5_BIT(JSON5_STRING) | JSON5_BIT(JSON5_NAME) |
                                            JSON5_BIT(JSON5_LITERAL)))
        return missing_comma(p);
    if (first && json5_is_one_of(token, JSON5_BIT(JSON5_NUMBER) | JSON5_BIT(JSON5_JUNK)) &&
        unquoted_key(p).n)
        return missing_comma(p);
    return stray(p, token);
}

static enum outcome after_element(struct json5_parser *p, int token) {
    if (json5_is_one_of(token, JSON5_SCALARS | JSON5_OPENERS)) return missing_comma(p);
    return stray(p, token);
}

/* A key at the beginning of a line, in an array inside an object: the array is not closed. */
static bool leaves_array(const struct json5_parser *p, enum stand stand, int token) {
    const struct node *outer = json5_container(p, 1);
    return token == JSON5_KEY && (stand == AFTER_ELEMENT || stand == AT_ELEMENT) &&
           json5_first_on_line(p) && outer && outer->kind == NODE_OBJECT;
}

static enum outcome close_array(struct json5_parser *p) {
    const struct node *array = json5_container(p, 0);
    struct diag *d = REPORT_TOKEN(p, "`]` is missing before this key");
    note_opened(p, d, array);
    feed_closer(p, JSON5_RBRACKET, p->previous_end);
    feed_made(p, JSON5_COMMA);
    return AGAIN;
}

/* ---- the document ---------------------------------------------------------------------------- */

static enum outcome at_document(struct json5_parser *p, int token) {
    if (token == JSON5_KEY) {
        REPORT_TOKEN(p, "a config is one value: put { before the first key and } behind the last");
        feed_made_node(p, JSON5_LBRACE, NODE_OBJECT);
        return AGAIN;
    }
    struct str text = {p->text, (size_t)(p->limit - p->text)};
    if (str_starts(text, STR("\xff\xfe")) || str_starts(text, STR("\xfe\xff")))
        REPORT_TOKEN(p, "this file is UTF-16: save it as UTF-8");
    else if (json5_is_one_of(token, JSON5_BIT(JSON5_NAME) | JSON5_BIT(JSON5_JUNK)))
        report_no_value(p, token);
    else
        REPORT_TOKEN(p, "a value is expected here: a config begins with {");
    return STOP;
}

/* Behind the value of the file. When more members follow, a closing bracket was one too many: they
 * are read as an object of their own, for the mistakes in them. */
static enum outcome after_document(struct json5_parser *p, int token) {
    if (token != JSON5_COMMA || json5_peek(p, 1) != JSON5_KEY) {
        REPORT_TOKEN(p,
                     "the config ends before this: only comments may follow its closing bracket");
        return STOP;
    }
    REPORT(p, p->previous_end - 1, p->previous_end,
           "this closes the whole config, but more of it follows: there is a closing bracket too "
           "many here or before");
    json5_new_grammar(p);
    feed_made_node(p, JSON5_LBRACE, NODE_OBJECT);
    return TAKEN;
}

static bool is_open_comment(const struct json5_parser *p, int token) {
    return token == JSON5_JUNK && p->text[p->token_start] == '/' &&
           p->text[p->token_start + 1] == '*';
}

/* The rest of the line is the comment that was meant. */
static enum outcome hash_comment(struct json5_parser *p) {
    REPORT_TOKEN(p, "a comment begins with //, not with #");
    while (p->at < p->limit && *p->at != '\n' && *p->at != '\r') p->at++;
    return TAKEN;
}

static enum outcome repair(struct json5_parser *p, int token) {
    enum stand stand = stand_of(p);
    char c = p->text[p->token_start];
    json5_gateway_error(p, p->token_start, place_of(stand));
    if (is_open_comment(p, token)) {
        REPORT(p, p->token_start, p->token_start + 2, "this comment has no end: */ is missing");
        return STOP;
    }
    bool value_is_due = stand == AT_COLON || stand == AT_MEMBER_VALUE;
    if (c == '#' && (!value_is_due || json5_is_blank(*p->at))) return hash_comment(p);
    if (stand == AFTER_DOCUMENT) return after_document(p, token);
    if (token == JSON5_END) return end_of_text(p, stand);
    if (leaves_array(p, stand, token)) return close_array(p);
    if (json5_is_one_of(token, JSON5_CLOSERS) && json5_container(p, 0) && !value_is_due)
        return wrong_closer(p, token);
    switch (stand) {
    case AT_MEMBER: return at_member(p, token);
    case AT_COLON: return at_colon(p, token);
    case AT_MEMBER_VALUE:
    case AT_ELEMENT: return at_value(p, token, stand);
    case AFTER_MEMBER: return after_member(p, token);
    case AFTER_ELEMENT: return after_element(p, token);
    default: return at_document(p, token);
    }
}

/* A mistake inside a string that is itself where it belongs. */
static void report_fault(struct json5_parser *p) {
    uint32_t at = p->fault.at;
    json5_gateway_error(p, p->token_start, JSON5_PLACE_KEY);
    switch (p->fault.kind) {
    case JSON5_FAULT_UNTERMINATED:
        REPORT(p, at, token_end(p), "this string has no closing quote on its line");
        break;
    case JSON5_FAULT_DIGIT:
        REPORT(p, at, at + 2,
               "a backslash before a digit has no meaning: write \\\\ for a "
               "backslash, \\xHH or \\uHHHH for a character by its number");
        break;
    case JSON5_FAULT_HEX:
        REPORT(p, at, at + 2,
               "%s hexadecimal digits are expected behind this; write \\\\ for a "
               "backslash",
               p->text[at + 1] == 'x' ? "two" : "four");
        break;
    case JSON5_FAULT_NONE: break;
    }
    p->fault.kind = JSON5_FAULT_NONE;
}

static void report_depth(struct json5_parser *p) {
    struct json5_result *r = &p->result;
    REPORT_TOKEN(p, "arrays and objects are nested more than %d deep here", JSON5_MAX_DEPTH);
    if (!r->ok) return;
    json5_gateway_error(p, p->token_start, JSON5_PLACE_OTHER);
    r->what = "depth";
    r->gateway_char = STR_NONE;
    r->gateway_message = str_format(p->tree->arena, "nested more than %d deep", JSON5_MAX_DEPTH);
}

/* Closes what is open, so that the tree is whole. */
static void close_all(struct json5_parser *p) {
    const struct json5_token end = {{0, 0}, JSON5_END};
    p->previous_end = (uint32_t)(p->limit - p->text);
    while (!feed(p, end)) {
        enum stand stand = stand_of(p);
        if (stand == AT_COLON) feed_made(p, JSON5_COLON);
        if (stand == AT_COLON || stand == AT_MEMBER_VALUE || stand == AT_DOCUMENT) feed_missing(p);
        if (stand != AT_DOCUMENT)
            feed_closer(p, json5_closer_of(json5_container(p, 0)), p->previous_end);
    }
}

/* Reports the token, repairs, and tries again, until a token fits. False: nothing can be done. */
static bool resume(struct json5_parser *p, struct json5_token *t) {
    do {
        switch (repair(p, t->kind)) {
        case TAKEN: return true;
        case STOP: return false;
        case AGAIN: break;
        case IGNORE:
            skip_rest(p, t);
            /* When no value was put in its place, the comma behind it goes too. */
            if (t->kind == JSON5_COMMA && stand_of(p) == AT_MEMBER) return true;
            if (t->kind == JSON5_KEY) feed_made(p, JSON5_COMMA);
            break;
        }
    } while (!feed(p, *t));
    return true;
}

bool json5_recover(struct json5_parser *p, struct json5_token t) {
    bool go_on = !p->refused || resume(p, &t);
    if (p->too_deep) report_depth(p);
    if (!go_on || p->too_deep) {
        p->diags = NULL;
        close_all(p);
        return false;
    }
    if (p->fault.kind) report_fault(p);
    p->refused = p->attention = false;
    return t.kind != JSON5_END;
}
