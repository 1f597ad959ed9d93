#include "cel/cel_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cel_digits cel_shortest_digits(double d) {
    char text[40];
    int digits = 1;
    do {
        snprintf(text, sizeof text, "%.*e", digits - 1, fabs(d));
    } while (strtod(text, NULL) != fabs(d) && digits++ < 17);
    struct cel_digits result = {.exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10)};
    for (const char *p = text; *p != 'e'; p++)
        if (*p != '.') result.digits[result.n++] = *p;
    return result;
}

bool cel_add_not_finite(struct buf *b, double d) {
    if (isfinite(d)) return false;
    buf_add(b, isnan(d) ? STR("NaN") : d > 0 ? STR("Infinity") : STR("-Infinity"));
    return true;
}

void cel_add_plain(struct buf *b, double d, int decimals) {
    struct cel_digits s = cel_shortest_digits(d);
    int point = s.exponent + 1; /* digits before it */
    if (signbit(d)) buf_add_char(b, '-');
    if (point <= 0) buf_add_char(b, '0');
    for (int i = 0; i < point; i++) buf_add_char(b, i < s.n ? s.digits[i] : '0');
    int behind = s.n - point > decimals ? s.n - point : decimals;
    if (behind > 0) buf_add_char(b, '.');
    for (int i = point; i < point + behind; i++)
        buf_add_char(b, i >= 0 && i < s.n ? s.digits[i] : '0');
}
