/* Facts about the files that make up a config, for `audit --fs`. */
#include "policy/facts_table.h"

/* clang-format off: one field a line, so that the table reads as one. */
#define CONFIG_FILE_FIELDS(F)                                                                      \
    F(config_file, name, S(CEL_STRING), "The file, as reports call it.",                           \
      string_at(o->name, o->at))                                                                   \
    F(config_file, path, S(CEL_STRING), "Its absolute path.", string_at(o->path, o->at))           \
    F(config_file, included, S(CEL_BOOL), "It is included by the config.",                         \
      bool_at(o->included, o->at))                                                                 \
    F(config_file, symlink, S(CEL_BOOL), "It is a symbolic link; the rest is about its target.",   \
      bool_at(o->symlink, o->at))                                                                  \
    F(config_file, group_reads, S(CEL_BOOL), "Its group may read it.",                             \
      bool_at(o->group_reads, o->at))                                                              \
    F(config_file, group_writes, S(CEL_BOOL), "Its group may write it.",                           \
      bool_at(o->group_writes, o->at))                                                             \
    F(config_file, others_read, S(CEL_BOOL), "Everybody may read it.",                             \
      bool_at(o->others_read, o->at))                                                              \
    F(config_file, others_write, S(CEL_BOOL), "Everybody may write it.",                           \
      bool_at(o->others_write, o->at))
/* clang-format on */

DEFINE_FACT(config_file, struct config_file, "config_file",
            "A file of a config and who may touch it; looked at with --fs.", CONFIG_FILE_FIELDS)
