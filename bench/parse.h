/* The parsers that bench/parse.c compares. Each is in a file of its own, since the headers of the
 * libraries clash. */
#ifndef CLAWC_BENCH_PARSE_H
#define CLAWC_BENCH_PARSE_H

#include "source/source.h"

/* Parses the file once and frees what it made; returns the seconds of the parse alone. */
typedef double parse_function(struct sources *s, uint32_t file);

parse_function parse_clawc, parse_jansson, parse_json_c;

/* A clock, in seconds. */
double bench_now(void);
/* Ends the program with a message. */
_Noreturn void bench_fail(const char *what);

#endif
