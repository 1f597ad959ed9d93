/* The value of a number, correctly rounded, whatever its length. The text has been checked by the
 * scanner. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "syntax/json5_parser.h"

enum {
    /* Digits that can matter for rounding a decimal to a double, and some; of those behind them
     * only whether one is not zero. */
    DIGITS_MAX = 800,
    EXPONENT_MAX = 1 << 20,
};

/* A decimal: 0.d1d2d3... times ten to `exponent` behind the last digit that is kept. */
struct decimal {
    char digits[DIGITS_MAX + 32];
    size_t n;
    bool more;        /* a digit that was left out is not zero */
    int64_t exponent; /* of the last digit kept */
};

static void add_digit(struct decimal *d, char c, bool fraction) {
    if (d->n == 0 && c == '0') {
        d->exponent -= fraction;
        return;
    }
    if (d->n < DIGITS_MAX) {
        d->digits[d->n++] = c;
        d->exponent -= fraction;
    } else {
        d->more |= c != '0';
        d->exponent += !fraction;
    }
}

static int64_t exponent_of(const char *at, const char *end) {
    bool negative = *at == '-';
    if (*at == '-' || *at == '+') at++;
    int64_t value = 0;
    for (; at < end; at++)
        if (value < INT64_MAX / 16) value = value * 10 + (*at - '0');
    return negative ? -value : value;
}

static void read_decimal(struct decimal *d, const char *at, const char *end) {
    bool fraction = false;
    for (; at < end && (*at | 0x20) != 'e'; at++) {
        if (*at == '.')
            fraction = true;
        else
            add_digit(d, *at, fraction);
    }
    if (at < end) d->exponent += exponent_of(at + 1, end);
}

/* Hard cases go through strtod, written without a decimal point, which the locale could change. */
static double decimal_value(const char *at, const char *end) {
    struct decimal d = {.n = 0};
    read_decimal(&d, at, end);
    if (d.n == 0) return 0;
    if (d.more) {
        d.digits[d.n++] = '1';
        d.exponent--;
    }
    int64_t e = d.exponent;
    if (e > EXPONENT_MAX) e = EXPONENT_MAX;
    if (e < -EXPONENT_MAX) e = -EXPONENT_MAX;
    snprintf(d.digits + d.n, sizeof d.digits - d.n, "e%d", (int)e);
    return strtod(d.digits, NULL);
}

/* Up to 19 digits and a small power of ten: when both are exact as doubles, one multiplication or
 * division rounds once and so correctly (Clinger). False when it is not such a case. */
static bool easy_value(const char *at, const char *end, double *value) {
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    uint64_t mantissa = 0;
    int64_t exponent = 0;
    bool fraction = false;
    if (end - at > 19) return false;
    for (; at < end && (*at | 0x20) != 'e'; at++) {
        if (*at == '.') {
            fraction = true;
        } else {
            mantissa = mantissa * 10 + (uint64_t)(*at - '0');
            exponent -= fraction;
        }
    }
    if (at < end) exponent += exponent_of(at + 1, end);
    if (mantissa > UINT64_C(1) << DBL_MANT_DIG || exponent < -22 || exponent > 22) return false;
    *value = (double)mantissa;
    if (exponent < 0)
        *value /= powers[-exponent];
    else
        *value *= powers[exponent];
    return true;
}

static unsigned hex_digit(char c) {
    return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* Sixty bits, and whether a bit behind them is set: enough to round once, when they are converted.
 */
static double hex_value(const char *at, const char *end) {
    uint64_t bits = 0;
    int shift = 0;
    for (; at < end; at++) {
        unsigned digit = hex_digit(*at);
        if (bits >> 60 == 0) {
            bits = bits << 4 | digit;
        } else {
            bits |= digit != 0;
            if (shift < 4096) shift += 4;
        }
    }
    return ldexp((double)bits, shift);
}

double json5_number(struct str written) {
    const char *at = written.p, *end = written.p + written.n;
    bool negative = *at == '-';
    if (*at == '-' || *at == '+') at++;
    double value;
    if (end - at > 2 && (at[1] | 0x20) == 'x')
        value = hex_value(at + 2, end);
    else if (!easy_value(at, end, &value))
        value = decimal_value(at, end);
    return negative ? -value : value;
}
