/* Where npm json5@2.2.3 stops. It reads character by character and reports the place behind the one
 * that it cannot use, so what it reports depends on how far it reads into a token. Here the token
 * with the first mistake is read again in its way, and lines and columns are counted in its way:
 * LF alone ends a line and stands at column 0 of the next; other characters count their UTF-16
 * units. */
#include "base/buf.h"
#include "base/utf8.h"
#include "syntax/json5_parser.h"

struct reader {
    struct str text;
    size_t at;
    uint32_t line, column;
    bool stopped; /* the mistake is found: at the character last read */
    bool identifier;
    uint32_t c;
};

enum { END_OF_TEXT = 0x110000 };

static uint32_t peek(const struct reader *r) {
    uint32_t c = END_OF_TEXT;
    if (r->at < r->text.n) utf8_decode(r->text, r->at, false, &c);
    return c;
}

static uint32_t read_character(struct reader *r) {
    uint32_t c;
    if (r->at == r->text.n) {
        r->column++;
        return END_OF_TEXT;
    }
    r->at += utf8_decode(r->text, r->at, false, &c);
    r->column += c >= 0x10000 ? 2 : 1;
    if (c == '\n') {
        r->line++;
        r->column = 0;
    }
    return c;
}

static void stop(struct reader *r) {
    if (r->stopped) return;
    r->c = read_character(r);
    r->stopped = true;
}

static bool is_digit(uint32_t c) {
    return c >= '0' && c <= '9';
}

static bool is_hex(uint32_t c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static void read_literal(struct reader *r, const char *rest) {
    read_character(r);
    for (; *rest && !r->stopped; rest++) {
        if (peek(r) == (unsigned char)*rest)
            read_character(r);
        else
            stop(r);
    }
}

/* At least one digit, or the mistake. */
static void read_digits(struct reader *r, bool (*fits)(uint32_t)) {
    if (!fits(peek(r))) stop(r);
    while (!r->stopped && fits(peek(r))) read_character(r);
}

static void read_exponent(struct reader *r) {
    if (r->stopped || (peek(r) != 'e' && peek(r) != 'E')) return;
    read_character(r);
    if (peek(r) == '+' || peek(r) == '-') read_character(r);
    read_digits(r, is_digit);
}

static void read_number(struct reader *r) {
    uint32_t first = read_character(r);
    if (first == '.') {
        read_digits(r, is_digit);
    } else {
        if (first == '0' && (peek(r) == 'x' || peek(r) == 'X')) {
            read_character(r);
            read_digits(r, is_hex);
            return;
        }
        while (first != '0' && is_digit(peek(r))) read_character(r);
        if (peek(r) == '.') {
            read_character(r);
            while (is_digit(peek(r))) read_character(r);
        }
    }
    read_exponent(r);
}

static uint32_t read_hex_escape(struct reader *r, int count) {
    uint32_t value = 0;
    for (; count > 0 && !r->stopped; count--) {
        if (!is_hex(peek(r))) {
            stop(r);
        } else {
            uint32_t c = read_character(r);
            value = value << 4 | (is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }
    }
    return value;
}

static void read_escape(struct reader *r) {
    uint32_t c = peek(r);
    if (c == END_OF_TEXT || (c >= '1' && c <= '9')) {
        stop(r);
        return;
    }
    read_character(r);
    if (c == '0' && is_digit(peek(r))) stop(r);
    if (c == 'x') read_hex_escape(r, 2);
    if (c == 'u') read_hex_escape(r, 4);
    if (c == '\r' && peek(r) == '\n') read_character(r);
}

static void read_string(struct reader *r) {
    uint32_t quote = read_character(r);
    while (!r->stopped) {
        uint32_t c = peek(r);
        if (c == '\n' || c == '\r' || c == END_OF_TEXT) {
            stop(r);
            return;
        }
        read_character(r);
        if (c == quote) return;
        if (c == '\\') read_escape(r);
    }
}

/* An escape in a name: `\u` and four digits, of a character that may stand there. */
static void read_name_escape(struct reader *r, bool first) {
    read_character(r);
    if (peek(r) != 'u') {
        stop(r);
        return;
    }
    read_character(r);
    uint32_t c = read_hex_escape(r, 4);
    if (r->stopped || json5_fits_name(c, first)) return;
    r->stopped = r->identifier = true;
    r->column -= 5;
}

static void read_name(struct reader *r) {
    for (bool first = true; !r->stopped; first = false) {
        if (peek(r) == '\\')
            read_name_escape(r, first);
        else if (json5_fits_name(peek(r), first))
            read_character(r);
        else
            return;
    }
}

static void read_value(struct reader *r) {
    if (peek(r) == '+' || peek(r) == '-') {
        read_character(r);
        uint32_t c = peek(r);
        if (!is_digit(c) && c != '.' && c != 'I' && c != 'N') {
            stop(r);
            return;
        }
    }
    switch (peek(r)) {
    case 'n': read_literal(r, "ull"); break;
    case 't': read_literal(r, "rue"); break;
    case 'f': read_literal(r, "alse"); break;
    case 'I': read_literal(r, "nfinity"); break;
    case 'N': read_literal(r, "aN"); break;
    case '"':
    case '\'': read_string(r); break;
    default:
        if (is_digit(peek(r)) || peek(r) == '.') read_number(r);
        break;
    }
}

/* A slash that begins no comment, or a comment without its end. */
static void read_comment(struct reader *r) {
    read_character(r);
    if (peek(r) != '*') {
        stop(r);
        return;
    }
    while (r->at < r->text.n) read_character(r);
    stop(r);
}

static void read_token(struct reader *r, enum json5_place place) {
    uint32_t c = peek(r);
    if (c == '/')
        read_comment(r);
    else if (place == JSON5_PLACE_VALUE)
        read_value(r);
    else if (place == JSON5_PLACE_KEY && (c == '"' || c == '\''))
        read_string(r);
    else if (place == JSON5_PLACE_KEY)
        read_name(r);
    /* The token as far as it is used is right: what comes next is the mistake. */
    while (!r->stopped && (peek(r) == ' ' || peek(r) == '\t')) read_character(r);
    stop(r);
}

static struct str shown_character(struct arena *a, uint32_t c) {
    static const char plain[] = "'\"\\\b\f\n\r\t\v", letters[] = "'\"\\bfnrtv";
    const char *found = c && c < 0x80 ? strchr(plain, (int)c) : NULL;
    if (found) return str_format(a, "\\%c", letters[found - plain]);
    if (c == 0) return STR("\\0");
    if (c == 0x2028 || c == 0x2029) return str_format(a, "\\u%04x", (unsigned)c);
    if (c < 0x20) return str_format(a, "\\x%02x", (unsigned)c);
    char bytes[4];
    size_t n = utf8_encode(c, bytes);
    return str_copy(a, (struct str){bytes, n});
}

void json5_gateway_error(struct json5_parser *p, uint32_t start, enum json5_place place) {
    struct json5_result *result = &p->result;
    if (!result->ok) return;
    struct arena *a = p->tree->arena;
    struct reader r = {.text = {p->text, (size_t)(p->limit - p->text)}, .line = 1};
    while (r.at < start) read_character(&r);
    read_token(&r, place);
    result->ok = false;
    result->gateway_line = r.line;
    result->gateway_column = r.column;
    result->what = r.identifier ? "identifier" : r.c == END_OF_TEXT ? "eof" : "char";
    struct str what = STR("invalid identifier character");
    if (!r.identifier && r.c == END_OF_TEXT) what = STR("invalid end of input");
    if (!r.identifier && r.c != END_OF_TEXT) {
        result->gateway_char = shown_character(a, r.c);
        what = str_format(a, "invalid character '" STR_FMT "'", STR_ARG(result->gateway_char));
    }
    result->gateway_message = str_format(a, "JSON5: " STR_FMT " at %u:%u", STR_ARG(what),
                                         (unsigned)r.line, (unsigned)r.column);
}
