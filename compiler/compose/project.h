/* What the parts of reading a Compose project share; private to this folder. */
#ifndef CLAWC_COMPOSE_PROJECT_H
#define CLAWC_COMPOSE_PROJECT_H

#include "base/map.h"
#include "compose/compose.h"
#include "compose/interpolate.h"

/* A text as it was before its variables were replaced. */
struct written {
    uint32_t file, start;
    struct str text;
    struct str unset; /* a variable in it that nobody has set, or empty */
};

enum entry_state { ENTRY_NEW, ENTRY_OPEN, ENTRY_DONE };

/* A service of one file, on its way through `extends`. */
struct entry {
    struct str name;
    node_id raw, resolved;
    enum entry_state state;
};

struct compose_file {
    uint32_t file;
    struct str path;   /* relative to the root of the project */
    struct str folder; /* what relative paths in it start from, relative to the project */
    node_id root;      /* 0: it could not be read */
    bool extended;     /* read for services that others extend, no part of the project */
    struct map index;  /* service -> position in `entries` */
    ARRAY(struct entry) entries;
};

struct composing {
    const struct compose_input *in;
    struct arena *arena;
    struct tree *tree;
    struct diags *diags;
    struct interpolation interpolation;
    ARRAY(struct written) written;      /* ascending by file and start */
    ARRAY(struct compose_file *) files; /* every file that was read, in that order */
    ARRAY(struct str) folders;          /* by file number: see compose_file.folder */
    struct map extended;                /* path -> position in `files`: files of `extends` */
    size_t n_files, first_node;
    ARRAY(struct str) open; /* files that are being assembled, each included by the one before */
    size_t depth;           /* of `extends`, while it is followed */
    bool full;              /* COMPOSE_MAX_NODES was reported */
    size_t ports;           /* published so far */
    size_t walked;          /* values that were looked at for variables that are not set */
};

#define COMPOSE_ERROR(c, span, ...)                                                                \
    diag_add((c)->diags, SEVERITY_ERROR, "compose", (span), __VA_ARGS__)

/* read.c: a file, parsed and with its variables replaced; NULL after a diagnostic at `at`. `path`
 * is relative to the root. */
struct compose_file *compose_open(struct composing *c, struct str path, struct str folder,
                                  struct span at);
/* A path in a file of the project, relative to the root: `folder` joined with it. False, after a
 * diagnostic at `at`, when it leads out of the project. */
bool compose_inside(struct composing *c, struct str folder, struct str written, struct span at,
                    struct str *path);
/* The text of a file of the project that is no YAML; FILE_MISSING is not reported. */
enum file_status compose_text(struct composing *c, struct str path, struct span at,
                              struct str *text);
/* What stood in the file for the text of a node: with its variables. */
struct str compose_written(const struct composing *c, node_id n);
/* A variable of that text which nobody has set and which has no default, or an empty text. */
struct str compose_unset_in(const struct composing *c, node_id n);

/* profiles.c: which services run. */
void compose_choose_services(struct composing *c, struct compose_project *p);
/* check.c: reports what in the files the Compose Specification does not allow. */
void compose_check_files(struct composing *c);

/* shape.c: a service with one form for everything that has several: lists of `environment`,
 * `labels`, `networks`, `depends_on` become mappings, single texts become lists. */
node_id compose_shape(struct composing *c, node_id service);
/* The text of a scalar as Compose takes it: `true`, `22`; empty for null. */
struct str compose_scalar(const struct composing *c, node_id n);

/* merge.c: `over` merged over `base`; files may have no base (0). The result is new, what it is
 * made of stays as it is. */
node_id compose_merge_services(struct composing *c, node_id base, node_id over);
node_id compose_merge_files(struct composing *c, node_id base, node_id over);
/* An object node at the place of another, to be filled. */
node_id compose_new_object(struct composing *c, node_id origin);
/* Links a copy of `n` as the last member of `object`. */
void compose_add_member(struct composing *c, node_id object, node_id *last, key_id key, node_id n);
/* Where a volume of either syntax is mounted. */
struct str compose_target(const struct composing *c, node_id volume);

/* assemble.c: the whole project from its files, as one tree; 0 after diagnostics. */
node_id compose_assemble(struct composing *c);

/* service.c, mounts.c, ports.c, variables.c: the structs of a merged service. */
void compose_read_service(struct composing *c, struct compose_project *p, node_id node);
void compose_read_mounts(struct composing *c, const struct compose_project *p,
                         struct compose_service *s);
void compose_read_ports(struct composing *c, struct compose_service *s);
void compose_read_variables(struct composing *c, struct compose_service *s);
/* unset.c: the variables of a service that are not set. */
void compose_find_unset(struct composing *c, struct compose_service *s);
/* volumes_from.c: adds the mounts that services take from others, once all services are read. */
void compose_take_volumes(struct composing *c, struct compose_project *p);
/* references.c: warns of networks, volumes and services that are referred to and not there. */
void compose_check_references(struct composing *c, const struct compose_project *p);
/* The directory of the host that relative paths of a node's file start from. */
struct str compose_folder_of(const struct composing *c, node_id n);
/* A member of a service; 0 when it is absent or null. */
node_id compose_member(const struct composing *c, node_id object, const char *key);
/* The place of a member (with its key), or `around`. */
place compose_place(node_id n, place around);

#endif
