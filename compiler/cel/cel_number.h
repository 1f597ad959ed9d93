/* The texts of doubles. */
#ifndef CLAWC_POLICY_CEL_NUMBER_H
#define CLAWC_POLICY_CEL_NUMBER_H

#include "base/buf.h"

/* The fewest digits that read back as a finite double: d.ddd * 10^exponent. */
struct cel_digits {
    char digits[20]; /* ends in NUL */
    int n, exponent;
};
struct cel_digits cel_shortest_digits(double d);

/* "NaN", "Infinity", "-Infinity"; false for finite doubles. */
bool cel_add_not_finite(struct buf *b, double d);
/* The shortest digits without an exponent, with at least `decimals` behind the point: 1e21 is
 * 1000000000000000000000. For finite doubles. */
void cel_add_plain(struct buf *b, double d, int decimals);

#endif
