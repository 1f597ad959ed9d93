/* Looking into a table: what dump, info and verify share. Private to this folder. */
#ifndef CLAWC_TABLE_LOOK_H
#define CLAWC_TABLE_LOOK_H

#include "base/buf.h"
#include "clawrt.h"
#include "clawt_format.h"

/* A binding as it stands in a slot or list entry. */
struct look_binding {
    uint32_t index, agent, scope;
    unsigned override;
    unsigned type;              /* slot type; CLAWT_EMPTY: wildcard or plain, told by `field` */
    int field;                  /* CLAWT_C_WILD_DIRECT ... of the scope */
    struct str id;              /* of the slot's key */
    const unsigned char *entry; /* NULL: no further conditions */
};

/* Checks the header as every reader does, and sets up `v`. NULL, or what is wrong. */
const char *look_open(struct str bytes, struct clawt_view *v);

/* A text whose pool offset and length stand at `p`; false when it is not in the pool. */
bool look_text(const struct clawt_view *v, const unsigned char *p, struct str *text);

/* The id of a slot's key. */
bool look_id(const struct clawt_view *v, const unsigned char *slot, struct str *id);

/* An agent's id; `index` CLAWT_NONE gives false. */
bool look_agent(const struct clawt_view *v, uint32_t index, struct str *id);

/* All bindings of the table, in the order of bindings[]; memory from `a`. False when a record
 * points outside its section. */
bool look_bindings(struct arena *a, const struct clawt_view *v, struct look_binding **bindings,
                   size_t *n);

#endif
