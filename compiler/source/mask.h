/* The texts of a run that are secrets, searched for wherever they stand. */
#ifndef CLAWC_SOURCE_MASK_H
#define CLAWC_SOURCE_MASK_H

#include "base/str.h"

/* Shorter texts are found everywhere by chance: they are hidden at their own place only. */
enum { MASK_SHORTEST = 4 };

struct mask_texts;

/* An index of `n` texts, none shorter than MASK_SHORTEST; they must outlive it. */
struct mask_texts *mask_texts_new(struct arena *a, const struct str *texts, size_t n);

/* How many bytes from `at` on belong to the longest secret that begins there; 0 when none does.
 * Long secrets are recognised by their beginning, so that a search takes linear time. */
size_t mask_texts_at(const struct mask_texts *m, struct str text, size_t at);

#endif
