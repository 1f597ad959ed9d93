/* The encoders extension: base64 of RFC 4648. */
#include "cel/cel_ast.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static struct cel_value fn_encode(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)n;
    struct str s = args[0].u.text;
    if (s.n > run->bytes_left / 2 || !cel_step(run, s.n / 8)) return cel_limit();
    struct buf b = buf_new(run->arena);
    for (size_t i = 0; i < s.n; i += 3) {
        uint32_t group = 0;
        size_t have = s.n - i < 3 ? s.n - i : 3;
        for (size_t j = 0; j < 3; j++)
            group = group << 8 | (j < have ? (unsigned char)s.p[i + j] : 0U);
        for (size_t j = 0; j < 4; j++)
            buf_add_char(&b, j <= have ? alphabet[group >> (18 - 6 * j) & 63] : '=');
    }
    return cel_text_value(run, CEL_STRING, buf_str(&b));
}

static int value_of(char c) {
    for (int i = 0; i < 64; i++)
        if (alphabet[i] == c) return i;
    return -1;
}

static struct cel_value not_base64(void) {
    return cel_failure(CEL_ERROR_ARGUMENT, STR("the text is not base64"));
}

/* The padding may be there or not, but not in part. */
static bool strip_padding(struct str *s) {
    size_t whole = s->n;
    while (s->n && s->p[s->n - 1] == '=') s->n--;
    return whole == s->n || (whole % 4 == 0 && whole - s->n <= 2);
}

static struct cel_value fn_decode(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)n;
    struct str s = args[0].u.text;
    if (!cel_step(run, s.n / 2)) return cel_limit();
    if (!strip_padding(&s) || s.n % 4 == 1) return not_base64();
    struct buf b = buf_new(run->arena);
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < s.n; i++) {
        int value = value_of(s.p[i]);
        if (value < 0) return not_base64();
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        buf_add_char(&b, (char)(unsigned char)(bits >> held & 255));
    }
    return cel_text_value(run, CEL_BYTES, buf_str(&b));
}

static const struct cel_function encoders[] = {
    {"base64.encode", false, "y", {.kind = CEL_STRING, .element = CEL_DYN}, fn_encode},
    {"base64.decode", false, "s", {.kind = CEL_BYTES, .element = CEL_DYN}, fn_decode},
};

const struct cel_function_table cel_encode_functions = {encoders,
                                                        sizeof encoders / sizeof *encoders};
