#include "syntax/json5_around.h"

static bool has_line_break(const struct json5_parser *p, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++)
        if (p->text[i] == '\n' || p->text[i] == '\r') return true;
    return false;
}

bool json5_first_on_line(const struct json5_parser *p) {
    return has_line_break(p, p->previous_end, p->token_start);
}

const struct node *json5_container(const struct json5_parser *p, int outwards) {
    if (p->frame - p->frames <= outwards) return NULL;
    return &p->tree->nodes[(p->frame - outwards)->container];
}

int json5_closer_of(const struct node *container) {
    return container->kind == NODE_OBJECT ? JSON5_RBRACE : JSON5_RBRACKET;
}

struct json5_token json5_next(struct json5_parser *p) {
    p->previous_end = (uint32_t)(p->at - p->text);
    return json5_scan(p);
}

/* The state of the scanner, to look ahead and come back. */
struct bookmark {
    const char *at;
    size_t nodes;
    uint32_t token_start, previous_end, unterminated_end;
    struct json5_fault fault;
};

static struct bookmark mark(const struct json5_parser *p) {
    return (struct bookmark){p->at,           p->tree->n,          p->token_start,
                             p->previous_end, p->unterminated_end, p->fault};
}

static void go_back(struct json5_parser *p, const struct bookmark *b) {
    p->at = b->at;
    p->tree->n = b->nodes;
    p->token_start = b->token_start;
    p->previous_end = b->previous_end;
    p->unterminated_end = b->unterminated_end;
    p->fault = b->fault;
}

int json5_peek(struct json5_parser *p, int count) {
    struct bookmark here = mark(p);
    struct json5_token t = {{0, 0}, JSON5_JUNK};
    while (count-- > 0 && t.kind != JSON5_END) t = json5_next(p);
    go_back(p, &here);
    return t.kind;
}

/* How many more brackets close than open in the rest of the text. False when that is too long. */
static bool closing_surplus(struct json5_parser *p, long *surplus) {
    enum { TOKENS_MAX = 100000 };
    struct bookmark here = mark(p);
    struct json5_token t;
    int count = 0;
    *surplus = 0;
    do {
        t = json5_next(p);
        *surplus += json5_is_one_of(t.kind, JSON5_CLOSERS);
        *surplus -= json5_is_one_of(t.kind, JSON5_OPENERS);
    } while (t.kind != JSON5_END && ++count < TOKENS_MAX);
    go_back(p, &here);
    return t.kind == JSON5_END;
}

/* Bytes of blanks at the beginning of the line of an offset. Lines are looked at up to a limit. */
static uint32_t indentation(const struct json5_parser *p, uint32_t offset) {
    enum { LINE_MAX_BYTES = 1000 };
    uint32_t start = offset, n = 0;
    while (start > 0 && offset - start < LINE_MAX_BYTES && p->text[start - 1] != '\n' &&
           p->text[start - 1] != '\r')
        start--;
    while (json5_is_blank(p->text[start + n])) n++;
    return n;
}

/* Whether the layout says that a closing bracket is that of the container around the innermost. */
static bool laid_out_as_outer(const struct json5_parser *p) {
    if (!json5_first_on_line(p)) return false;
    uint32_t here = indentation(p, p->token_start);
    return here == indentation(p, json5_container(p, 1)->start) &&
           here != indentation(p, json5_container(p, 0)->start);
}

/* The brackets in the rest of the text should come out even; if no reading makes them so, the
 * layout decides. */
int json5_closes(struct json5_parser *p, int closer) {
    const struct node *outer = json5_container(p, 1);
    bool fits_outer = outer && json5_closer_of(outer) == closer;
    long surplus, depth = p->frame - p->frames;
    if (p->reported < JSON5_MAX_REPORTS && closing_surplus(p, &surplus)) {
        long count = depth - surplus;
        if (count == 0 || count == 1 || (count == 2 && fits_outer)) return (int)count;
    }
    return fits_outer && laid_out_as_outer(p) ? 2 : 1;
}
