/* The string extension. Positions count code points from 0. */
#include <string.h>

#include "base/utf8.h"
#include "cel/cel_ast.h"

/* ---- positions ---- */

/* Byte offset of the code point at `position`, the length for one past the last, else SIZE_MAX. */
static size_t offset_of(struct str s, int64_t position) {
    if (position < 0) return SIZE_MAX;
    size_t at = 0;
    uint32_t c;
    for (; position > 0 && at < s.n; position--) at += utf8_decode(s, at, true, &c);
    return position ? SIZE_MAX : at;
}

static struct cel_value position_of(struct str s, size_t offset) {
    return cel_int(offset == SIZE_MAX ? -1 : (int64_t)utf8_count(str_slice(s, 0, offset)));
}

static struct cel_value out_of_range(struct cel_run *run, int64_t position) {
    return cel_errorf(run, CEL_ERROR_ARGUMENT, "the position %lld is outside of the text",
                      (long long)position);
}

/* Takes steps for looking through a text. */
static bool looks_through(struct cel_run *run, struct str s) {
    return cel_step(run, s.n / 8);
}

static struct cel_value fn_char_at(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)n;
    struct str s = args[0].u.text;
    size_t at = offset_of(s, args[1].u.i);
    if (at == SIZE_MAX) return out_of_range(run, args[1].u.i);
    uint32_t c;
    return cel_string(at == s.n ? STR("") : str_slice(s, at, at + utf8_decode(s, at, true, &c)));
}

static struct cel_value fn_index_of(struct cel_run *run, const struct cel_value *args, size_t n) {
    struct str s = args[0].u.text;
    size_t from = n > 2 ? offset_of(s, args[2].u.i) : 0;
    if (!looks_through(run, s)) return cel_limit();
    if (from == SIZE_MAX) return out_of_range(run, args[2].u.i);
    return position_of(s, str_find(s, args[1].u.text, from));
}

/* Offset of the last occurrence that begins at or before `from`. */
static size_t find_last(struct str s, struct str needle, size_t from) {
    if (needle.n > s.n) return SIZE_MAX;
    size_t at = from < s.n - needle.n ? from : s.n - needle.n;
    for (;; at--) {
        if (str_equal(str_slice(s, at, at + needle.n), needle)) return at;
        if (at == 0) return SIZE_MAX;
    }
}

static struct cel_value fn_last_index_of(struct cel_run *run, const struct cel_value *args,
                                         size_t n) {
    struct str s = args[0].u.text;
    size_t from = n > 2 ? offset_of(s, args[2].u.i) : s.n;
    if (!looks_through(run, s) || !cel_step(run, s.n)) return cel_limit();
    if (from == SIZE_MAX) return out_of_range(run, args[2].u.i);
    return position_of(s, find_last(s, args[1].u.text, from));
}

static struct cel_value fn_substring(struct cel_run *run, const struct cel_value *args, size_t n) {
    struct str s = args[0].u.text;
    if (!looks_through(run, s)) return cel_limit();
    size_t from = offset_of(s, args[1].u.i), to = n > 2 ? offset_of(s, args[2].u.i) : s.n;
    if (from == SIZE_MAX) return out_of_range(run, args[1].u.i);
    if (to == SIZE_MAX) return out_of_range(run, args[2].u.i);
    if (to < from)
        return cel_failure(CEL_ERROR_ARGUMENT, STR("the substring ends before it begins"));
    return cel_string(str_slice(s, from, to));
}

/* ---- letters ---- */

static struct cel_value map_ascii(struct cel_run *run, struct str s, char first, char last) {
    char *p = cel_alloc(run, s.n, 1);
    if (!p || !looks_through(run, s)) return cel_limit();
    for (size_t i = 0; i < s.n; i++)
        p[i] = (char)(s.p[i] >= first && s.p[i] <= last ? s.p[i] ^ 32 : s.p[i]);
    return cel_string((struct str){p, s.n});
}

static struct cel_value fn_lower_ascii(struct cel_run *run, const struct cel_value *args,
                                       size_t n) {
    (void)n;
    return map_ascii(run, args[0].u.text, 'A', 'Z');
}

static struct cel_value fn_upper_ascii(struct cel_run *run, const struct cel_value *args,
                                       size_t n) {
    (void)n;
    return map_ascii(run, args[0].u.text, 'a', 'z');
}

static struct cel_value fn_reverse(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)n;
    struct str s = args[0].u.text;
    char *p = cel_alloc(run, s.n, 1);
    if (!p || !looks_through(run, s)) return cel_limit();
    uint32_t c;
    for (size_t at = 0, length; at < s.n; at += length) {
        length = utf8_decode(s, at, true, &c);
        memcpy(p + s.n - at - length, s.p + at, length);
    }
    return cel_string((struct str){p, s.n});
}

/* Unicode's White_Space. */
static bool is_space(uint32_t c) {
    return (c >= 9 && c <= 13) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

static struct cel_value fn_trim(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)n;
    struct str s = args[0].u.text;
    if (!looks_through(run, s)) return cel_limit();
    size_t from = s.n, to = 0;
    uint32_t c;
    for (size_t at = 0; at < s.n;) {
        size_t length = utf8_decode(s, at, true, &c);
        if (!is_space(c)) {
            if (from == s.n) from = at;
            to = at + length;
        }
        at += length;
    }
    return cel_string(str_slice(s, from, to));
}

/* ---- replace, split, join ---- */

/* Where the next occurrence of `needle` is; an empty one is between any two code points. */
static size_t next_match(struct str s, struct str needle, size_t at, bool first) {
    uint32_t c;
    if (needle.n) return str_find(s, needle, at);
    if (first) return 0;
    return at < s.n ? at + utf8_decode(s, at, true, &c) : SIZE_MAX;
}

static struct cel_value fn_replace(struct cel_run *run, const struct cel_value *args, size_t n) {
    struct str s = args[0].u.text, needle = args[1].u.text, by = args[2].u.text;
    int64_t left = n > 3 ? args[3].u.i : -1;
    struct buf b = buf_new(run->arena);
    size_t at = 0;
    for (bool first = true; left != 0; left--, first = false) {
        size_t found = next_match(s, needle, at, first);
        if (found == SIZE_MAX) break;
        buf_add(&b, str_slice(s, at, found));
        buf_add(&b, by);
        at = found + needle.n;
        if (b.n > run->bytes_left || !cel_step(run, 1 + by.n / 64)) return cel_limit();
    }
    buf_add(&b, str_slice(s, at, s.n));
    return cel_text_value(run, CEL_STRING, buf_str(&b));
}

static struct cel_value fn_split(struct cel_run *run, const struct cel_value *args, size_t n) {
    struct str s = args[0].u.text, separator = args[1].u.text;
    int64_t left = n > 2 ? args[2].u.i : -1;
    struct cel_values parts = {0};
    size_t at = 0;
    if (left == 0 || (!s.n && !separator.n)) return cel_list(NULL, 0);
    for (; left != 1; left--) {
        size_t found = next_match(s, separator, at, false);
        if (found == SIZE_MAX || (!separator.n && found == s.n)) break;
        if (!cel_step(run, 1) || !cel_push(run, &parts, cel_string(str_slice(s, at, found))))
            return cel_limit();
        at = found + separator.n;
    }
    if (!cel_push(run, &parts, cel_string(str_slice(s, at, s.n)))) return cel_limit();
    return cel_list(parts.v, parts.n);
}

static struct cel_value fn_join(struct cel_run *run, const struct cel_value *args, size_t n) {
    struct str separator = n > 1 ? args[1].u.text : STR("");
    struct buf b = buf_new(run->arena);
    for (size_t i = 0; i < cel_size(args[0]); i++) {
        struct cel_value v = cel_at(run, args[0], i);
        if (v.kind == CEL_ERROR) return v;
        if (v.kind != CEL_STRING)
            return cel_failure(CEL_ERROR_OVERLOAD, STR("'join' takes a list of strings"));
        if (i) buf_add(&b, separator);
        buf_add(&b, v.u.text);
        if (b.n > run->bytes_left || !cel_step(run, 1)) return cel_limit();
    }
    return cel_text_value(run, CEL_STRING, buf_str(&b));
}

/* ---- quote ---- */

static struct cel_value fn_quote(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)n;
    static const char special[] = "\a\b\f\n\r\t\v\\\"", letters[] = "abfnrtv\\\"";
    struct str s = utf8_repair(run->arena, args[0].u.text);
    struct buf b = buf_new(run->arena);
    buf_add_char(&b, '"');
    for (size_t i = 0; i < s.n; i++) {
        const char *found = s.p[i] ? strchr(special, s.p[i]) : NULL;
        if (found) buf_add_char(&b, '\\');
        buf_add_char(&b, found ? letters[found - special] : s.p[i]);
    }
    buf_add_char(&b, '"');
    return cel_text_value(run, CEL_STRING, buf_str(&b));
}

#define RESULT(KIND)                                                                               \
    { .kind = (KIND), .element = CEL_DYN }

static const struct cel_function strings[] = {
    {"charAt", true, "si", RESULT(CEL_STRING), fn_char_at},
    {"indexOf", true, "ss?i", RESULT(CEL_INT), fn_index_of},
    {"lastIndexOf", true, "ss?i", RESULT(CEL_INT), fn_last_index_of},
    {"substring", true, "si?i", RESULT(CEL_STRING), fn_substring},
    {"lowerAscii", true, "s", RESULT(CEL_STRING), fn_lower_ascii},
    {"upperAscii", true, "s", RESULT(CEL_STRING), fn_upper_ascii},
    {"reverse", true, "s", RESULT(CEL_STRING), fn_reverse},
    {"trim", true, "s", RESULT(CEL_STRING), fn_trim},
    {"replace", true, "sss?i", RESULT(CEL_STRING), fn_replace},
    {"split", true, "ss?i", {.kind = CEL_LIST, .element = CEL_STRING}, fn_split},
    {"join", true, "l?s", RESULT(CEL_STRING), fn_join},
    {"format", true, "sl", RESULT(CEL_STRING), cel_fn_format},
    {"strings.quote", false, "s", RESULT(CEL_STRING), fn_quote},
};

const struct cel_function_table cel_string_functions = {strings, sizeof strings / sizeof *strings};
