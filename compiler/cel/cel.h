/* CEL, the Common Expression Language: what rules are written in.
 *
 * An expression is compiled once against an environment (the variables it may name, with their
 * types) and evaluated many times. It follows the language definition of google/cel-spec: int,
 * uint and double are distinct kinds that compare with each other as numbers, arithmetic that
 * overflows is an error, `&&` and `||` absorb errors of the other side, text is code points.
 * There are the macros (has, all, exists, exists_one, map, filter and their two-variable forms),
 * optional values, the string, math, base64 and bind extensions. There are no timestamps, durations
 * and protobuf messages: facts are host objects, read lazily.
 *
 * Nothing here is global and nothing is freed: programs live in the arena given to `cel_compile`,
 * values in the arena of the run. Expressions and values may be hostile: the length and nesting of
 * an expression, the steps of an evaluation and the bytes it makes are all bounded. */
#ifndef CLAWC_POLICY_CEL_H
#define CLAWC_POLICY_CEL_H

#include "base/arena.h"
#include "base/buf.h"

enum cel_kind {
    CEL_ERROR,
    CEL_NULL,
    CEL_BOOL,
    CEL_INT,
    CEL_UINT,
    CEL_DOUBLE,
    CEL_STRING,
    CEL_BYTES,
    CEL_LIST,
    CEL_MAP,
    CEL_OBJECT,
    CEL_TYPE_VALUE, /* the value of `int`, of `type(x)`: its name */
    CEL_OPTIONAL,
    CEL_DYN /* no value has it: a static type that is known only when evaluated */
};

/* Why an evaluation failed. CEL_ERROR_LIMIT means undecided: a bound on time or memory was hit. */
enum cel_error_code {
    CEL_ERROR_OVERLOAD, /* an operator or function does not take such operands */
    CEL_ERROR_NAME,     /* no such variable, function or field */
    CEL_ERROR_KEY,      /* no such key in a map, index outside of a list */
    CEL_ERROR_ZERO,     /* division or modulus by zero */
    CEL_ERROR_OVERFLOW, /* a number outside of its kind's range */
    CEL_ERROR_ARGUMENT, /* a value that the function refuses: bool('x'), a bad pattern */
    CEL_ERROR_LIMIT
};

struct cel_run;
struct cel_map;
struct cel_value;
struct cel_object_type;

/* A list that the host computes element by element. `at` is called with `i < size`. */
struct cel_host_list {
    size_t size;
    struct cel_value (*at)(struct cel_run *run, const void *host, size_t i);
    const void *host;
};

/* A map that the host computes. `find` gives the value of a key, or a value of kind CEL_ERROR when
 * there is none; `key_at` is called with `i < size`. Equality treats it as an ordinary map. */
struct cel_host_map {
    size_t size;
    struct cel_value (*key_at)(struct cel_run *run, const void *host, size_t i);
    struct cel_value (*find)(struct cel_run *run, const void *host, const struct cel_value *key);
    const void *host;
};

/* Small and passed by copy; texts, elements and objects belong to whoever made them and must live
 * as long as the value. */
struct cel_value {
    uint8_t kind;    /* enum cel_kind */
    uint8_t code;    /* CEL_ERROR: enum cel_error_code */
    bool is_host;    /* CEL_LIST: `host_list`, CEL_MAP: `host_map` */
    uint32_t origin; /* a place number of whoever made it, 0 = none. CEL_ERROR: byte offset in the
                        expression */
    union {
        bool boolean;
        int64_t i;
        uint64_t u;
        double d;
        struct str text; /* CEL_STRING, CEL_BYTES; CEL_TYPE_VALUE: name; CEL_ERROR: message */
        struct {
            const struct cel_value *values;
            size_t n;
        } list;
        const struct cel_host_list *host_list;
        const struct cel_map *map;
        const struct cel_host_map *host_map;
        struct {
            const struct cel_object_type *type;
            const void *object;
        } object;
        const struct cel_value *optional; /* NULL = optional.none() */
    } u;
};

/* A static type. For lists and maps `element` is the kind of the elements or map values (CEL_DYN
 * when not known), and `object` their type when that is CEL_OBJECT; so too for CEL_OPTIONAL. */
struct cel_type {
    enum cel_kind kind;
    enum cel_kind element;
    const struct cel_object_type *object;
};

/* Initialisers of a type, for tables. */
#define CEL_TYPE(KIND)                                                                             \
    { .kind = (KIND), .element = CEL_DYN }
#define CEL_TYPE_OBJECT(TYPE)                                                                      \
    { .kind = CEL_OBJECT, .element = CEL_DYN, .object = (TYPE) }
#define CEL_TYPE_LIST(KIND)                                                                        \
    { .kind = CEL_LIST, .element = (KIND) }
#define CEL_TYPE_LIST_OBJECT(TYPE)                                                                 \
    { .kind = CEL_LIST, .element = CEL_OBJECT, .object = (TYPE) }
#define CEL_TYPE_MAP(KIND)                                                                         \
    { .kind = CEL_MAP, .element = (KIND) }
#define CEL_TYPE_MAP_OBJECT(TYPE)                                                                  \
    { .kind = CEL_MAP, .element = CEL_OBJECT, .object = (TYPE) }

struct cel_field {
    const char *name;
    struct cel_type type;
    const char *doc;
};

/* A kind of host object, for instance an agent. `get` reads a field; a value of kind CEL_NULL says
 * that the field is absent: `has(x.f)` is false, `x.?f` is optional.none(), `x.f` is null. `get`
 * may give its value an origin. Two objects are equal when type and pointer are. */
struct cel_object_type {
    const char *name, *doc;
    const struct cel_field *fields;
    size_t n_fields;
    struct cel_value (*get)(struct cel_run *run, const void *object, size_t field);
};

/* `name` may be dotted: "a.b" is found for the expression `a.b` before a field of `a` is. */
struct cel_variable {
    const char *name;
    struct cel_type type;
};

struct cel_env {
    const struct cel_variable *variables;
    size_t n;
    struct str container; /* namespace that names are looked up in, innermost first */
    bool no_macros;       /* has, all, exists... are ordinary (unknown) functions */
    bool no_check;        /* no static types: unknown names fail when evaluated */
    bool conditions;      /* the conditions are numbered, so that a run can note them */
};

/* What is wrong with an expression: the byte offset in its source, and a sentence for people. */
struct cel_error {
    uint32_t offset;
    struct str message;
};

/* Bounds of an expression; `cel_compile` refuses more. */
enum { CEL_MAX_SOURCE = 100 * 1024, CEL_MAX_DEPTH = 512 };

struct cel_program;

/* Compiles an expression. The program refers to the bytes of `source` and of the environment, which
 * must live as long as it. NULL with `*error` filled in when it does not parse or does not check:
 * unknown variables, functions and fields ("did you mean"), wrong number or kinds of arguments. */
const struct cel_program *cel_compile(struct arena *a, const struct cel_env *env, struct str source,
                                      struct cel_error *error);

/* What the checker knows of the result; kind CEL_DYN when nothing. */
struct cel_type cel_result_type(const struct cel_program *p);

/* Whether the expression reads variable number `index` of its environment. */
bool cel_uses_variable(const struct cel_program *p, size_t index);

/* The conditions of an expression that was compiled with `conditions`: the operands of `&&`, `||`
 * and `!`, what stands before `?` (and behind, where that is a condition), what macros ask of each
 * element; or the whole expression when it has none of these. */
size_t cel_condition_count(const struct cel_program *p);
/* How condition `i` is written, and where it begins. */
struct str cel_condition_text(struct arena *a, const struct cel_program *p, size_t i,
                              uint32_t *offset);

/* What a condition has been so far. */
struct cel_seen {
    bool yes, no;
};

/* One or more evaluations. `steps_left` and `bytes_left` go down with the work done and the memory
 * taken from the arena; when one reaches zero the value is an error of code CEL_ERROR_LIMIT. Set
 * them again (and keep the arena, or make a new run) for the next evaluation. Not for several
 * threads at once. */
struct cel_run {
    struct arena *arena;
    uint64_t steps_left, bytes_left;
    void *user;            /* the host's own, for `get` and `at` */
    void *match_state;     /* of `matches`, lives in the arena; starts as NULL */
    struct cel_seen *seen; /* of each condition of the program; or NULL: nothing is noted */
};

/* A run with the usual bounds, enough for any sensible rule and over within a second. */
struct cel_run cel_run_new(struct arena *a, void *user);

/* Evaluates with the variables in the order of the environment. Failure is a value of kind
 * CEL_ERROR. The origin of the value is that of the variable, field, element or branch it came
 * from, and 0 when an operator or a function computed it. */
struct cel_value cel_eval(const struct cel_program *p, struct cel_run *run,
                          const struct cel_value *variables);

/* Adds how a value reads in a message: text bare, numbers in decimal, lists as "a, b, c", null and
 * optional.none() as "none", a map as "k: v, ...", an object as its type's name. */
void cel_add_text(struct cel_run *run, struct buf *b, struct cel_value v);

/* Elements of a list or entries of a map of either form; 0 for other kinds. */
size_t cel_size(struct cel_value list_or_map);
/* Element `i < cel_size` of a list; the element's own origin, or the list's when it has none. */
struct cel_value cel_at(struct cel_run *run, struct cel_value list, size_t i);
/* The value of a key of a map, kind CEL_ERROR when absent; numbers find each other as in CEL. */
struct cel_value cel_find(struct cel_run *run, struct cel_value map, struct cel_value key);
/* Entry `i < cel_size` of a map. */
void cel_entry(struct cel_run *run, struct cel_value map, size_t i, struct cel_value *key,
               struct cel_value *value);

/* CEL's `==`: numbers of different kinds compare as numbers, other kinds are unequal. False also
 * for values nested deeper than can be compared. */
bool cel_equal(struct cel_run *run, struct cel_value a, struct cel_value b);

/* "int", "list", "google.protobuf..." or the object type's name: what `type(v)` is called. */
struct str cel_type_name(struct cel_value v);

/* A map of entries that were checked by nobody: the last of two equal keys is not found. */
struct cel_value cel_map_new(struct arena *a, const struct cel_value *keys,
                             const struct cel_value *values, size_t n);

static inline struct cel_value cel_null(void) {
    return (struct cel_value){.kind = CEL_NULL};
}

static inline struct cel_value cel_bool(bool b) {
    return (struct cel_value){.kind = CEL_BOOL, .u.boolean = b};
}

static inline struct cel_value cel_int(int64_t i) {
    return (struct cel_value){.kind = CEL_INT, .u.i = i};
}

static inline struct cel_value cel_uint(uint64_t u) {
    return (struct cel_value){.kind = CEL_UINT, .u.u = u};
}

static inline struct cel_value cel_double(double d) {
    return (struct cel_value){.kind = CEL_DOUBLE, .u.d = d};
}

static inline struct cel_value cel_string(struct str s) {
    return (struct cel_value){.kind = CEL_STRING, .u.text = s};
}

static inline struct cel_value cel_bytes(struct str s) {
    return (struct cel_value){.kind = CEL_BYTES, .u.text = s};
}

static inline struct cel_value cel_list(const struct cel_value *values, size_t n) {
    return (struct cel_value){.kind = CEL_LIST, .u.list = {values, n}};
}

static inline struct cel_value cel_host_list(const struct cel_host_list *list) {
    return (struct cel_value){.kind = CEL_LIST, .is_host = true, .u.host_list = list};
}

static inline struct cel_value cel_host_map(const struct cel_host_map *map) {
    return (struct cel_value){.kind = CEL_MAP, .is_host = true, .u.host_map = map};
}

static inline struct cel_value cel_object(const struct cel_object_type *type, const void *object) {
    return (struct cel_value){.kind = CEL_OBJECT, .u.object = {type, object}};
}

/* `name` lives as long as the value. */
static inline struct cel_value cel_type_value(const char *name) {
    return (struct cel_value){.kind = CEL_TYPE_VALUE, .u.text = str_from(name)};
}

/* An error for a host function to return; `message` lives as long as the run. */
static inline struct cel_value cel_failure(enum cel_error_code code, struct str message) {
    return (struct cel_value){.kind = CEL_ERROR, .code = (uint8_t)code, .u.text = message};
}

static inline struct cel_value cel_with_origin(struct cel_value v, uint32_t origin) {
    v.origin = origin;
    return v;
}

#endif
