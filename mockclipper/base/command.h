/* A command: its words, ended with NULL. */
#ifndef MOCKCLIPPER_BASE_COMMAND_H
#define MOCKCLIPPER_BASE_COMMAND_H

/* COMMAND as one types it in a shell. Free the text after use. */
char *command_text(char *const command[]);

#endif
